import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BucketColumns, BucketQuery, EvidenceStore } from '../../src/evidence/index.js';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, type SeriesRef, shift } from '../../src/model/index.js';
import { freshFolder, type SampleRow, T0 } from './fixture.js';
import { appendSamples, counter, gauge, MIDNIGHT, openAt, retainAll, rules } from './retention-fixture.js';

let folder: string;
let remove: () => Promise<void>;
let store: EvidenceStore;
const clock = { now: T0 };

beforeEach(async () => {
  ({ folder, remove } = await freshFolder());
  clock.now = T0;
  store = await openAt(folder, clock);
});
afterEach(async () => {
  await store.close();
  await remove();
});

const day = (n: number): Instant => shift(T0, MIDNIGHT + n * DAY_MS);
const deleteArchive = () => rm(join(folder, 'archive'), { recursive: true, force: true });

/** Rows of buckets as texts, sums to 12 digits: the order of addition may move the last bits. */
function told(columns: BucketColumns): readonly string[] {
  return Array.from({ length: columns.length }, (_, row) =>
    [
      columns.group[row],
      (columns.at[row] ?? 0) - T0,
      ...[columns.count, columns.series, columns.min, columns.max].map((column) => column[row]),
      ...[columns.sum, columns.last].map((column) => (column[row] ?? 0).toPrecision(12)),
    ].join(' '),
  );
}

function asked(groups: readonly (readonly SeriesRef[])[], some: Partial<BucketQuery>): BucketQuery {
  return {
    groups,
    window: { from: day(0), to: day(4) },
    stepMs: HOUR_MS,
    figure: 'value',
    limit: 10_000,
    ...some,
  };
}

