import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Client } from '../../src/cli/client.js';
import { EventSender, waitMs } from '../../src/cli/event-sender.js';

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A server that gives these answers in turn, and keeps the bodies that it got. */
async function serverOf(replies: readonly Reply[]): Promise<{ sender: EventSender; bodies: string[] }> {
  const bodies: string[] = [];
  const left = [...replies];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    const reply = left.shift() ?? { status: 500 };
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(JSON.stringify(reply.body ?? {}));
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return { sender: new EventSender(new Client(`http://127.0.0.1:${port}`, { fetch })), bodies };
}

const lines = [
  { line: 4, text: '{"a":1}' },
  { line: 7, text: '{"b":2}' },
];

describe('EventSender', () => {
  it('sends lines as they are, and again when the server is busy', async () => {
    const { sender, bodies } = await serverOf([{ status: 503 }, { status: 200, body: { recorded: 2 } }]);
    expect(await sender.send(lines)).toEqual({ recorded: 2, repeated: 0, refusedCount: 0, refused: [] });
    expect(bodies).toEqual(['{"a":1}\n{"b":2}\n', '{"a":1}\n{"b":2}\n']);
  });

  it('tells refused items by their line, whether some or all were refused', async () => {
    const errors = [{ item: 1, field: 'reason', message: 'expected a text' }];
    for (const status of [200, 400]) {
      const { sender } = await serverOf([
        { status, body: { recorded: 1, refusedItems: 1, [status === 200 ? 'refused' : 'faults']: errors } },
      ]);
      const { refused } = await sender.send(lines);
      expect(refused).toEqual([{ line: 7, why: 'reason: expected a text' }]);
      server?.close();
    }
  });

  it('fails with what the server says when the whole request is refused', async () => {
    const { sender } = await serverOf([
      { status: 413, body: { title: 'Too large', detail: 'at most 5 bytes' } },
    ]);
    await expect(sender.send(lines)).rejects.toThrow('at most 5 bytes');
  });

  it('fails with server-unreachable when nobody listens', async () => {
    const { sender } = await serverOf([]);
    server?.close();
    await expect(sender.send(lines)).rejects.toMatchObject({ code: 'server-unreachable' });
  });
});

describe('waitMs', () => {
  it('doubles up to a limit, and waits at least as long as the server asks', () => {
    expect([0, 1, 2, 20].map((attempt) => waitMs(attempt, null))).toEqual([250, 500, 1_000, 10_000]);
    expect([waitMs(0, '3'), waitMs(0, '9999'), waitMs(0, 'Wed, 21 Oct 2026 07:28:00 GMT')]).toEqual([
      3_000, 10_000, 250,
    ]);
  });
});
