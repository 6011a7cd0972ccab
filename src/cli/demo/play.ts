import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../model/index.js';
import { type Client, describeProblem } from '../client.js';
import { CliError } from '../exit.js';
import type { Delivery, Door } from './timeline.js';

/** How each door wants its requests: the path, and the headers of the body. */
export const doors: Readonly<
  Record<Door, { readonly path: string; readonly headers: Readonly<Record<string, string>> }>
> = {
  write: {
    path: '/api/v1/write',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
  },
  events: { path: '/api/v1/events', headers: { 'content-type': 'application/x-ndjson' } },
  cloudevents: { path: '/api/v1/cloudevents', headers: { 'content-type': 'application/cloudevents+json' } },
  alertmanager: { path: '/api/v1/alertmanager', headers: { 'content-type': 'application/json' } },
};

/** What a play sent, by door. */
export type Sent = Readonly<Record<Door, { readonly requests: number; readonly items: number }>>;

/** Sends one request; an answer that says that part of it was refused is no success here. */
async function deliver(client: Client, { door, body }: Delivery): Promise<void> {
  const { path, headers } = doors[door];
  const response = await client.send(path, { method: 'POST', headers, body: await body() });
  const answer = await response.text();
  if (response.status === 200 || response.status === 202 || response.status === 204) return;
  throw new CliError('server-refused', `${path}: ${describeProblem(response.status, answer)}`);
}

/**
 * Sends the requests of a play one after another, as each is acknowledged; ends early when `signal` says so.
 * Fails with a `CliError` when a door refuses one.
 */
export async function play(
  client: Client,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<Sent> {
  const sent = {
    write: { requests: 0, items: 0 },
    events: { requests: 0, items: 0 },
    cloudevents: { requests: 0, items: 0 },
    alertmanager: { requests: 0, items: 0 },
  };
  for (const delivery of deliveries) {
    signal.throwIfAborted();
    await deliver(client, delivery);
    sent[delivery.door].requests += 1;
    sent[delivery.door].items += delivery.items;
  }
  return sent;
}

/**
 * Sends the requests of the present when their time comes, until the last one, or until `signal`. Fails with a
 * `CliError` when a door refuses one.
 */
export async function goOn(
  client: Client,
  deliveries: readonly Delivery[],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  for (const delivery of deliveries) {
    await pause(Math.max(0, delivery.at - clock()), undefined, { signal });
    await deliver(client, delivery);
  }
}
