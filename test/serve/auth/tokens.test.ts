import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApp } from '../../../src/app.js';
import type { RunningApp } from '../../../src/cli/index.js';
import { run } from '../../cli/outside.js';

let folder: string;
let app: RunningApp;
const lines: string[] = [];
const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });

const data = (): string => join(folder, 'data');
const create = async (name: string, ...more: string[]): Promise<string> => {
  const ran = await run(['token', 'create', name, '--data', data(), ...more]);
  expect(ran.code, ran.err).toBe(0);
  return ran.out.trim();
};
const ask = (path: string, token?: string, init: RequestInit = {}) =>
  fetch(`${app.url}${path}`, {
    ...init,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
  });
const statusOf = async (path: string, token?: string): Promise<number> => (await ask(path, token)).status;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'genchi-auth-'));
  app = await startApp({ port: 0, data: data() }, { logger });
  await app.ready;
});
afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a server on loopback', () => {
  it('is open until there is a token, asks everyone from then on, and stays so when the token is revoked', async () => {
    expect(await statusOf('/metrics')).toBe(200);
    const token = await create('first', '--scope', 'read');
    await vi.waitFor(async () => expect(await statusOf('/metrics')).toBe(401), { timeout: 5_000 });
    expect(await statusOf('/metrics', token)).toBe(200);
    expect((await run(['token', 'revoke', 'first', '--data', data()])).code).toBe(0);
    await vi.waitFor(async () => expect(await statusOf('/metrics', token)).toBe(401), { timeout: 5_000 });
    expect(await statusOf('/metrics')).toBe(401);
  });

  it('answers health to everyone all the same', async () => {
    expect(await statusOf('/-/healthy')).toBe(200);
    expect(await statusOf('/-/ready')).toBe(200);
  });

  it('says how to come in, and which scope is missing', async () => {
    const token = await create('prometheus', '--scope', 'ingest');
    await vi.waitFor(async () => expect(await statusOf('/metrics', token)).toBe(403), { timeout: 5_000 });
    const refused = await ask('/metrics');
    expect(refused.headers.get('www-authenticate')).toContain('Bearer realm="genchi"');
    expect(await refused.json()).toMatchObject({ code: 'unauthenticated', status: 401 });
    expect(await (await ask('/metrics', token)).json()).toMatchObject({
      code: 'forbidden',
      detail: 'This needs the scope read; prometheus has ingest.',
    });
    const event = { kind: 'failure', service: 'a', component: 'b', reason: 'c' };
    const body = JSON.stringify(event);
    const headers = { 'content-type': 'application/json' };
    expect((await ask('/api/v1/events', token, { method: 'POST', headers, body })).status).toBe(200);
    expect((await ask('/api/v1/events', undefined, { method: 'POST', headers, body })).status).toBe(401);
  });

  it('lets verbs of the command line in by GENCHI_TOKEN and --token-file', async () => {
    const token = await create('reader', '--scope', 'read');
    await vi.waitFor(async () => expect(await statusOf('/metrics', token)).toBe(200), { timeout: 5_000 });
    const argv = ['incidents', 'list', '--url', app.url];
    expect((await run(argv)).err).toMatch(/Say who you are[\s\S]*GENCHI_TOKEN or --token-file FILE/);
    expect((await run(argv, { env: { GENCHI_TOKEN: token } })).code).toBe(0);
    const listed = await run(['token', 'list', '--data', data(), '--json']);
    expect(JSON.parse(listed.out)).toContainEqual(
      expect.objectContaining({ name: 'first', state: 'revoked', usedAt: expect.stringContaining('T') }),
    );
    for (const typo of [token.slice(0, -1), `${token.slice(0, 20)}!${token.slice(21)}`, token.slice(0, 40)]) {
      const asked: string[] = [];
      const ran = await run(argv, {
        env: { GENCHI_TOKEN: typo },
        fetch: async (url) => {
          asked.push(String(url));
          return new Response();
        },
      });
      expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('its checksum is wrong') });
      expect(ran.err).not.toContain(typo);
      expect(asked).toEqual([]);
    }
    const refused = await run([...argv, '--token-file', join(folder, 'none')]);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('--token-file') });
  });

  it('keeps hashes alone, for its owner alone, and writes no token into its log', async () => {
    const token = await create('secret', '--scope', 'admin');
    await vi.waitFor(async () => expect(await statusOf('/metrics', token)).toBe(200), { timeout: 5_000 });
    const file = join(data(), 'tokens.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const text of [readFileSync(file, 'utf8'), lines.join('')])
      expect(text).not.toContain(token.slice(14, 50));
    expect(lines.length).toBeGreaterThan(0);
  });

  it('stays closed when the file of tokens is deleted, says so, and takes the tokens again when it is back', async () => {
    const token = await create('kept', '--scope', 'read');
    await vi.waitFor(async () => expect(await statusOf('/metrics', token)).toBe(200), { timeout: 5_000 });
    const file = join(data(), 'tokens.json');
    renameSync(file, join(folder, 'aside'));
    const said = 'stays closed to everybody until it is started again';
    await vi.waitFor(() => expect(lines.join('')).toContain(said), { timeout: 5_000 });
    expect(await statusOf('/metrics')).toBe(401);
    expect(await statusOf('/metrics', token)).not.toBe(200);
    renameSync(join(folder, 'aside'), file);
    await vi.waitFor(async () => expect(await statusOf('/metrics', token)).toBe(200), { timeout: 5_000 });
  });
});
