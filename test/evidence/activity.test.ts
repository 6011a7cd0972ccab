import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceStore, GroupSilence } from '../../src/evidence/index.js';
import { HOUR_MS, type Instant, instantOf, MINUTE_MS, type SeriesRef, shift } from '../../src/model/index.js';
import { blockOf, freshFolder, openStore, receiptFor, type SampleRow, T0 } from './fixture.js';

const LONGER_MS = 5 * MINUTE_MS;
let remove: () => Promise<void>;
let store: EvidenceStore;

beforeAll(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, HOUR_MS));
});
afterAll(async () => {
  await store.close();
  await remove();
});

const labels = (name: string) => ({ __name__: name, service: 'shop' });
const ref = (name: string): SeriesRef => store.intern(labels(name));

async function record(rows: readonly (readonly [name: string, afterMs: number, value: number | null])[]) {
  const samples = rows.map(([name, afterMs, value]): SampleRow => [labels(name), afterMs, value]);
  await store.append({ events: [], samples: blockOf(store, samples) });
}

describe('activity', () => {
  it('tells how often and when series spoke within a window; markers and odd numbers are no samples', async () => {
    await record([
      ['x', -1, 1],
      ['x', 0, 1],
      ['x', 30_000, 2],
      ['x', 45_000, Number.POSITIVE_INFINITY],
      ['x', 50_000, null],
      ['x', 60_000, 3],
      ['y', 10_000, 1],
      ['z', 90_000, 1],
    ]);
    const window = { from: T0, to: shift(T0, MINUTE_MS) };
    const x = { series: ref('x'), samples: 2, firstAt: T0, lastAt: shift(T0, 30_000) };
    const y = { series: ref('y'), samples: 1, firstAt: shift(T0, 10_000), lastAt: shift(T0, 10_000) };
    expect(await store.activity({ window })).toEqual([x, y]);
    expect(await store.activity({ window, series: [ref('y'), ref('z')] })).toEqual([y]);
    expect(await store.activity({ window, series: [] })).toEqual([]);
  });
});

/** The silences of a group as they are by their definition: every pair of neighbours among all of its samples. */
function expected(times: readonly number[], to: Instant): readonly Omit<GroupSilence, 'group'>[] {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted.flatMap((at, item) => {
    const next = sorted[item + 1];
    if ((next ?? to) - at <= LONGER_MS) return [];
    return [{ from: instantOf(at), until: next === undefined ? undefined : instantOf(next) }];
  });
}

describe('groupSilences', () => {
  let made = 0;

  it('answers what neighbours of all series of a group together tell', async () => {
    const seconds = fc.uniqueArray(fc.integer({ min: 0, max: 3_000 }), { maxLength: 8 });
    const window = { from: T0, to: shift(T0, 50 * MINUTE_MS) };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(seconds, { maxLength: 3 }), { maxLength: 3 }), async (drawn) => {
        const groups = drawn.map((group) =>
          group.map((some) => ({ name: `g${made++}`, at: some.map((second) => second * 1_000) })),
        );
        const rows = groups
          .flat()
          .flatMap(({ name, at }) => [...at].sort((a, b) => a - b).map((one) => [name, one, 1] as const));
        await record(rows);
        const found = await store.groupSilences({
          ...{ window, longerThanMs: LONGER_MS, limit: 1_000 },
          groups: groups.map((group) => group.map(({ name }) => ref(name))),
        });
        const wanted = groups.flatMap((group, position) => {
          const times = group.flatMap(({ at }) => at.map((one) => T0 + one)).filter((at) => at < window.to);
          return expected([...new Set(times)], window.to).map((silence) => ({ group: position, ...silence }));
        });
        expect(found).toEqual(wanted);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it('is an error rather than a part where there are more than asked for', async () => {
    await record([
      ['often', 0, 1],
      ['often', 600_000, 1],
      ['often', 1_200_000, 1],
    ]);
    const window = { from: T0, to: shift(T0, 21 * MINUTE_MS) };
    const query = { groups: [[ref('often')]], window, longerThanMs: LONGER_MS };
    await expect(store.groupSilences({ ...query, limit: 1 })).rejects.toThrow('more than 1 silences');
    expect(await store.groupSilences({ ...query, limit: 2 })).toHaveLength(2);
  });
});

describe('latestEvents', () => {
  it('passes over what lies outside the window that is given', async () => {
    const alert = (afterMs: number, name: string) =>
      receiptFor({ kind: 'alert_fired', at: shift(T0, afterMs), name, severity: 'warning' });
    await store.append({ events: [alert(0, 'a'), alert(1_000, 'a'), alert(2_000, 'a'), alert(0, 'b')] });
    const window = { from: shift(T0, 1), to: shift(T0, 2_000) };
    const found = await store.latestEvents('alert_fired', ['name', 'service'], window);
    expect(found.map(({ event, count }) => [event.at - T0, count])).toEqual([[1_000, 1]]);
    const all = await store.latestEvents('alert_fired', ['name', 'service']);
    expect(all.map(({ count }) => count).sort()).toEqual([1, 3]);
  });
});
