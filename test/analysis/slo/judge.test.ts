import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headroomPercent, judgeSlo, judgeSlos, type SloStatus } from '../../../src/analysis/index.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { DAY_MS, MINUTE_MS, shift } from '../../../src/model/index.js';
import { freshFolder, openStore, T0 } from '../../evidence/fixture.js';
import { at, counter, latency, minutely, success, times } from './fixture.js';

let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, 40 * DAY_MS));
});
afterEach(async () => {
  await store.close();
  await remove();
});

const p99 = { __name__: 'kanban_latency_p99_ms', service: 'checkout' };
const good = { __name__: 'requests_good_total', service: 'checkout' };
const all = { __name__: 'requests_total', service: 'checkout' };

async function judged(minutes: number, ...history: ReturnType<typeof latency>[]): Promise<SloStatus> {
  const status = await judgeSlo(store, history, at(minutes));
  if (status === undefined) throw new TypeError('it is in force');
  return status;
}

describe('headroom', () => {
  it('of 185 where at most 200 are allowed is 7.5 %, as the guide has it', async () => {
    expect(headroomPercent(185, 200, 'at_most')).toBe(7.5);
    expect(headroomPercent(230, 200, 'at_most')).toBe(-15);
    expect(headroomPercent(99.95, 99.9, 'at_least')).toBeCloseTo(0.05 / 0.999, 10);
    expect(headroomPercent(1, 0, 'at_most')).toBeUndefined();
    await minutely(store, p99, 1, times(60, 185));
    expect(await judged(60, latency(0))).toMatchObject({ current: 185, headroomPercent: 7.5, state: 'met' });
  });
});

describe('an objective on a metric', () => {
  it('counts good minutes among those with data, and says how many have any', async () => {
    // 60 minutes: 50 good, 2 bad, 8 silent. 50 of 52 are good: 96.15 %. One in a hundred of 52 may be bad: 0.52.
    await minutely(store, p99, 1, [...times(25, 150), 201, 400, ...times(8, undefined), ...times(25, 200)]);
    const status = await judged(60.5, latency(0));
    expect(status).toMatchObject({
      state: 'missed',
      unit: 'minutes',
      good: 50,
      total: 52,
      current: 200,
      headroomPercent: 0,
    });
    expect(status.attainmentPercent).toBeCloseTo(96.153_846, 6);
    expect(status.coverage).toBeCloseTo(52 / 60, 12);
    expect(status.budget.allowed).toBeCloseTo(0.52, 12);
    expect(status.budget.spent).toBe(2);
    expect(status.budget.leftPercent).toBeCloseTo((1 - 2 / 0.52) * 100, 9);
    expect(status.window).toEqual({ from: at(0), to: at(60) });
    expect(status.missing).toEqual([]);
  });

  it('is met by exactly as much as is allowed', async () => {
    await minutely(store, p99, 1, [...times(99, 1), 999]);
    expect(await judged(100, latency(0, { windowMinutes: 100 }))).toMatchObject({
      state: 'met',
      budget: { spent: 1 },
    });
    expect(await judged(100, latency(0, { windowMinutes: 100, objectivePercent: 99.1 }))).toMatchObject({
      state: 'missed',
    });
  });

  it('is unknown where less than half of its window has data, and never met by silence', async () => {
    await minutely(store, p99, 1, times(29, 100));
    const status = await judged(60, latency(0));
    expect(status).toMatchObject({
      state: 'unknown',
      attainmentPercent: 100,
      coverage: 29 / 60,
      current: undefined,
    });
    expect(status.missing[0]).toMatch(/^Only 48.3 % of its window has data of kanban_latency_p99_ms/);
    await minutely(store, p99, 30, times(1, 100));
    expect(await judged(60, latency(0))).toMatchObject({ state: 'met', coverage: 0.5 });
    const silent = await judged(60, latency(0, { metric: 'nobody_sends_this' }));
    expect(silent).toMatchObject({ state: 'unknown', attainmentPercent: undefined, coverage: 0 });
    expect(silent.missing).toEqual(['No series of nobody_sends_this that it speaks of has ever come in.']);
  });

  it('can be judged at any moment of the past, and is not known before it was set', async () => {
    await minutely(store, p99, 1, [...times(60, 100), ...times(60, 300)]);
    const slo = latency(60);
    expect(await judgeSlo(store, [slo], at(59))).toBeUndefined();
    expect(await judged(60, slo)).toMatchObject({ state: 'met', good: 60 });
    expect(await judged(90, slo)).toMatchObject({ state: 'missed', good: 30, total: 60 });
    expect(await judged(120, slo)).toMatchObject({ state: 'missed', good: 0, total: 60 });
  });

  it('takes slices of its own length where samples come less often than each minute', async () => {
    for (let minute = 5; minute <= 60; minute += 5)
      await minutely(store, p99, minute, [minute > 50 ? 300 : 100]);
    expect(await judged(60, latency(0))).toMatchObject({ state: 'unknown', coverage: 0.2 });
    const status = await judged(63, latency(0, { sliceMinutes: 5 }));
    // 10 of 12 slices are good: 50 of 60 minutes.
    expect(status).toMatchObject({
      state: 'missed',
      coverage: 1,
      good: 50,
      total: 60,
      window: { to: at(60) },
    });
  });

  it('without a service is on the whole system where that is measured, else on every series of the metric', async () => {
    await minutely(store, p99, 1, times(60, 300));
    const { service, ...whole } = latency(0);
    expect(service).toBe('checkout');
    expect(await judged(60, whole)).toMatchObject({ good: 0, total: 60 });
    await minutely(store, { __name__: 'kanban_latency_p99_ms' }, 1, times(60, 100));
    expect(await judged(60, whole)).toMatchObject({ good: 60, total: 60 });
  });

  it('leaves outliers out on request and says how many', async () => {
    const values = Array.from({ length: 60 }, (_, minute) => (minute === 30 ? 9_000 : 100 + (minute % 10)));
    await minutely(store, p99, 1, values);
    expect(await judged(60, latency(0))).toMatchObject({
      state: 'missed',
      total: 60,
      outliersLeftOut: undefined,
    });
    const status = await judgeSlo(store, [latency(0)], at(60), { withoutOutliers: true });
    expect(status).toMatchObject({ state: 'met', total: 59, coverage: 1, outliersLeftOut: 1 });
  });
});

