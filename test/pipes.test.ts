import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { genchi, type ServerProcess, serveProcess } from './server-process.js';

let folder: string;
let server: ServerProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'genchi-pipes-'));
  server = await serveProcess(join(folder, 'data'));
});
afterAll(async () => {
  server.child.kill('SIGTERM');
  await server.exited;
  rmSync(folder, { recursive: true, force: true });
});

describe('a reader that has gone', () => {
  it('hides no failure: the exit code is that of what was done', async () => {
    const file = join(folder, 'bad.ndjson');
    writeFileSync(file, '{"kind":"failure","service":"cart"}\n');
    const run = genchi(['record', file, '--url', server.url]);
    run.child.stdout?.destroy();
    expect(await run.exited).toBe(1);
  });

  it('is no failure of its own', async () => {
    const run = genchi(['query', 'ASK {}', '--url', server.url]);
    run.child.stdout?.destroy();
    expect([await run.exited, run.err()]).toEqual([0, '']);
  });
});
