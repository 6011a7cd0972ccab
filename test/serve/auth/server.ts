/** A server that asks who asks, for the tests of that. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { changeTokens, mintToken, type Scope } from '../../../src/access/index.js';
import { startApp } from '../../../src/app.js';
import type { Config } from '../../../src/config/index.js';
import { type Instant, instantOf } from '../../../src/model/index.js';

/** What a test asks with. */
export interface Asking extends RequestInit {
  readonly token?: string;
}

/** A running server with tokens of all sorts, on a clock that tests set. */
export async function guardedServer(settings: Partial<Config> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'genchi-auth-'));
  const data = join(folder, 'data');
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const clock = { aheadMs: 0 };
  const now = (): Instant => instantOf(Date.now() + clock.aheadMs);
  const token = async (name: string, scopes: readonly Scope[], expiresAt?: Instant): Promise<string> => {
    const { text, id, hash } = mintToken(randomBytes);
    const made = { id, name, hash, scopes: [...scopes], createdAt: now(), createdBy: 'test' };
    await changeTokens(data, (all) => [
      ...all,
      { ...made, ...(expiresAt === undefined ? {} : { expiresAt }) },
    ]);
    return text;
  };
  const tokens = {
    ingest: await token('sender', ['ingest']),
    read: await token('reader', ['read']),
    operate: await token('operator', ['operate']),
    admin: await token('keeper', ['admin']),
    expired: await token('past', ['admin'], instantOf(now() - 1_000)),
  };
  const app = await startApp({ port: 0, data, ...settings }, { logger, clock: now });
  await app.ready;
  const ask = (path: string, { token: shown, headers, ...init }: Asking = {}): Promise<Response> =>
    fetch(`${app.url}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { ...(shown === undefined ? {} : { authorization: `Bearer ${shown}` }), ...headers },
    });
  const graphql = (query: string, shown?: string, headers: Record<string, string> = {}) =>
    ask('/graphql', {
      ...(shown === undefined ? {} : { token: shown }),
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
  const close = async (): Promise<void> => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { app, data, folder, lines, clock, now, token, tokens, ask, graphql, close };
}
