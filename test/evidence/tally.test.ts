import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceStore, LevelPart, TallyBands } from '../../src/evidence/index.js';
import {
  DAY_MS,
  HOUR_MS,
  type Instant,
  instantOf,
  MINUTE_MS,
  type SeriesRef,
  shift,
} from '../../src/model/index.js';
import { blockOf, freshFolder, openStore, type SampleRow, T0 } from './fixture.js';

let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, 3 * DAY_MS));
});
afterEach(async () => {
  await store.close();
  await remove();
});

const labels = (name: string) => ({ __name__: name, service: 'shop' });
const ref = (name: string): SeriesRef => store.intern(labels(name));
type Row = readonly [name: string, afterMs: number, value: number | null];

async function record(rows: readonly Row[]): Promise<void> {
  const samples = rows.map(([name, afterMs, value]): SampleRow => [labels(name), afterMs, value]);
  await store.append({ events: [], samples: blockOf(store, samples) });
}

const at = (minutes: number): Instant => shift(T0, minutes * MINUTE_MS);
const span = (from: number, to: number) => ({ from: at(from), to: at(to) });
const always = { from: instantOf(0), to: shift(T0, 365 * DAY_MS) };

const latency = (part: Partial<LevelPart> = {}): LevelPart => ({
  series: [ref('a')],
  sliceMs: MINUTE_MS,
  within: always,
  direction: 'at_most',
  bound: 200,
  ...part,
});

