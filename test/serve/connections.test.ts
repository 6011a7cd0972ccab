import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connections } from '../../src/serve/connections.js';

let server: Server;
let connections: Connections;
const clients: Socket[] = [];

beforeEach(async () => {
  connections = new Connections({ maxConnections: 3, maxConnectionsPerAddress: 2 });
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  connections.close();
  server.close();
});

/** Connects from an address of loopback; answers both ends. */
async function open(from: string): Promise<{ readonly client: Socket; readonly served: Socket }> {
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const client = connect({ port, host: '127.0.0.1', localAddress: from });
  client.on('error', () => client.destroy());
  clients.push(client);
  const [served] = (await accepted) as [Socket];
  served.on('error', () => served.destroy());
  return { client, served };
}

describe('Connections', () => {
  it('admits so many in all, and so many of one address, and others again when those are closed', async () => {
    const first = await open('127.0.0.1');
    expect(connections.admit(first.served)).toBe(true);
    expect(connections.admit((await open('127.0.0.1')).served)).toBe(true);
    expect(connections.admit((await open('127.0.0.1')).served)).toBe(false);
    expect(connections.admit((await open('127.0.0.2')).served)).toBe(true);
    expect(connections.admit((await open('127.0.0.3')).served)).toBe(false);
    expect(connections.figures).toEqual({ open: 3, refused: 2, cut: 0 });

    first.served.destroy();
    await once(first.served, 'close');
    expect(connections.admit((await open('127.0.0.1')).served)).toBe(true);
  });

  it('cuts off who does not take an answer, and nobody who does or has nothing to take', async () => {
    const slow = await open('127.0.0.1');
    const quiet = await open('127.0.0.1');
    const quick = await open('127.0.0.2');
    for (const { served } of [slow, quiet, quick]) expect(connections.admit(served)).toBe(true);
    const answer = Buffer.alloc(16 * 1_048_576);
    slow.client.pause();
    slow.served.write(answer);
    quick.served.write(answer);
    quick.client.resume();
    await once(quick.served, 'drain');
    const gone = once(slow.served, 'close');
    for (let look = 0; look < 7; look += 1) connections.look();
    await gone;
    expect(slow.served.destroyed).toBe(true);
    expect([quiet.served.destroyed, quick.served.destroyed]).toEqual([false, false]);
    expect(connections.figures).toEqual({ open: 2, refused: 0, cut: 1 });
  });
});
