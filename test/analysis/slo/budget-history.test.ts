import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { budgetHistory, judgeSlo, rollingBudget, type SloStatus } from '../../../src/analysis/index.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { DAY_MS, MINUTE_MS, shift } from '../../../src/model/index.js';
import { freshFolder, openStore, T0 } from '../../evidence/fixture.js';
import { at, counter, latency, minutely, success, times } from './fixture.js';

let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, DAY_MS));
});
afterEach(async () => {
  await store.close();
  await remove();
});

async function statusAt(minutes: number, ...history: ReturnType<typeof latency>[]): Promise<SloStatus> {
  const status = await judgeSlo(store, history, at(minutes));
  if (status === undefined) throw new TypeError('it is in force');
  return status;
}

const p99 = { __name__: 'kanban_latency_p99_ms', service: 'checkout' };
const good = { __name__: 'requests_good_total', service: 'checkout' };
const all = { __name__: 'requests_total', service: 'checkout' };

describe('the history of an error budget', () => {
  it('says at every step what the objective judged then says', async () => {
    await minutely(store, p99, 1, [...times(70, 150), 300, ...times(29, 150), 300, 300, ...times(18, 150)]);
    const status = await statusAt(120, latency(0));
    const points = await budgetHistory(store, status, 12);
    expect(points.map((point) => point.at)).toEqual(
      Array.from({ length: 13 }, (_, step) => at(60 + 5 * step)),
    );
    for (const point of points) {
      const then = await statusAt((point.at - T0) / MINUTE_MS, latency(0));
      expect(point.leftPercent).toBeCloseTo(then.budget.leftPercent ?? Number.NaN, 9);
      expect(point.attainmentPercent).toBeCloseTo(then.attainmentPercent ?? Number.NaN, 9);
      expect(point.coverage).toBeCloseTo(then.coverage, 9);
    }
  });

  it('counts events by the increases of their counters', async () => {
    await minutely(store, all, 0, counter(times(120, 10).map(Number)));
    await minutely(store, good, 0, counter([...times(100, 10), ...times(20, 9)].map(Number)));
    const status = await statusAt(120, success(0));
    const last = (await budgetHistory(store, status, 6)).at(-1);
    expect(last?.leftPercent).toBeCloseTo(status.budget.leftPercent ?? Number.NaN, 9);
    expect(last?.attainmentPercent).toBeCloseTo(100 - (20 / 600) * 100, 9);
  });

  it('is not known where there are no data, and empty where no series ever spoke', async () => {
    expect(await budgetHistory(store, await statusAt(120, latency(0)), 12)).toEqual([]);
    await minutely(store, p99, 100, times(20, 150));
    const points = await budgetHistory(store, await statusAt(120, latency(0)), 12);
    expect(points[0]).toEqual({
      at: at(60),
      coverage: 0,
      attainmentPercent: undefined,
      leftPercent: undefined,
    });
    expect(points.at(-1)).toMatchObject({ leftPercent: 100, attainmentPercent: 100 });
  });

  it('of an objective that allows nothing bad tells what was good, and no budget', () => {
    const counts = new Map([[1, { knownMs: 60_000, total: 1, bad: 1 }]]);
    const points = rollingBudget({ counts, perWindow: 1, from: T0, stepMs: 60_000, share: 1 });
    expect(points.at(-1)).toMatchObject({ attainmentPercent: 0, leftPercent: undefined, coverage: 1 });
  });
});
