import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccess } from '../../src/serve/auth/index.js';
import type { Readiness } from '../../src/serve/health.js';
import { createHttp, type HttpOptions } from '../../src/serve/http.js';
import { Listener } from '../../src/serve/listener.js';
import { createLobby } from '../../src/serve/lobby.js';

const http: HttpOptions = {
  logger: pino({ level: 'silent' }),
  bodyBytes: 1_024,
  access: openAccess,
  observeRequest: () => undefined,
};

let readiness: Readiness;
let lobby: FastifyInstance;
let listener: Listener;
let url: string;

beforeEach(async () => {
  readiness = { state: 'starting', waitingFor: 'opening the evidence store' };
  lobby = await createLobby(http, () => readiness);
  listener = new Listener(lobby, { maxConnections: 100, maxConnectionsPerAddress: 100 });
  url = await listener.listen('127.0.0.1', 0);
});
afterEach(async () => {
  listener.cut();
  await listener.drain();
  await lobby.close();
});

describe('before the house is open', () => {
  it('the process is healthy, and every other path answers 503 not-ready with Retry-After', async () => {
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/-/ready'],
      ['GET', '/'],
      ['GET', '/graphql'],
      ['POST', '/api/v1/write'],
    ] as const) {
      const body = method === 'POST' ? { body: new Uint8Array(500) } : {};
      const headers = { 'content-type': 'application/x-protobuf' };
      const answer = await fetch(url + path, { method, headers, ...body });
      expect(answer.status, path).toBe(503);
      expect(answer.headers.get('retry-after'), path).toBe('1');
      expect(answer.headers.get('content-type'), path).toMatch(/^application\/problem\+json/);
      expect(await answer.json(), path).toMatchObject({
        code: 'not-ready',
        detail: 'Genchi is starting: opening the evidence store.',
      });
    }
  });

  it('says why it could not start, and that it is stopping', async () => {
    readiness = { state: 'failed', why: 'the data folder is in use' };
    expect(await (await fetch(`${url}/-/ready`)).json()).toMatchObject({
      detail: 'Genchi could not start: the data folder is in use',
    });
    readiness = { state: 'stopping' };
    expect(await (await fetch(`${url}/-/ready`)).json()).toMatchObject({ detail: 'Genchi is stopping.' });
  });
});

describe('before the house is open, a sender', () => {
  it.each([
    ['broken JSON', 'application/json', '{"a":'],
    ['no content type', undefined, 'x'],
    ['a content type that is none', 'nonsense', 'x'],
    ['a body over the limit', 'application/json', `"${'x'.repeat(5_000)}"`],
  ])('is told to come back, and not that it sent %s', async (_, type, body) => {
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const answer = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers,
      body: new TextEncoder().encode(body),
    });
    expect(answer.status).toBe(503);
  });
});

describe('once the house is open', () => {
  it('it answers everything but health, over connections that were open before', async () => {
    expect((await fetch(`${url}/`)).status).toBe(503);
    const house = await createHttp(http);
    house.get('/', { config: { scope: 'read' } }, async () => 'the house');
    await house.ready();
    listener.open(house);
    readiness = { state: 'ready' };
    expect(await (await fetch(`${url}/`)).text()).toBe('the house');
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    expect(await (await fetch(`${url}/-/ready`)).json()).toEqual({ status: 'ready' });
    await house.close();
  });
});