describe('an objective on events', () => {
  it('counts good events of all by what the counters grew', async () => {
    // 60 minutes of 100 requests, of which 2 fail in each of the last 30: 60 of 6000, exactly the 1 % allowed.
    await minutely(store, all, 0, counter(Array.from({ length: 60 }, () => 100)));
    await minutely(
      store,
      good,
      0,
      counter(Array.from({ length: 60 }, (_, minute) => (minute < 30 ? 100 : 98))),
    );
    const status = await judged(60, success(0));
    expect(status).toMatchObject({ state: 'met', unit: 'events', total: 6_000, good: 5_940, coverage: 1 });
    expect(status.attainmentPercent).toBeCloseTo(99, 12);
    expect(status.budget.leftPercent).toBeCloseTo(0, 9);
    expect(status.current).toBeCloseTo(98, 12);
    expect(status.headroomPercent).toBeUndefined();
    expect(await judged(60, success(0, { objectivePercent: 99.001 }))).toMatchObject({ state: 'missed' });
  });

  it('selects series by matchers, expressions among them, and counts bad ones that no series has as none', async () => {
    const request = (code: string) => ({ __name__: 'http_requests_total', service: 'checkout', code });
    await minutely(store, request('200'), 0, counter(Array.from({ length: 60 }, () => 90)));
    await minutely(store, request('404'), 0, counter(Array.from({ length: 60 }, () => 9)));
    const { goodMetric, ...rest } = success(0, {
      badMetric: 'http_requests_total',
      totalMetric: 'http_requests_total',
      badSelector: '{code=~"5.."}',
    });
    expect(goodMetric).toBe('requests_good_total');
    expect(await judged(60, rest)).toMatchObject({ state: 'met', total: 5_940, good: 5_940 });
    await minutely(store, request('503'), 0, counter(Array.from({ length: 60 }, () => 1)));
    expect(await judged(60, rest)).toMatchObject({
      state: 'met',
      total: 6_000,
      good: 5_940,
      objectivePercent: 99,
    });
    expect(await judged(60, { ...rest, totalSelector: '{code!~"4.."}' })).toMatchObject({
      total: 5_460,
      good: 5_400,
    });
    // A counter that nobody sends is no proof that nothing failed.
    const misspelt = await judged(60, { ...rest, badMetric: 'http_request_errors_total' });
    expect(misspelt).toMatchObject({ state: 'unknown', coverage: 0 });
  });

  it('counts slices in their place when each has a share of its own to keep', async () => {
    await minutely(store, all, 0, counter(Array.from({ length: 60 }, () => 100)));
    await minutely(
      store,
      good,
      0,
      counter(Array.from({ length: 60 }, (_, minute) => (minute < 6 ? 80 : 95))),
    );
    const status = await judged(60, success(0, { sliceTargetPercent: 95, objectivePercent: 90 }));
    expect(status).toMatchObject({
      state: 'met',
      unit: 'minutes',
      good: 54,
      total: 60,
      attainmentPercent: 90,
    });
  });

  it('is unknown without events', async () => {
    await minutely(store, all, 0, times(61, 7));
    await minutely(store, good, 0, times(61, 7));
    expect(await judged(60, success(0))).toMatchObject({
      state: 'unknown',
      coverage: 1,
      missing: ['There were no events of requests_total in its window.'],
    });
  });
});

