import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EvidenceStore } from '../../src/evidence/index.js';
import { MINUTE_MS, shift } from '../../src/model/index.js';
import { blockOf, failure, freshFolder, openStore, T0 } from './fixture.js';

let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder);
});
afterEach(async () => {
  await store.close();
  await remove();
});

const outside = { __name__: 'up', service: 'web' };
const own = { __name__: 'jidoka_failure_rate', service: 'web', computed_by: 'genchi' };

it('are nothing of an empty store', async () => {
  expect(await store.arrivals()).toEqual({ doors: [], series: 0, lastSampleAt: undefined });
});

it('tell of each door how many events came by it, and when the first and the latest did', async () => {
  const later = { ...failure('web', 0), id: failure('x', 1).id, receivedAt: shift(T0, 5_000) };
  await store.append({ events: [failure('web', 0), later] });
  await store.append({ events: [{ ...failure('api', 9), door: 'alertmanager' }] });
  const { doors } = await store.arrivals();
  expect(doors).toEqual([
    expect.objectContaining({ door: 'alertmanager', events: 1 }),
    {
      door: failure('web', 0).door,
      events: 2,
      firstAt: failure('web', 0).receivedAt,
      lastAt: shift(T0, 5_000),
    },
  ]);
});

it('do not take what Genchi computes itself for what a Prometheus sent', async () => {
  await store.append({ events: [], samples: blockOf(store, [[own, 0, 1]]) });
  expect(await store.arrivals()).toMatchObject({ series: 0, lastSampleAt: undefined });
  await store.append({ events: [], samples: blockOf(store, [[outside, MINUTE_MS, 1]]) });
  await store.append({ events: [], samples: blockOf(store, [[own, 2 * MINUTE_MS, 1]]) });
  expect(await store.arrivals()).toMatchObject({ series: 1, lastSampleAt: shift(T0, MINUTE_MS) });
});

it('tell of no latest sample where senders are silent for over ten minutes', async () => {
  await store.append({ events: [], samples: blockOf(store, [[outside, 0, 1]]) });
  await store.append({ events: [], samples: blockOf(store, [[own, 11 * MINUTE_MS, 1]]) });
  expect(await store.arrivals()).toMatchObject({ series: 1, lastSampleAt: undefined });
});
