import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.js';
import type { RunningApp } from '../../src/cli/index.js';
import type { Config } from '../../src/config/index.js';
import { run } from './outside.js';

let root: string;
const apps: RunningApp[] = [];
const at = (name: string) => join(root, name);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'genchi-test-'));
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await rm(root, { recursive: true, force: true });
});

async function serve(data: string, settings: Partial<Config> = {}): Promise<RunningApp> {
  const app = await startApp({ port: 0, data: at(data), ...settings }, { logger: pino({ level: 'silent' }) });
  apps.push(app);
  await app.ready;
  return app;
}

async function record(url: string, id: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ kind: 'failure', service: 'shop', component: 'db', reason: id, id });
  expect((await fetch(`${url}/api/v1/events`, { method: 'POST', headers, body })).status).toBe(200);
}

async function reasons(url: string): Promise<readonly string[]> {
  const query =
    'PREFIX tps: <http://example.com/tps/> SELECT ?r { ?f a tps:JidokaFailure ; tps:reason ?r } ORDER BY ?r';
  const response = await fetch(`${url}/sparql?query=${encodeURIComponent(query)}`, {
    headers: { accept: 'text/csv' },
  });
  return (await response.text()).trim().split('\r\n').slice(1);
}

describe('genchi backup and genchi restore', () => {
  it('copy a folder while its server runs, and make one that answers the same', async () => {
    const app = await serve('data');
    await record(app.url, 'one');
    const signed = await (await fetch(`${app.url}/log/checkpoint`)).text();
    const backup = await run(['backup', at('b'), '--data', at('data'), '--url', app.url]);
    expect(backup).toMatchObject({ code: 0, err: '' });
    expect(backup.out).toMatch(
      /b: \d events and 0 samples in the store, \d files, .*\nmanifest SHA-256 \w{64}\n$/,
    );
    expect(await readdir(at('data/backups'))).toEqual([]);
    await record(app.url, 'two');
    expect((await run(['backup', 'verify', at('b')])).out).toMatch(/^evidence.duckdb .* sound$/m);
    expect((await run(['restore', at('b'), '--data', at('fresh')])).out).toMatch(/\d events .* \d files\n$/);
    const restored = await serve('fresh');
    expect(await reasons(restored.url)).toEqual(['one']);
    const [, size = ''] = signed.split('\n');
    const again = await fetch(`${restored.url}/log/checkpoint`);
    const [, grown = ''] = (await again.text()).split('\n');
    expect(Number(grown)).toBeGreaterThanOrEqual(Number(size));
    expect(await reasons(app.url)).toEqual(['one', 'two']);
  });

  it('copy a folder that no server has open, and tell where there is no server to be asked', async () => {
    const app = await serve('data');
    await record(app.url, 'one');
    const nobody = await run(['backup', '--url', 'http://127.0.0.1:1']);
    expect(nobody.code).toBe(3);
    await app.close();
    expect((await run(['backup', at('b'), '--data', at('data'), '--json'])).code).toBe(0);
    expect((await run(['backup', at('b'), '--data', at('data')])).err).toContain('not empty');
    const bytes = await readFile(at('b/evidence.duckdb'));
    await writeFile(at('b/evidence.duckdb'), bytes.subarray(0, -1));
    const verified = await run(['backup', 'verify', at('b')]);
    expect([verified.code, verified.err]).toEqual([
      1,
      'genchi: 1 files of the backup are not what was written\n',
    ]);
    expect((await run(['restore', at('b'), '--data', at('fresh')])).err).toContain('not what was written');
  });

  it('are made by the server when their time has come, and the oldest go', async () => {
    const app = await serve('data', { backupDir: at('kept'), backupEveryMs: 20, backupKeep: 2 });
    const seen = new Set<string>();
    await expect
      .poll(
        async () => {
          for (const name of await readdir(at('kept')).catch(() => [])) seen.add(name.replace('.part', ''));
          return seen.size;
        },
        { timeout: 10_000, interval: 20 },
      )
      .toBeGreaterThan(3);
    await app.close();
    expect((await readdir(at('kept'))).length).toBeLessThanOrEqual(2);
  });

  it('refuse over HTTP what pages of other sites could send', async () => {
    const { url } = await serve('data');
    const plain = await fetch(`${url}/backups`, { method: 'POST', body: '{}' });
    expect(plain.status).toBe(415);
    const headers = { 'content-type': 'application/json' };
    const wrong = await fetch(`${url}/backups`, { method: 'POST', headers, body: '{"into":"/etc"}' });
    expect([wrong.status, (await fetch(`${url}/backups/last`)).status]).toEqual([400, 404]);
  });
});