describe('revisions', () => {
  it('judge each its part of a window', async () => {
    // At most 200 for 30 minutes, then at most 100: 150 all the time is good, then bad.
    await minutely(store, p99, 1, times(60, 150));
    const status = await judged(60, latency(0), latency(30, { target: 100, objectivePercent: 50 }));
    expect(
      status.parts.map(({ window, attainmentPercent }) => [window.from, window.to, attainmentPercent]),
    ).toEqual([
      [at(0), at(30), 100],
      [at(30), at(60), 0],
    ]);
    // 30 x 1 % and 30 x 50 % may be bad: 15.3 of 60 minutes.
    expect(status).toMatchObject({ state: 'missed', good: 30, total: 60, slo: { target: 100 } });
    expect(status.budget.allowed).toBeCloseTo(15.3, 9);
    expect(status.objectivePercent).toBeCloseTo((1 - 15.3 / 60) * 100, 9);
    // What the old one judged stays what it was.
    expect(await judged(30, latency(0), latency(30, { target: 100 }))).toMatchObject({ good: 30 });
    expect(await judged(29, latency(0), latency(30, { target: 100 }))).toMatchObject({
      state: 'unknown',
      good: 29,
    });
  });

  it('count events as minutes where another revision counts minutes', async () => {
    await minutely(store, p99, 1, times(60, 150));
    await minutely(store, all, 0, counter(Array.from({ length: 60 }, () => 10)));
    await minutely(store, good, 0, counter(Array.from({ length: 60 }, () => 9)));
    const status = await judged(60, success(0, { slo: 'checkout-latency' }), latency(30));
    expect(status).toMatchObject({ unit: 'minutes', total: 60 });
    expect(status.good).toBeCloseTo(30 * 0.9 + 30, 9);
  });

  it('leave the time out in which an objective was retired', async () => {
    await minutely(store, p99, 1, [...times(20, 100), ...times(20, 900), ...times(20, 100)]);
    const history = [latency(0), latency(20, { retired: true }), latency(40)];
    expect(await judgeSlo(store, history, at(30))).toBeUndefined();
    expect(await judged(60, ...history)).toMatchObject({ state: 'met', good: 40, total: 40, coverage: 1 });
  });
});

describe('burn rates', () => {
  it('are the bad share as a multiple of the allowed one, over both windows of each rule', async () => {
    // 30 days at 99 %: a bad share of 15 % in the last hour burns 15 times as fast as allowed.
    const slo = latency(0, { windowMinutes: 43_200 });
    const minutes = 72 * 60;
    const values = Array.from({ length: minutes }, (_, minute) => {
      const fromEnd = minutes - minute;
      return fromEnd <= 9 || fromEnd === 60 ? 900 : 100;
    });
    await minutely(store, p99, 1, values);
    const { burns } = await judged(minutes, slo);
    // 10 of 60 bad, 5 of 5; 10 of 360, 9 of 30; 10 of 1440, 10 of 120; 10 of 4320, 10 of 360.
    const rates = burns.map(({ long, short }) =>
      [long.rate, short.rate].map((rate) => Number(rate?.toFixed(4))),
    );
    expect(rates).toEqual([
      [16.6667, 100],
      [2.7778, 30],
      [0.6944, 8.3333],
      [0.2315, 2.7778],
    ]);
    expect(burns.map(({ firing }) => firing)).toEqual([true, false, false, false]);
    // Five good minutes later the short window says that it is over.
    await minutely(store, p99, minutes + 1, times(5, 100));
    const after = await judged(minutes + 5, slo);
    expect(after.burns[0]).toMatchObject({ firing: false, short: { rate: 0 } });
  });

  it('are not known without data, and more than any where nothing may be bad', async () => {
    await minutely(store, p99, 1, [...times(58, 100), 900, undefined]);
    const strict = await judged(60, latency(0, { windowMinutes: 43_200, objectivePercent: 100 }));
    expect(strict.burns[0]).toMatchObject({ firing: true, long: { rate: undefined, badShare: 1 / 59 } });
    expect(strict.burns[3]).toMatchObject({ firing: undefined, long: { badShare: undefined } });
    expect(strict.budget.leftPercent).toBeUndefined();
  });
});

describe('many objectives', () => {
  it('are judged as each alone, in the order given', async () => {
    await minutely(
      store,
      p99,
      1,
      Array.from({ length: 300 }, (_, minute) => 150 + (minute % 70)),
    );
    await minutely(store, all, 0, counter(Array.from({ length: 300 }, () => 100)));
    await minutely(store, good, 0, counter(Array.from({ length: 300 }, (_, minute) => 97 + (minute % 4))));
    const histories = [
      ...[5, 60, 300, 1_440, 43_200].map((windowMinutes) => [
        latency(0, { slo: `l${windowMinutes}`, windowMinutes }),
      ]),
      ...[60, 300].map((windowMinutes) => [success(0, { slo: `s${windowMinutes}`, windowMinutes })]),
      [latency(0, { slo: 'both' }), success(260, { slo: 'both' })],
      [latency(0, { slo: 'gone' }), latency(10, { slo: 'gone', retired: true })],
    ];
    const together = await judgeSlos(store, histories, shift(T0, 299 * MINUTE_MS + 17));
    const alone = await Promise.all(
      histories.map((history) => judgeSlo(store, history, shift(T0, 299 * MINUTE_MS + 17))),
    );
    expect(together).toHaveLength(8);
    expect(together).toEqual(alone.filter((status) => status !== undefined));
  });
});
