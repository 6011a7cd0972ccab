import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BucketColumns, BucketQuery, EvidenceStore } from '../../src/evidence/index.js';
import { HOUR_MS, MINUTE_MS, type SeriesRef, shift } from '../../src/model/index.js';
import { blockOf, freshFolder, openStore, type SampleRow, T0 } from './fixture.js';

let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, HOUR_MS));
});
afterEach(async () => {
  await store.close();
  await remove();
});

const labels = (name: string) => ({ __name__: name, service: 'shop' });

async function record(rows: readonly (readonly [name: string, afterMs: number, value: number | null])[]) {
  const samples = rows.map(([name, afterMs, value]): SampleRow => [labels(name), afterMs, value]);
  await store.append({ events: [], samples: blockOf(store, samples) });
}

const ref = (name: string): SeriesRef => store.intern(labels(name));

const ask = (query: Partial<BucketQuery> & Pick<BucketQuery, 'groups'>): Promise<BucketColumns> =>
  store.buckets({
    window: { from: T0, to: shift(T0, 10 * MINUTE_MS) },
    stepMs: MINUTE_MS,
    figure: 'value',
    limit: 1_000,
    ...query,
  });

const minutes = (columns: BucketColumns): number[] => [...columns.at].map((at) => (at - T0) / MINUTE_MS);

describe('buckets', () => {
  it('counts, sums and spans the samples of each minute, and leaves minutes without one out', async () => {
    await record([
      ['a', 0, 4],
      ['a', 59_999, 2],
      ['a', 120_000, 7],
    ]);
    const columns = await ask({ groups: [[ref('a')]], quantiles: [0.5, 0.25] });
    expect(minutes(columns)).toEqual([0, 2]);
    expect([...columns.count]).toEqual([2, 1]);
    expect([...columns.sum]).toEqual([6, 7]);
    expect([...columns.min]).toEqual([2, 7]);
    expect([...columns.max]).toEqual([4, 7]);
    expect([...columns.last]).toEqual([2, 7]);
    expect(columns.quantiles.map((column) => [...column])).toEqual([
      [3, 7],
      [2.5, 7],
    ]);
  });

  it('adds the levels of a group up from the last sample of each series', async () => {
    await record([
      ['a', 0, 4],
      ['a', 30_000, 5],
      ['b', 10_000, 10],
      ['b', 70_000, 20],
    ]);
    const columns = await ask({ groups: [[ref('b')], [ref('a'), ref('b')]], quantiles: [0.5] });
    expect([...columns.group]).toEqual([0, 0, 1, 1]);
    expect([...columns.last]).toEqual([10, 20, 15, 20]);
    expect([...columns.series]).toEqual([1, 1, 2, 1]);
    expect([...columns.sum]).toEqual([10, 20, 19, 20]);
    expect([...(columns.quantiles[0] ?? [])]).toEqual([10, 20, 5, 20]);
  });

  it('passes over staleness markers, NaN and infinities', async () => {
    await record([
      ['a', 0, Number.NaN],
      ['a', 1_000, null],
      ['a', 2_000, Number.POSITIVE_INFINITY],
      ['a', 3_000, 1],
      ['a', 60_000, null],
    ]);
    const columns = await ask({ groups: [[ref('a')]] });
    expect([minutes(columns), [...columns.count], [...columns.sum]]).toEqual([[0], [1], [1]]);
  });

  it('counts what a counter grew by, across the start of the window and across a restart', async () => {
    await record([
      ['c', -60_000, 100],
      ['c', 0, 130],
      ['c', 60_000, 7],
      ['c', 120_000, 7],
    ]);
    const columns = await ask({ groups: [[ref('c')]], figure: 'increase' });
    expect(minutes(columns)).toEqual([0, 1, 2]);
    expect([...columns.sum]).toEqual([30, 7, 0]);
  });

  it('counts no increase from the first sample, nor across a silence of over five minutes', async () => {
    await record([
      ['c', 0, 1_000],
      ['c', 60_000, 1_001],
      ['c', 60_000 + 300_001, 2_000],
      ['c', 60_000 + 330_000, 2_002],
    ]);
    const columns = await ask({ groups: [[ref('c')]], figure: 'increase' });
    expect([minutes(columns), [...columns.sum]]).toEqual([
      [1, 6],
      [1, 2],
    ]);
  });

  it('begins buckets at the origin, before it too', async () => {
    await record([
      ['a', 0, 1],
      ['a', 89_999, 2],
      ['a', 90_000, 3],
    ]);
    const columns = await ask({ groups: [[ref('a')]], stepMs: 120_000, origin: shift(T0, 90_000) });
    expect(minutes(columns)).toEqual([-0.5, 1.5]);
    expect([...columns.count]).toEqual([2, 1]);
  });

  it('answers nothing for no series, and refuses more buckets than the limit and steps that are none', async () => {
    expect((await ask({ groups: [], quantiles: [0.5] })).length).toBe(0);
    await record([
      ['a', 0, 1],
      ['a', 60_000, 2],
    ]);
    await expect(ask({ groups: [[ref('a')]], limit: 1 })).rejects.toMatchObject({ code: 'store-failed' });
    await expect(ask({ groups: [[ref('a')]], stepMs: 0.5 })).rejects.toMatchObject({ code: 'store-failed' });
  });

  it('sums to the same over minutes as over the window, whatever the counter does', async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(600), fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 40 }),
        async (steps) => {
          const name = `p${made++}`;
          const times = new Map(steps.map(([second, value]) => [second * 1_000, value]));
          const rows = [...times].sort(([a], [b]) => a - b);
          await record(rows.map(([at, value]) => [name, at, value] as const));
          const window = { from: T0, to: shift(T0, 11 * MINUTE_MS) };
          const groups = [[ref(name)]];
          const fine = await ask({ groups, window, figure: 'increase' });
          const whole = await ask({ groups, window, figure: 'increase', stepMs: HOUR_MS, origin: T0 });
          const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
          expect(sum(fine.sum)).toBe(sum(whole.sum));
          expect(sum(fine.count)).toBe(sum(whole.count));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('silences', () => {
  it('tells where samples ceased, the last before it, and when they came back', async () => {
    await record([
      ['a', 0, 1],
      ['a', 60_000, 2],
      ['a', 360_001, 3],
      ['b', 0, 5],
      ['b', 100_000, null],
    ]);
    const window = { from: T0, to: shift(T0, 10 * MINUTE_MS) };
    const found = await store.silences({
      series: [ref('a'), ref('b')],
      window,
      longerThanMs: 5 * MINUTE_MS,
    });
    expect(found).toEqual([
      { series: ref('a'), from: shift(T0, 60_000), lastValue: 2, until: shift(T0, 360_001) },
      { series: ref('b'), from: T0, lastValue: 5, until: undefined },
    ]);
  });
});