describe('tallies of levels', () => {
  it('count a sample at the end of a minute to that minute, and a minute by the mean of its samples', async () => {
    await record([
      ['a', MINUTE_MS, 200],
      ['a', MINUTE_MS + 1, 199],
      ['a', 2 * MINUTE_MS, 203],
      ['a', 4 * MINUTE_MS - 1, 150],
    ]);
    const tally = await store.tallyLevels({ parts: [latency()], bands: [span(0, 2), span(2, 4)], limit: 10 });
    expect(tally).toMatchObject([
      { part: 0, band: 0, known: 2, total: 2, bad: 1, latest: 201 },
      { part: 0, band: 1, known: 1, total: 1, bad: 0, latest: 150 },
    ]);
  });

  it('take a minute for bad when any of its series is, and name the sample that shows it', async () => {
    await record([
      ['a', MINUTE_MS, 10],
      ['b', MINUTE_MS - 500, 5],
      ['a', 2 * MINUTE_MS, 10],
      ['b', 2 * MINUTE_MS, 2],
    ]);
    const part = latency({ series: [ref('a'), ref('b')], direction: 'at_least', bound: 6 });
    const [tally] = await store.tallyLevels({ parts: [part], bands: [span(0, 5)], limit: 10, marks: true });
    expect(tally).toMatchObject({ known: 2, bad: 2, latest: 2 });
    expect(tally?.firstBad).toEqual({ series: ref('b'), at: shift(T0, MINUTE_MS - 500) });
    expect(tally?.lastBad).toEqual({ series: ref('b'), at: at(2) });
  });

  it('count minutes of one sample each as they lie, beside series with more of them, and name what was bad', async () => {
    const lone: Row[] = Array.from({ length: 90 }, (_, item) => ['a', (item + 1) * MINUTE_MS - 400, item]);
    const crowded = lone.flatMap(([, after, value]): Row[] => [
      ['b', after, value],
      ['b', after + 1, value],
    ]);
    await record([...lone, ...crowded].toSorted((x, y) => x[1] - y[1]));
    const parts = ['a', 'b'].map((name) => latency({ series: [ref(name)], bound: 9 }));
    const bands = [span(0, 60), span(60, 1_400)];
    const tallies = await store.tallyLevels({ parts, bands, limit: 10, marks: true });
    expect(tallies).toMatchObject(
      [0, 1].flatMap((part) => [
        { part, band: 0, known: 60, bad: 50, latest: 59 },
        { part, band: 1, known: 30, bad: 30, latest: 89 },
      ]),
    );
    const shown = shift(T0, 11 * MINUTE_MS - 400);
    expect(tallies[0]).toMatchObject({ firstBad: { series: ref('a'), at: shown } });
    expect(tallies[2]).toMatchObject({ firstBad: { series: ref('b'), at: shift(shown, 1) } });
    expect(tallies[1]).toMatchObject({ lastBad: { series: ref('a'), at: shift(T0, 90 * MINUTE_MS - 400) } });
  });

  it('leave outliers out on request, and say how many', async () => {
    const usual: Row[] = Array.from({ length: 20 }, (_, item) => ['a', (item + 1) * MINUTE_MS, 100 + item]);
    await record([...usual, ['a', 21 * MINUTE_MS, 5_000]]);
    const query = { parts: [latency()], bands: [span(0, 30)], limit: 10 };
    expect(await store.tallyLevels(query)).toMatchObject([{ known: 21, bad: 1, outliers: 0 }]);
    expect(await store.tallyLevels({ ...query, withoutOutliers: true })).toMatchObject([
      { known: 20, bad: 0, outliers: 1 },
    ]);
  });

  it('count what counting one by one does, over days, parts, bands and steps', async () => {
    const sample = fc.tuple(
      fc.constantFrom('a', 'b', 'c'),
      fc.integer({ min: 0, max: 2 * DAY_MS }).map((ms) => ms - (ms % 7_000)),
      fc.integer({ min: 0, max: 9 }),
    );
    const part = fc.record({
      names: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      sliceMinutes: fc.constantFrom(1, 5, 60),
      bound: fc.integer({ min: 2, max: 7 }),
      direction: fc.constantFrom('at_most' as const, 'at_least' as const),
      from: fc.integer({ min: 0, max: 900 }),
    });
    const cuts = fc.uniqueArray(fc.integer({ min: -10, max: 2 * 1_440 }), { minLength: 2, maxLength: 7 });
    const drawn: Row[] = [];
    const seen = new Set<string>();
    for (const row of fc.sample(sample, { numRuns: 600, seed: 7 })) {
      if (!seen.has(`${row[0]} ${row[1]}`)) drawn.push(row);
      seen.add(`${row[0]} ${row[1]}`);
    }
    await record(drawn.toSorted((x, y) => x[1] - y[1]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        cuts,
        fc.boolean(),
        async (asked, edges, even) => {
          const sorted = edges.toSorted((x, y) => x - y);
          const bands: TallyBands = even
            ? { window: span(sorted[0] ?? 0, sorted.at(-1) ?? 1), stepMs: HOUR_MS }
            : sorted.slice(1).flatMap((to, place) => (place % 3 === 1 ? [] : [span(sorted[place] ?? 0, to)]));
          const parts = asked.map(({ names, sliceMinutes, bound, direction, from }) =>
            latency({
              series: names.map(ref),
              sliceMs: sliceMinutes * MINUTE_MS,
              within: { from: at(from), to: always.to },
              bound,
              direction,
            }),
          );
          const found = await store.tallyLevels({ parts, bands, limit: 10_000 });
          const told = found.map(({ part: place, band, known, bad }) => [place, band, known, bad]);
          expect(told).toEqual(parts.flatMap((each, place) => countOneByOne(each, place, bands, drawn)));
        },
      ),
      { numRuns: 40, seed: 11 },
    );
  });
});

function bandAt(bands: TallyBands, until: number): number {
  if ('stepMs' in bands) {
    const { window, stepMs } = bands;
    return until > window.from && until <= window.to ? Math.ceil((until - window.from) / stepMs) - 1 : -1;
  }
  return bands.findIndex(({ from, to }) => until > from && until <= to);
}

