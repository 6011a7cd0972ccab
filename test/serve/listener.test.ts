import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccess } from '../../src/serve/auth/index.js';
import { Listener } from '../../src/serve/listener.js';
import { createLobby } from '../../src/serve/lobby.js';

let lobby: FastifyInstance;
let listener: Listener;
let url: URL;
const sockets: Socket[] = [];

beforeEach(async () => {
  const logger = pino({ level: 'silent' });
  const http = { logger, bodyBytes: 1_024, access: openAccess, observeRequest: () => undefined };
  lobby = await createLobby(http, () => ({ state: 'ready' }));
  listener = new Listener(lobby, { maxConnections: 2, maxConnectionsPerAddress: 2 });
  url = new URL(await listener.listen('127.0.0.1', 0));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  listener.cut();
  await listener.drain();
  await lobby.close();
});

function open(): Socket {
  const socket = connect(Number(url.port), url.hostname);
  sockets.push(socket);
  return socket;
}

/** Says something over a connection of its own; answers all that came back until it was closed. */
async function converse(text: string): Promise<string> {
  const socket = open();
  let said = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return said;
}

const PATH = 'GET /-/healthy HTTP/1.1\r\n';

describe('Listener', () => {
  it('answers 503 with Retry-After to connections beyond the limit, and takes others when one is closed', async () => {
    const held = [open(), open()];
    for (const socket of held) await once(socket, 'connect');
    const refused = await converse('');
    expect(refused).toMatch(/^HTTP\/1\.1 503 /);
    expect(refused).toContain('Retry-After: 5');
    expect(refused).toContain('"code":"overloaded"');
    held[0]?.destroy();
    while (listener.connections.open > 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await converse(`${PATH}Host: a\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(listener.connections.refused).toBe(1);
  });

  it.each([
    ['two content lengths', 'Host: a\r\nContent-Length: 0\r\nContent-Length: 3\r\n\r\n', 400],
    ['a length beside chunks', 'Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['chunks that are not the last coding', 'Host: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n', 400],
    ['no host', '\r\n', 400],
    ['two hosts', 'Host: a\r\nHost: b\r\n\r\n', 400],
    ['two who ask', 'Host: a\r\nAuthorization: Bearer 1\r\nauthorization: Bearer 2\r\n\r\n', 400],
    ['a null byte', 'Host: a\r\nX: a\0b\r\n\r\n', 400],
    ['a folded header', 'Host: a\r\nX: a\r\n b\r\n\r\n', 400],
    ['a space before the colon', 'Host: a\r\nX : a\r\n\r\n', 400],
    ['too many header lines', `Host: a\r\n${'a: b\r\n'.repeat(200)}\r\n`, 431],
    ['headers that are too large', `Host: a\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
  ])('refuses %s and closes the connection', async (_, headers, status) => {
    const said = await converse(PATH + headers);
    expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(said).toContain('application/problem+json');
    expect(said.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('answers a few pipelined requests, and refuses a flood of them', async () => {
    const few = await converse(
      `${`${PATH}Host: a\r\n\r\n`.repeat(8)}${PATH}Host: a\r\nConnection: close\r\n\r\n`,
    );
    expect(few.match(/HTTP\/1\.1 200 /g)).toHaveLength(9);
    const flood = await converse(`${PATH}Host: a\r\n\r\n`.repeat(500));
    expect(flood.match(/HTTP\/1\.1 200 /g)?.length ?? 0).toBeLessThan(100);
    expect(flood).toContain('HTTP/1.1 503 ');
  });
});
