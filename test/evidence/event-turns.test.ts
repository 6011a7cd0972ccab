import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceStore } from '../../src/evidence/index.js';
import { type EventReceipt, identityOf, instantOf } from '../../src/model/index.js';
import { now } from '../ingest/fixture.js';
import { freshFolder, openStore } from './fixture.js';

let store: EvidenceStore;
let remove: () => Promise<void>;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, now);
});
afterEach(async () => {
  await store.close();
  await remove();
});

function failures(count: number): readonly EventReceipt[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'failure' as const,
    id: identityOf('turns', String(index)),
    at: instantOf(now - index),
    receivedAt: now,
    door: 'events',
    service: 'cart',
    component: 'db',
    reason: 'timeout',
  }));
}

describe('a batch of many events', () => {
  it('lets others have their turn while it is written, and is recorded whole', async () => {
    let longestMs = 0;
    let done = false;
    const watch = async (): Promise<void> => {
      for (let before = performance.now(); !done; ) {
        await turn();
        const after = performance.now();
        longestMs = Math.max(longestMs, after - before);
        before = after;
      }
    };
    const batch = failures(10_000);
    const watching = watch();
    const startedMs = performance.now();
    const appended = await store.append({ events: batch });
    const tookMs = performance.now() - startedMs;
    done = true;
    await watching;
    expect([appended.events, appended.repeatedEvents.length]).toEqual([10_000, 0]);
    expect((await store.totals()).events.failure).toBe(10_000);
    // Written in one go, appending the rows is most of the whole.
    expect(longestMs).toBeLessThan(tookMs / 3);
  });
});
