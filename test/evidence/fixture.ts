import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EvidenceStore, openDuckDbStore } from '../../src/evidence/index.js';
import {
  type EventContent,
  type EventReceipt,
  type Identity,
  type Instant,
  identityOfContent,
  instantOf,
  type Labels,
  type SampleBlock,
  type SeriesRef,
} from '../../src/model/index.js';

/** A fixed time that tests count from. */
export const T0: Instant = instantOf(Date.parse('2026-01-05T10:00:00.000Z'));

/** Makes a fresh folder; the function that it comes with takes it away. */
export async function freshFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'genchi-test-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Opens a real store with the clock standing at `now`. */
export async function openStore(folder: string, now: Instant = T0): Promise<EvidenceStore> {
  const { store } = await openDuckDbStore({
    folder,
    clock: () => now,
    memoryMiB: 512,
    threads: 2,
    publicUrl: 'http://127.0.0.1:4600',
  });
  return store;
}

/** Makes a receipt of some content, as if it had come by the events door. */
export function receiptFor(content: EventContent, id?: Identity): EventReceipt {
  return { ...content, id: id ?? identityOfContent(content), receivedAt: T0, door: 'events' };
}

/** A failure of `service` so many milliseconds after {@link T0}. */
export function failure(service: string, afterMs: number, reason = 'timeout'): EventReceipt {
  return receiptFor({ kind: 'failure', at: instantOf(T0 + afterMs), service, component: 'db', reason });
}

/** A sample: labels, milliseconds after {@link T0}, value; a value of null is a staleness marker. */
export type SampleRow = readonly [labels: Labels, afterMs: number, value: number | null];

/** Puts rows into a block, interning their series. */
export function blockOf(store: Pick<EvidenceStore, 'intern'>, rows: readonly SampleRow[]): SampleBlock {
  const refs: SeriesRef[] = rows.map(([labels]) => store.intern(labels));
  return {
    length: rows.length,
    series: Uint32Array.from(refs),
    at: Float64Array.from(rows, ([, afterMs]) => T0 + afterMs),
    value: Float64Array.from(rows, ([, , value]) => value ?? Number.NaN),
    stale: rows.flatMap(([, , value], item) => (value === null ? [item] : [])),
  };
}
