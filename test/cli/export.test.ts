import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../evidence/fixture.js';
import { genchi } from '../server-process.js';
import { run, watchedOutside } from './outside.js';
import { folderWith, someEvents, someSamples } from './transfer-folder.js';

let made: Awaited<ReturnType<typeof folderWith>>;
beforeAll(async () => {
  made = await folderWith(someEvents, someSamples);
});
afterAll(() => made.remove());

describe('genchi export', () => {
  it('writes standard output as N-Quads when nothing else is said, and its figures on standard error', async () => {
    const { code, out, err } = await run(['export', '--data', made.data, '--no-knowledge']);
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line.includes('/tps/JidokaFailure'))).toHaveLength(2);
    expect(out.split('\n').filter((line) => line.includes('/tps/MetricSample'))).toHaveLength(2);
    expect(err).toMatch(/^4 receipts, \S+ kB of nquads, /);
  });

  it('takes the format and the packing from the name of the output', async () => {
    const file = made.path('evidence.trig.gz');
    const { code, out } = await run(['export', '--data', made.data, '--output', file]);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^4 receipts, .* of trig, /) });
    expect(gunzipSync(await readFile(file)).toString()).toMatch(/^@prefix label: /);
  });

  it('writes only the kinds and the span of time that are asked for', async () => {
    const bounds = [
      '--kinds',
      'failure',
      '--since',
      '2026-01-05T10:00:30Z',
      '--until',
      '2026-01-05T10:01:00.001Z',
    ];
    const { out, err } = await run(['export', '--data', made.data, '--no-knowledge', ...bounds]);
    expect(err).toMatch(/^1 receipts/);
    expect(out).toContain('"refused"');
    expect(out).not.toContain('"timeout"');
    const before = ['--kinds', 'failure', '--until', '2026-01-05T10:01:00Z'];
    expect((await run(['export', '--data', made.data, '--no-knowledge', ...before])).err).toMatch(
      /^1 receipts/,
    );
  });

  it.each(['evidence.nq', 'evidence.parquet'])(
    'leaves nothing of %s behind when it is stopped',
    async (name) => {
      const written: string[] = [];
      const outside = watchedOutside({
        err: {
          isTTY: true,
          write: (text: string) => {
            written.push(text);
            outside.signal('SIGINT');
          },
        },
      });
      const { code } = await run(['export', '--data', made.data, '--output', made.path(name)], outside);
      expect(code).toBe(1);
      expect(written.join('')).toContain(`stopped: ${made.path(name)} was not written`);
      expect((await readdir(dirname(made.data))).filter((file) => file.startsWith(name))).toEqual([]);
    },
  );

  it('says what to do when the folder is in use, and does not make one that is not there', async () => {
    const store = await openStore(made.data);
    try {
      const child = genchi(['export', '--data', made.data]);
      expect(await child.exited).toBe(1);
      expect(child.err()).toContain(
        'is in use, most likely by `genchi serve`: stop the server, then export again',
      );
    } finally {
      await store.close();
    }
    const { code, err } = await run(['export', '--data', made.path('nowhere')]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `genchi: ${made.path('nowhere')} is no data folder of Genchi; name one with --data\n`,
    });
  });

  it('refuses an unknown kind, and a folder for Parquet that holds something', async () => {
    const unknown = await run(['export', '--data', made.data, '--kinds', 'sample,deploy']);
    expect({ code: unknown.code, err: unknown.err }).toMatchObject({
      code: 2,
      err: expect.stringContaining('got deploy'),
    });
    await writeFile(made.path('full'), '');
    const folder = dirname(made.data);
    const full = await run(['export', '--data', made.data, '--format', 'parquet', '--output', folder]);
    expect(full.err).toContain(`${folder} is not empty`);
  });
});
