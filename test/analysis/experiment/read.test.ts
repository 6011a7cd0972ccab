import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judge, readArms, readLevels } from '../../../src/analysis/index.js';
import { seededRandom } from '../../../src/cli/demo/random.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { HOUR_MS, MINUTE_MS, type SeriesRef, shift } from '../../../src/model/index.js';
import { blockOf, freshFolder, openStore, type SampleRow, T0 } from '../../evidence/fixture.js';

let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, 3 * HOUR_MS));
});
afterEach(async () => {
  await store.close();
  await remove();
});

const latency = (track: string) => ({ __name__: 'latency_ms', service: 'shop', track });
const done = { __name__: 'kanban_throughput_per_min', service: 'shop' };
const ref = (track: string): SeriesRef => store.intern(latency(track));

const record = (rows: readonly SampleRow[]) => store.append({ events: [], samples: blockOf(store, rows) });
const spanTo = (minutes: number) => ({
  startedAt: T0,
  baselineFrom: shift(T0, -HOUR_MS),
  at: shift(T0, minutes * MINUTE_MS),
  isRate: false,
});

describe('readLevels', () => {
  const hour = { from: T0, to: shift(T0, HOUR_MS) };

  it('measures the mean, the p95 and p99 of the samples, and the throughput', async () => {
    await record(
      Array.from({ length: 100 }, (_, item): SampleRow => [latency('stable'), item * 30_000, item + 1]),
    );
    await record(
      Array.from({ length: 60 }, (_, item): SampleRow => [done, item * MINUTE_MS, 10 + (item % 3)]),
    );
    const series = { metric: [ref('stable')], throughput: [store.intern(done)] };
    const levels = await readLevels(store, series, hour);
    expect(levels).toMatchObject({ samples: 100, mean: 50.5 });
    expect(levels?.p95).toBeCloseTo(95.05, 10);
    expect(levels?.p99).toBeCloseTo(99.01, 10);
    expect(levels?.throughputPerMin).toBeCloseTo(11, 10);
  });

  it('takes what a counter grows by in a minute', async () => {
    await record(
      Array.from({ length: 121 }, (_, item): SampleRow => [latency('count'), item * 30_000, item ** 2]),
    );
    const levels = await readLevels(store, { metric: [ref('count')], isRate: true }, hour);
    // Of item n the square grows by 2n - 1; the first minute has one increase alone, and the last sample lies outside.
    expect(levels?.samples).toBe(60);
    expect(levels?.mean).toBeCloseTo(119 ** 2 / 60, 10);
    expect(levels?.p99).toBeCloseTo((2 * 119 - 1) * 2 - 2 - 0.01 * 59 * 8, 6);
  });

  it('has none without samples, and no throughput without a series of it', async () => {
    expect(await readLevels(store, { metric: [ref('stable')] }, hour)).toBeUndefined();
    await record([[latency('stable'), 0, 3]]);
    const levels = await readLevels(store, { metric: [ref('stable')] }, hour);
    expect([levels?.mean, levels?.throughputPerMin]).toEqual([3, undefined]);
  });
});

describe('readArms', () => {
  it('takes the medians of the whole minutes that both arms have', async () => {
    await record([
      [latency('canary'), 0, 1],
      [latency('canary'), 20_000, 9],
      [latency('canary'), 40_000, 2],
      [latency('canary'), 60_000, 5],
      [latency('canary'), 120_000, 6],
      [latency('canary'), 180_000, 7],
      [latency('stable'), 30_000, 10],
      [latency('stable'), 130_000, 30],
      [latency('stable'), 180_000, 40],
    ]);
    const series = { treated: [ref('canary')], control: [ref('stable')] };
    // The fourth minute is not over yet.
    const arms = { treated: [2, 6], control: [10, 30] };
    expect(await readArms(store, series, spanTo(3.5))).toEqual({ arms, against: 'control' });
    expect((await readArms(store, series, spanTo(0))).arms).toEqual({ treated: [], control: [] });
  });

  it('takes the minutes since the start and those of the baseline where there is no control', async () => {
    const minutes = [-61, -60, -2, -1, 0, 1, 2];
    await record(minutes.map((minute): SampleRow => [latency('all'), minute * MINUTE_MS + 5_000, minute]));
    const { arms, against } = await readArms(store, { treated: [ref('all')], control: [] }, spanTo(2));
    expect(against).toBe('before');
    expect(arms).toEqual({ treated: [0, 1], control: [-60, -2, -1] });
  });

  it('takes what counters grew by, summed over the series of an arm', async () => {
    const rows = ['a', 'b'].flatMap((pod, place) =>
      [-1, 0, 1, 2].map(
        (minute): SampleRow => [
          { __name__: 'errors_total', service: 'shop', pod },
          minute * MINUTE_MS,
          minute * (place + 1) * 10 + 100,
        ],
      ),
    );
    await record(rows);
    const treated = store.findSeries({ metrics: ['errors_total'] }).map((each) => each.ref);
    const span = { ...spanTo(3), isRate: true };
    const { arms } = await readArms(store, { treated, control: [] }, span);
    expect(arms.treated).toEqual([30, 30, 30]);
  });

  it('lets an hour of a canary be judged from evidence', async () => {
    const random = seededRandom(9);
    const rows: SampleRow[] = [];
    for (let time = 0; time < HOUR_MS; time += 15_000) {
      // What the load does, it does to both arms.
      const load = 8 * Math.sin(time / 600_000);
      rows.push([latency('stable'), time, 200 + load + 8 * random.normal()]);
      rows.push([latency('canary'), time, 130 + load + 8 * random.normal()]);
    }
    await record(rows);
    const series = { treated: [ref('canary')], control: [ref('stable')] };
    const verdictAt = async (minutes: number) => {
      const { arms, against } = await readArms(store, series, spanTo(minutes));
      const plan = { kind: 'planned', pairs: 60 } as const;
      return judge(arms, { wanted: 'lower', byPercent: 30 }, plan, against)?.verdict;
    };
    expect(await verdictAt(5)).toBe('undecided');
    expect(await verdictAt(60)).toBe('success');
  });
});
