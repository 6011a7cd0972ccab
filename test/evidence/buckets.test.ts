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

  it('answers quantiles alone as beside all else, of values and of increases', async () => {
    const rows = Array.from({ length: 60 }, (_, n) => [
      ['q', n * 7_000, (n * 31) % 17] as const,
      ['r', n * 11_000, (n * 13) % 29] as const,
    ]).flat();
    await record(rows.sort(([, a], [, b]) => a - b));
    const quantiles = [0.5, 0.9, 0];
    for (const figure of ['value', 'increase'] as const) {
      const query = { figure, quantiles, groups: [[ref('q')], [ref('q'), ref('r')], []] };
      const whole = await ask(query);
      const alone = await ask({ ...query, quantilesOnly: true });
      expect(alone.length).toBeGreaterThan(15);
      expect(alone).toEqual({
        ...whole,
        ...Object.fromEntries(
          (['count', 'series', 'sum', 'min', 'max', 'last'] as const).map((column) => [
            column,
            new Float64Array(),
          ]),
        ),
      });
    }
    const refused = ask({ groups: [[ref('q')]], quantilesOnly: true });
    await expect(refused).rejects.toThrow('at least one where only these are asked for');
    await expect(
      ask({ groups: [[ref('q')]], quantiles: [0.5], quantilesOnly: true, limit: 1 }),
    ).rejects.toThrow('more than 1 buckets');
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

  it('tells the same of series that speak nearly always, whether samples must be put in order or not', async () => {
    // Slots half as long as a silence: those that are all spoken in are told apart without their order.
    const longerThanMs = 2_000;
    const slots = fc.array(fc.option(fc.nat(999), { freq: 12 }), { minLength: 8, maxLength: 8 });
    const tail = fc.nat(999);
    let made = 0;
    let silent = 0;
    let speaking = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(slots, { minLength: 1, maxLength: 3 }), tail, async (drawn, tailMs) => {
        const series = drawn.map((at) => ({
          name: `s${made++}`,
          times: at.flatMap((ms, slot) => (ms === null ? [] : [slot * 1_000 + ms])),
        }));
        await record(series.flatMap(({ name, times }) => times.map((at) => [name, at, at] as const)));
        const end = 8_000 + tailMs;
        const found = await store.silences({
          ...{ longerThanMs, window: { from: T0, to: shift(T0, end) } },
          series: series.map(({ name }) => ref(name)),
        });
        const expected = series.flatMap(({ name, times }) =>
          times.flatMap((at, item) => {
            const next = times[item + 1];
            if ((next ?? end) - at <= longerThanMs) return [];
            const until = next === undefined ? undefined : shift(T0, next);
            return [{ series: ref(name), from: shift(T0, at), lastValue: at, until }];
          }),
        );
        expect(found).toEqual(expected);
        silent += expected.length;
        speaking += drawn.filter((at) => !at.includes(null)).length;
      }),
      { numRuns: 40, seed: 11 },
    );
    expect(Math.min(silent, speaking)).toBeGreaterThan(3);
  });
});