describe('roll-ups', () => {
  it('hold the law: buckets of whole minutes and hours are those of the samples, before, after and without the archive', async () => {
    const sample = fc.record({
      series: fc.nat(3),
      // Three days, close together now and then, so that steps, silences and the seams of days all occur.
      at: fc.oneof(
        fc.integer({ min: 0, max: 3 * DAY_MS - 1 }),
        fc.integer({ min: DAY_MS - 200_000, max: DAY_MS + 200_000 }),
        fc.integer({ min: 2 * DAY_MS - 400_000, max: 2 * DAY_MS + 400_000 }),
      ),
      value: fc.oneof(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.constant(Number.NaN),
        fc.constant(Number.POSITIVE_INFINITY),
        fc.constant(null),
      ),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 120 }), async (samples) => {
        run += 1;
        clock.now = shift(T0, MIDNIGHT);
        const names = [gauge(`a${run}`), gauge(`b${run}`), counter(`a${run}`), counter(`b${run}`)];
        const refs = names.map((labels) => store.intern(labels));
        // Each run has weeks of its own, since an archived day takes no more samples.
        const base = MIDNIGHT - run * 28 * DAY_MS;
        const rows = samples
          .map(
            ({ series, at, value }): SampleRow => [
              names[series] ?? {},
              base + at,
              series > 1 && value !== null ? Math.abs(value) : value,
            ],
          )
          .sort(([, a], [, b]) => a - b);
        await appendSamples(store, rows);
        const from = shift(T0, base);
        const window = { from: shift(from, HOUR_MS), to: shift(from, 3 * DAY_MS) };
        const groups = [[refs[0] ?? (0 as SeriesRef)], refs.slice(0, 2), refs.slice(2)];
        const queries = [HOUR_MS, MINUTE_MS, 7 * MINUTE_MS, DAY_MS].flatMap((stepMs): BucketQuery[] => [
          asked(groups, { window, stepMs }),
          asked(groups.slice(2), { window, stepMs, figure: 'increase', origin: window.from }),
        ]);
        const read = async () => {
          const all = [];
          for (const query of queries) all.push(told(await store.buckets(query)));
          return all;
        };
        const before = await read();
        // One day goes, then all: the seam between roll-ups and samples moves.
        const keep = { ...rules, minuteDays: 0, hourDays: 0 };
        clock.now = shift(from, keep.sampleDays * DAY_MS + DAY_MS);
        await retainAll(store, keep);
        expect(await read()).toEqual(before);
        clock.now = shift(from, keep.sampleDays * DAY_MS + 3 * DAY_MS);
        await retainAll(store, keep);
        expect(await read()).toEqual(before);
        await deleteArchive();
        expect(await read()).toEqual(before);
      }),
      { numRuns: 8, seed: 11 },
    );
  });

  it('do not stand in for a chart, which says what was deleted rather than draw a gap', async () => {
    const rows = Array.from({ length: 120 }, (_, n): SampleRow => [gauge('a'), MIDNIGHT + n * 30_000 + 1, n]);
    await appendSamples(store, rows);
    const draw = (from: number) =>
      store.drawing({
        ...{ series: [store.intern(gauge('a'))], window: { from: day(from), to: day(4) }, columns: 100 },
      });
    const before = await draw(0);
    clock.now = shift(T0, 3 * DAY_MS);
    await retainAll(store);
    expect(await draw(0)).toEqual(before);
    await deleteArchive();
    await expect(draw(0)).rejects.toMatchObject({
      code: 'archive-gone',
      message: expect.stringMatching(/sample\/.*parquet.* was deleted.* begins at 20/),
    });
    expect(await draw(3)).toBeDefined();
  });

  it('are what a yearly look reads, while what they cannot tell comes from the files', async () => {
    const rows = Array.from({ length: 120 }, (_, n): SampleRow => [gauge('a'), MIDNIGHT + n * 30_000 + 1, n]);
    await appendSamples(store, rows);
    const groups = [[store.intern(gauge('a'))]];
    const odd = asked(groups, { stepMs: 45_000, quantiles: [0.5, 0.9] });
    const before = await store.buckets(odd);
    clock.now = shift(T0, 3 * DAY_MS);
    await retainAll(store);
    expect(await store.buckets(odd)).toEqual(before);
    const median = asked(groups, { quantiles: [0.5] });
    const exact = await store.buckets(median);
    expect([exact.isCoarse, exact.quantiles[0]?.[0]]).toEqual([undefined, 59.5]);
    await deleteArchive();
    const coarse = await store.buckets(median);
    expect([coarse.isCoarse, coarse.quantiles[0]?.[0], coarse.count[0]]).toEqual([true, 59.5, 120]);
    await expect(store.buckets(odd)).rejects.toMatchObject({
      code: 'archive-gone',
      message: expect.stringContaining('whole minutes'),
    });
    const cut = asked(groups, { window: { from: shift(day(0), 90_000), to: day(4) } });
    await expect(store.buckets(cut)).rejects.toMatchObject({ code: 'archive-gone' });
    const growth = asked(groups, { figure: 'increase' });
    await expect(store.buckets(growth)).rejects.toMatchObject({
      message: expect.stringContaining('counters only'),
    });
  });

  it('go when their own time has come, the minutes first, and say by which rule', async () => {
    await appendSamples(store, [
      [gauge('a'), MIDNIGHT + 90_000, 1],
      [gauge('a'), MIDNIGHT + 150_000, 3],
      [counter('a'), MIDNIGHT + 90_000, 5],
      [counter('a'), MIDNIGHT + 150_000, 8],
    ]);
    const count = (span: string) => store.countRows({ from: 'rollup', values: { span: [span] } }, 99);
    clock.now = shift(day(0), 3 * DAY_MS);
    await retainAll(store);
    expect([await count('minute'), await count('hour')]).toEqual([4, 2]);
    clock.now = shift(day(0), 5 * DAY_MS);
    const [step] = await retainAll(store);
    expect(step).toMatchObject({ what: 'minute', action: 'remove', rows: 4 });
    expect([await count('minute'), await count('hour')]).toEqual([0, 2]);
    expect(await store.removalOf('rollup-minute', shift(day(0), 60_000))).toMatchObject({
      rule: 'roll-ups by the minute are kept for 4 days',
    });
    await deleteArchive();
    const groups = [[store.intern(gauge('a'))]];
    const minutes = asked(groups, { stepMs: MINUTE_MS });
    await expect(store.buckets(minutes)).rejects.toMatchObject({
      message: expect.stringContaining('whole hours'),
    });
    expect(told(await store.buckets(asked(groups, {})))).toEqual([
      `0 ${MIDNIGHT} 2 1 1 3 ${(4).toPrecision(12)} ${(3).toPrecision(12)}`,
    ]);
    clock.now = shift(day(0), 11 * DAY_MS);
    await retainAll(store);
    expect(await count('hour')).toBe(0);
    expect((await store.buckets(asked(groups, {}))).length).toBe(0);
  });
});
