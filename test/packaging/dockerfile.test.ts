import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isLeftOut, PACKAGING, ROOT, runLinter } from './linters.js';

const FILE = `${PACKAGING}/Dockerfile`;

/** The instructions of the last stage, lines that go on put together. */
function lastStage(): readonly string[] {
  const lines = readFileSync(FILE, 'utf8')
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim());
  return lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
}

const argumentsOf = (instruction: string): readonly string[] =>
  lastStage().flatMap((line) =>
    line.startsWith(`${instruction} `) ? [line.slice(instruction.length + 1)] : [],
  );

describe('the Dockerfile', () => {
  it.skipIf(isLeftOut('hadolint'))('is what hadolint asks for', () => {
    expect(runLinter('hadolint', [FILE])).toMatchObject({ status: 0, said: '' });
  });

  it('runs as a numbered user that is not root, in the form that needs no shell', () => {
    expect(argumentsOf('USER').at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    for (const command of [...argumentsOf('ENTRYPOINT'), ...argumentsOf('CMD')]) {
      expect(JSON.parse(command)).toBeInstanceOf(Array);
    }
    expect(argumentsOf('HEALTHCHECK').join()).toMatch(/CMD \["node", /);
  });

  it('installs by the lockfile, without tools and without running anything of a package', () => {
    const installs = argumentsOf('RUN').filter((line) => line.includes('npm'));
    expect(installs).toHaveLength(1);
    expect(installs[0]).toMatch(/^npm ci --omit=dev --ignore-scripts /);
  });

  it('pins its base by an exact version that the product runs on', () => {
    const [, tag = ''] = /^ARG NODE=(\S+)$/m.exec(readFileSync(FILE, 'utf8')) ?? [];
    expect(tag).toMatch(/^node:20\.(19|[2-9]\d)\.\d+-[a-z-]+$|@sha256:[0-9a-f]{64}$/);
  });

  it('copies nothing that its ignore file keeps out, or that is not there', () => {
    const allowed = readFileSync(`${FILE}.dockerignore`, 'utf8').match(/^!\S+/gm) ?? [];
    const sources = argumentsOf('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1));
    expect(sources).not.toEqual([]);
    for (const source of sources) {
      expect(allowed).toContain(`!${source}`);
      expect(existsSync(`${ROOT}/${source}`), source).toBe(true);
    }
  });
});