/** The same in plain loops. */
function countOneByOne(
  { series, sliceMs, within, bound, direction }: LevelPart,
  place: number,
  bands: TallyBands,
  rows: readonly Row[],
): number[][] {
  const slices = new Map<string, number[]>();
  for (const [name, afterMs, value] of rows) {
    if (!series.includes(ref(name)) || value === null) continue;
    const until = Math.ceil((T0 + afterMs) / sliceMs) * sliceMs;
    const key = `${until}/${name}`;
    slices.set(key, [...(slices.get(key) ?? []), value]);
  }
  const goods = new Map<number, boolean>();
  for (const [key, values] of slices) {
    const until = Number(key.split('/')[0]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const good = direction === 'at_most' ? mean <= bound : mean >= bound;
    goods.set(until, (goods.get(until) ?? true) && good);
  }
  const tallies = new Map<number, [number, number]>();
  for (const [until, good] of goods) {
    const band = until > within.from && until <= within.to ? bandAt(bands, until) : -1;
    if (band < 0) continue;
    const [known, bad] = tallies.get(band) ?? [0, 0];
    tallies.set(band, [known + 1, bad + (good ? 0 : 1)]);
  }
  return [...tallies].sort(([a], [b]) => a - b).map(([band, counts]) => [place, band, ...counts]);
}

describe('tallies of events', () => {
  const counters = (target?: number) => ({
    total: [ref('all')],
    counted: [ref('ok')],
    counts: 'good' as const,
    sliceMs: MINUTE_MS,
    within: always,
    ...(target === undefined ? {} : { sliceTarget: target }),
  });

  it('add up increases, over restarts and not over silences', async () => {
    await record([
      ['all', 0, 100],
      ['ok', 0, 90],
      ['all', MINUTE_MS, 110],
      ['ok', MINUTE_MS, 99],
      // A restart: 4 events since.
      ['all', 2 * MINUTE_MS, 4],
      ['ok', 2 * MINUTE_MS, 4],
      // Ten minutes of silence: nobody knows when these came.
      ['all', 12 * MINUTE_MS, 1_000],
      ['ok', 12 * MINUTE_MS, 4],
      ['all', 13 * MINUTE_MS, 1_020],
      ['ok', 13 * MINUTE_MS, 14],
    ]);
    const found = await store.tallyEvents({
      parts: [counters()],
      bands: [span(0, 5), span(5, 20)],
      limit: 10,
    });
    expect(found).toEqual([
      { part: 0, band: 0, known: 2, total: 14, bad: 1 },
      { part: 0, band: 1, known: 1, total: 20, bad: 10 },
    ]);
  });

  it('count an absent bad counter as nothing bad, and an absent total as nothing known', async () => {
    await record([
      ['all', 0, 0],
      ['all', MINUTE_MS, 10],
      ['errors', 2 * MINUTE_MS, 0],
      ['errors', 3 * MINUTE_MS, 5],
    ]);
    const part = { ...counters(), counted: [ref('errors')], counts: 'bad' as const };
    expect(await store.tallyEvents({ parts: [part], bands: [span(0, 10)], limit: 10 })).toEqual([
      { part: 0, band: 0, known: 1, total: 10, bad: 0 },
    ]);
  });

  it('count slices by their share of good events, and none without events', async () => {
    await record([
      ['all', 0, 0],
      ['ok', 0, 0],
      ['all', MINUTE_MS, 100],
      ['ok', MINUTE_MS, 99],
      ['all', 2 * MINUTE_MS, 200],
      ['ok', 2 * MINUTE_MS, 197],
      ['all', 3 * MINUTE_MS, 200],
      ['ok', 3 * MINUTE_MS, 197],
    ]);
    expect(await store.tallyEvents({ parts: [counters(0.99)], bands: [span(0, 10)], limit: 10 })).toEqual([
      { part: 0, band: 0, known: 2, total: 2, bad: 1 },
    ]);
  });

  it('are refused beyond the limit, never cut off', async () => {
    await record([
      ['all', 0, 0],
      ['all', MINUTE_MS, 1],
      ['all', 2 * MINUTE_MS, 2],
    ]);
    const bands = { window: span(0, 10), stepMs: MINUTE_MS };
    await expect(store.tallyEvents({ parts: [counters()], bands, limit: 1 })).rejects.toThrow(
      'more than 1 tallies',
    );
  });
});
