/** What the log keeps of the events and series that a commit records. */
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { DAY_MS, type EventReceipt, type Series } from '../../../model/index.js';
import { canonicalEvent, canonicalSeries } from '../../log/canonical.js';
import type { LogPart } from '../../log/entry.js';
import { leafHash } from '../../log/hash.js';
import { treeHead } from '../../log/tree.js';

/** The hash of an event as a leaf of its part. */
export const hashOfEvent = (event: EventReceipt): Uint8Array => leafHash(Buffer.from(canonicalEvent(event)));

/** The hash of a series as a leaf of its part. */
export const hashOfSeries = (series: Omit<Series, 'ref'>): Uint8Array =>
  leafHash(Buffer.from(canonicalSeries(series)));

const byName = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Hashing an event takes some ten microseconds: others get their turn after so many. */
const EVENTS_BEFORE_A_TURN = 500;

async function headOf(sorted: readonly EventReceipt[]): Promise<Uint8Array> {
  const leaves: Uint8Array[] = [];
  for (const event of sorted) {
    leaves.push(hashOfEvent(event));
    if (leaves.length % EVENTS_BEFORE_A_TURN === 0) await turnOfTheEventLoop();
  }
  return treeHead(leaves);
}

/** A part for each kind and day of these events, which are a batch; its leaves are in the order of their identities. */
export async function partsOfEvents(events: readonly EventReceipt[]): Promise<readonly LogPart[]> {
  const groups = new Map<string, EventReceipt[]>();
  for (const event of events) {
    const name = `${event.kind} ${Math.floor(event.at / DAY_MS)}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [event]);
    else group.push(event);
  }
  const parts: LogPart[] = [];
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const sorted = group.sort((one, other) => byName(one.id, other.id));
    const day = Math.floor(first.at / DAY_MS);
    parts.push({ kind: first.kind, day, count: group.length, hash: await headOf(sorted) });
  }
  return parts;
}

/** The part of the series that a batch brings, in the order of their keys; none when it brings none. */
export function partsOfSeries(series: readonly Series[]): readonly LogPart[] {
  if (series.length === 0) return [];
  const sorted = [...series].sort((one, other) => byName(one.key, other.key));
  return [{ kind: 'series', day: undefined, count: series.length, hash: treeHead(sorted.map(hashOfSeries)) }];
}
