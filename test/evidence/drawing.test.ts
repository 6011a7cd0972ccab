import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Drawing, EvidenceStore } from '../../src/evidence/index.js';
import { HOUR_MS, type SeriesRef, shift } from '../../src/model/index.js';
import { blockOf, freshFolder, openStore, receiptFor, T0 } from './fixture.js';

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

type Sample = readonly [afterMs: number, value: number | null];

let runs = 0;

/** Records a series of its own. */
async function record(samples: readonly Sample[]): Promise<SeriesRef> {
  const labels = { __name__: 'drawn', service: `shop-${runs++}` };
  const ref = store.intern(labels);
  const rows = samples.map(([afterMs, value]) => [labels, afterMs, value] as const);
  if (rows.length > 0) await store.append({ events: [], samples: blockOf(store, rows) });
  return ref;
}

function points(drawn: Drawing, ref: SeriesRef | undefined): Sample[] {
  const line = ref === undefined ? undefined : drawn.get(ref);
  return Array.from(line?.at ?? [], (at, place) => [
    at - T0,
    line?.stale.has(place) === true ? null : (line?.value[place] ?? Number.NaN),
  ]);
}

const window = { from: T0, to: shift(T0, 1_000) };

describe('a drawing', () => {
  it('keeps of each column the first, last, least and greatest sample, and nothing else', async () => {
    const ref = await record([
      [0, 5],
      [10, 9],
      [20, 6],
      [30, 1],
      [40, 4],
      [50, 4],
      [90, 7],
      [100, 3],
      [999, 8],
      [1_000, 100],
    ]);
    const drawn = await store.drawing({ series: [ref], window, columns: 10 });
    expect(points(drawn, ref)).toEqual([
      [0, 5],
      [10, 9],
      [30, 1],
      [90, 7],
      [100, 3],
      [999, 8],
    ]);
    expect(drawn.get(ref)?.extent).toEqual({
      samples: 9,
      firstAt: T0,
      lastAt: T0 + 999,
      least: 1,
      greatest: 9,
    });
  });

  it('keeps what breaks a line: staleness markers, NaN and infinities', async () => {
    const ref = await record([
      [0, 1],
      [10, Number.NaN],
      [500, Number.POSITIVE_INFINITY],
      [600, null],
      [800, 2],
    ]);
    const drawn = await store.drawing({ series: [ref], window, columns: 4 });
    expect(points(drawn, ref)).toEqual([
      [0, 1],
      [10, Number.NaN],
      [500, Number.POSITIVE_INFINITY],
      [600, null],
      [800, 2],
    ]);
    expect(drawn.get(ref)?.extent?.samples).toBe(2);
  });

  it('is empty where there is nothing, and refuses more columns than it may have', async () => {
    const ref = await record([]);
    expect((await store.drawing({ series: [ref], window, columns: 10 })).size).toBe(0);
    expect((await store.drawing({ series: [], window, columns: 10 })).size).toBe(0);
    await expect(store.drawing({ series: [ref], window, columns: 200_001 })).rejects.toThrow('columns');
    await expect(store.drawing({ series: [ref], window, columns: 0 })).rejects.toThrow('columns');
  });

  it('holds the law: extremes, ends and the last marker of every column survive, and every point was recorded', async () => {
    const value = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -50, max: 50 }) },
      { weight: 1, arbitrary: fc.constant(null) },
    );
    const samples = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 999 }), value), {
      selector: ([at]) => at,
      maxLength: 120,
    });
    await fc.assert(
      fc.asyncProperty(samples, samples, fc.integer({ min: 1, max: 40 }), async (one, other, columns) => {
        const recorded = [one, other].map((each) => each.toSorted(([a], [b]) => a - b));
        const refs: SeriesRef[] = [];
        for (const each of recorded) refs.push(await record(each));
        const drawn = await store.drawing({ series: refs, window, columns });
        recorded.forEach((all, place) => {
          const kept = points(drawn, refs[place]);
          expect(kept).toEqual(kept.toSorted(([a], [b]) => a - b));
          for (const point of kept) expect(all).toContainEqual(point);
          for (let column = 0; column < columns; column++) {
            const within = ([at]: Sample): boolean => Math.floor((at * columns) / 1_000) === column;
            const numbers = (list: readonly Sample[]) =>
              list.filter(within).flatMap(([, each]) => (each === null ? [] : [each]));
            const [before, after] = [numbers(all), numbers(kept)];
            expect(after.length).toBeLessThanOrEqual(4);
            for (const figure of [
              (list: readonly number[]) => Math.min(...list),
              (list: readonly number[]) => Math.max(...list),
              (list: readonly number[]) => list[0],
              (list: readonly number[]) => list.at(-1),
            ]) {
              expect(figure(after)).toBe(figure(before));
            }
            const lastMarker = (list: readonly Sample[]) =>
              list.filter(within).findLast(([, each]) => each === null);
            expect(lastMarker(kept)).toEqual(lastMarker(all));
          }
        });
      }),
      { numRuns: 30, seed: 7 },
    );
  });
});

describe('figures of events', () => {
  const minute = 60_000;
  const logged = (service: string, afterMs: number, count: number, level = 'ERROR') =>
    receiptFor({ kind: 'log_volume', at: shift(T0, afterMs), service, count, level });

  it('are log lines by the minute and level, nothing where a minute told of others', async () => {
    await store.append({
      events: [
        logged('logs', 1_000, 3),
        logged('logs', 2_000, 4),
        logged('logs', minute + 1_000, 9, 'info'),
        logged('logs', 2 * minute, 8),
        logged('other', 0, 99),
      ],
    });
    const whole = { from: T0, to: shift(T0, 3 * minute) };
    const query = { measures: 'log lines', services: ['logs'], window: whole, columns: 100 } as const;
    const told = (await store.eventFigures(query)).map(({ part, at, value }) => [
      part,
      Array.from(at, (time, place) => [Math.floor((time - T0) / minute), value[place]]),
    ]);
    expect(told).toEqual([
      [
        'error',
        [
          [0, 7],
          [1, 0],
          [2, 8],
        ],
      ],
      [
        'info',
        [
          [0, 0],
          [1, 9],
          [2, 0],
        ],
      ],
    ]);
    expect(await store.eventFigures({ ...query, measures: 'queue depth' })).toEqual([]);
    const one = (await store.eventFigures({ ...query, columns: 1 }))[0];
    expect(Array.from(one?.value ?? []).toSorted()).toEqual([0, 8]);
  });
});
