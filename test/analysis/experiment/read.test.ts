import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judge, readArms, readBaseline } from '../../../src/analysis/index.js';
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
const done = { __name__: 'done_total', service: 'shop' };
const ref = (track: string): SeriesRef => store.intern(latency(track));

const record = (rows: readonly SampleRow[]) => store.append({ events: [], samples: blockOf(store, rows) });

describe('readBaseline', () => {
  const hour = { from: T0, to: shift(T0, HOUR_MS) };

  it('measures the mean, the p95 and p99 of the samples, and the throughput', async () => {
    await record(
      Array.from({ length: 100 }, (_, item): SampleRow => [latency('stable'), item * 30_000, item + 1]),
    );
    await record(Array.from({ length: 121 }, (_, item): SampleRow => [done, item * 30_000, item * 5]));
    const series = { metric: [ref('stable')], completed: [store.intern(done)] };
    const baseline = await readBaseline(store, series, hour);
    expect(baseline).toMatchObject({ samples: 100, mean: 50.5 });
    expect(baseline?.p95).toBeCloseTo(95.05, 10);
    expect(baseline?.p99).toBeCloseTo(99.01, 10);
    // The first sample tells no increase, and that at the window's end is not in it.
    expect(baseline?.throughputPerMin).toBeCloseTo((119 * 5) / 60, 10);
  });

  it('has none without samples, no throughput without a counter, and refuses less than an hour', async () => {
    expect(await readBaseline(store, { metric: [ref('stable')] }, hour)).toBeUndefined();
    await record([[latency('stable'), 0, 3]]);
    const baseline = await readBaseline(store, { metric: [ref('stable')] }, hour);
    expect([baseline?.mean, baseline?.throughputPerMin]).toEqual([3, undefined]);
    const short = { from: T0, to: shift(T0, HOUR_MS - 1) };
    await expect(readBaseline(store, { metric: [] }, short)).rejects.toMatchObject({ code: 'bad-window' });
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
    expect(await readArms(store, series, T0, shift(T0, 3 * MINUTE_MS + 30_000))).toEqual({
      treated: [2, 6],
      control: [10, 30],
    });
    expect(await readArms(store, series, T0, T0)).toEqual({ treated: [], control: [] });
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
      const arms = await readArms(store, series, T0, shift(T0, minutes * MINUTE_MS));
      const plan = { kind: 'planned', pairs: 60 } as const;
      return judge(arms, { wanted: 'lower', byPercent: 30 }, plan)?.verdict;
    };
    expect(await verdictAt(5)).toBe('undecided');
    expect(await verdictAt(60)).toBe('success');
  });
});
