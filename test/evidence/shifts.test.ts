import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareSchema } from '../../src/evidence/duckdb/schema.js';
import { shifts } from '../../src/evidence/duckdb/shifts.js';
import { DEVIATION_CAP, type SeriesShift } from '../../src/evidence/index.js';
import type { Instant, SeriesRef, Window } from '../../src/model/index.js';
import { SHIFT_RULES } from '../../src/rca/weights.js';

const START = 1_767_225_600_000;
const STEP = 15_000;
const SEAM = 240;
const END = 360;

let connection: DuckDBConnection;
let instance: DuckDBInstance;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  await prepareSchema(connection, 'http://127.0.0.1:4600');
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

type Value = number | null | undefined;
interface Given {
  readonly metric?: string;
  readonly labels?: string;
  /** The value at a step; NULL for null, no sample for undefined. */
  readonly value: (step: number) => Value;
}

const instant = (step: number): Instant => (START + step * STEP) as Instant;

async function compare(
  given: readonly Given[],
  threshold = 4,
  baseline: Window = { from: instant(0), to: instant(SEAM) },
  recent: Window = { from: instant(SEAM), to: instant(END) },
): Promise<readonly SeriesShift[]> {
  await connection.run('DELETE FROM series; DELETE FROM sample');
  const appender = await connection.createAppender('sample');
  for (const [ref, { metric = 'level', labels = '{}', value }] of given.entries()) {
    await connection.run('INSERT INTO series VALUES ($ref, $ref, $metric, NULL, NULL, $labels, 1)', {
      ref,
      metric,
      labels,
    });
    for (let step = 0; step < END; step++) {
      const one = value(step);
      if (one === undefined) continue;
      appender.appendUInteger(ref);
      appender.appendBigInt(BigInt(instant(step)));
      if (one === null) appender.appendNull();
      else appender.appendDouble(one);
      appender.appendUInteger(1);
      appender.endRow();
    }
  }
  appender.closeSync();
  return await shifts(connection, {
    series: given.map((_, ref) => ref as SeriesRef),
    baseline,
    recent,
    threshold,
    rules: SHIFT_RULES,
  });
}

async function one(value: Given['value'], metric = 'level'): Promise<SeriesShift> {
  const [shift] = await compare([{ metric, value }]);
  return shift ?? expect.unreachable('no row');
}

describe('what samples that are missing leave open', () => {
  const level = (step: number): number => (step < 300 ? 10 : 20) + (step % 3) * 0.1;

  it('begins at the sample that shows a change, where none is missing before it', async () => {
    expect(await one(level)).toMatchObject({ onsetAt: instant(300), begunAt: instant(300) });
  });

  it('may have begun when the first missing sample was due', async () => {
    const lost = (step: number): Value => (step >= 300 && step < 304 ? undefined : level(step));
    const { onsetAt, begunAt = instant(0) } = await one(lost);
    expect(onsetAt).toBe(instant(304));
    expect(Math.abs(begunAt - instant(300))).toBeLessThan(STEP);
  });

  it('never began before the window that is compared', async () => {
    const lost = (step: number): Value =>
      step >= SEAM - 5 && step < SEAM + 5 ? undefined : step < SEAM ? 10 : 20;
    expect(await one(lost)).toMatchObject({ onsetAt: instant(SEAM + 5), begunAt: instant(SEAM) });
  });

  it('is compared with a short past that has samples enough, and with half of all where it has not', async () => {
    const since = async (first: number): Promise<Instant | undefined> => {
      const baseline = { from: instant(0), to: instant(100) };
      const recent = { from: instant(100), to: instant(END) };
      const value = (step: number): Value => (step < first ? undefined : level(step));
      return (await compare([{ value }], 4, baseline, recent))[0]?.recentFrom;
    };
    expect(await since(40)).toBe(instant(100));
    expect(await since(60)).toBe(instant((60 + END) / 2));
  });

  it('has no mean for the parts of the window without samples', async () => {
    const { course } = await one((step) => (step >= 250 && step < 260 ? undefined : level(step)));
    expect(course).toHaveLength(12);
    expect(course[0]).toBeCloseTo(10.1, 1);
    expect(course[1]).toBeUndefined();
    expect(course[11]).toBeCloseTo(20.1, 1);
  });
});

/** Noise in -1..1 that looks random and is not. */
const noise = (step: number): number => Math.sin(step * 12.9898) * Math.cos(step * 78.233);

describe('shifts', () => {
  it('finds a rise and its first sample', async () => {
    const shift = await one((step) => 100 + noise(step) * 5 + (step >= 300 ? 80 : 0));
    expect(shift.onsetAt).toBe(instant(300));
    expect(shift.deviation).toBeGreaterThan(10);
    expect(shift.recentMedian).toBeGreaterThan(170);
    expect(shift.figure).toBe('value');
  });

  it('finds a fall as well', async () => {
    const shift = await one((step) => 100 + noise(step) * 5 - (step >= 300 ? 80 : 0));
    expect(shift.onsetAt).toBe(instant(300));
    expect(shift.deviation).toBeLessThan(-10);
  });

  it('sees no change in noise, nor in a constant, nor in zero', async () => {
    const found = await compare([
      { value: (step) => 100 + noise(step) * 30 },
      { value: () => 42 },
      { value: () => 0 },
      { value: () => -1e-9 },
    ]);
    expect(found.map(({ onsetAt }) => onsetAt)).toEqual([undefined, undefined, undefined, undefined]);
    expect(found.slice(1).map(({ deviation }) => deviation)).toEqual([0, 0, 0]);
  });

  it('caps what leaves a constant behind', async () => {
    const shift = await one((step) => (step >= 300 ? 1e12 : 1));
    expect(shift.deviation).toBe(DEVIATION_CAP);
    expect(shift.onsetAt).toBe(instant(300));
  });

  it('sees nothing new in a count that mostly stands on one value and takes the next now and then', async () => {
    const shift = await one((step) => (step % 30 === 7 || (step >= 300 && step < 310) ? 3 : 2));
    expect(shift.onsetAt).toBeUndefined();
    expect((await one((step) => (step % 30 === 7 ? 3 : step >= 300 ? 6 : 2))).onsetAt).toBe(instant(300));
  });

  it('lets one or two wild samples be, and three not', async () => {
    const spike = (length: number) =>
      one((step) => 10 + noise(step) + (step >= 300 && step < 300 + length ? 90 : 0));
    expect((await spike(1)).onsetAt).toBeUndefined();
    expect((await spike(2)).onsetAt).toBeUndefined();
    expect((await spike(3)).onsetAt).toBe(instant(300));
  });

  it('asks more of a change the more values are compared', async () => {
    const small = { value: (step: number) => (step >= 300 ? 122 : 100 + noise(step) * 10) };
    const still = { value: (step: number) => 100 + noise(step) * 10 };
    const [alone] = await compare([small], 3);
    expect(alone?.onsetAt).toBe(instant(300));
    expect(alone?.deviation).toBeLessThan(4.5);
    const [among] = await compare([small, ...Array.from({ length: 300 }, () => still)], 3);
    expect(among?.onsetAt).toBeUndefined();
  });

  it('takes a single value that stands for minutes, and dates it', async () => {
    const sparse = (step: number): number | undefined =>
      step % 20 === 0 ? 100 + noise(step) + (step === 320 ? 90 : 0) : undefined;
    expect((await one(sparse)).onsetAt).toBe(instant(320));
  });

  it('leaves the recent window out of a baseline that surrounds it', async () => {
    const [shift] = await compare(
      [{ value: (step) => 100 + noise(step) + (step >= 300 && step < 330 ? 90 : 0) }],
      4,
      { from: instant(0), to: instant(END) },
      { from: instant(295), to: instant(330) },
    );
    expect(shift).toMatchObject({ recentCount: 35, baselineCount: END - 35, onsetAt: instant(300) });
  });

  it('takes a change in the last two samples, but not in the last one alone', async () => {
    const late = (from: number) => one((step) => 10 + noise(step) + (step >= from ? 90 : 0));
    expect((await late(END - 2)).onsetAt).toBe(instant(END - 2));
    expect((await late(END - 1)).onsetAt).toBeUndefined();
  });

  it('takes the onset from the change that matters, not from an earlier blip', async () => {
    const shift = await one(
      (step) => 10 + noise(step) + (step >= 250 && step < 254 ? 20 : 0) + (step >= 310 ? 60 : 0),
    );
    expect(shift.onsetAt).toBe(instant(310));
  });

  it('compares the halves of what there is where nearly all of it is recent', async () => {
    const shift = await one((step) => (step < 260 ? undefined : 10 + noise(step) + (step >= 340 ? 90 : 0)));
    expect(shift).toMatchObject({ recentFrom: instant(310), baselineCount: 50, onsetAt: instant(340) });
    expect((await one((step) => 10 + noise(step))).recentFrom).toBe(instant(SEAM));
  });

  it('takes the onset from the jump, not from a drift over the threshold just before it', async () => {
    const drift = (step: number): number => 100 + noise(step) + Math.max(0, step - 280) * 0.3;
    const shift = await one((step) => drift(step) + (step >= 310 ? 100 : 0));
    expect(shift.onsetAt).toBe(instant(310));
  });

  it('takes the onset of a ramp from where it leaves the usual range', async () => {
    const shift = await one((step) => 100 + noise(step) + Math.max(0, step - 280) * 2);
    expect(shift.onsetAt).toBeGreaterThanOrEqual(instant(281));
    expect(shift.onsetAt).toBeLessThanOrEqual(instant(284));
  });

  it('does not take a slow drift through both windows for a change', async () => {
    const shift = await one((step) => 1000 + step * 0.5 + noise(step) * 20);
    expect(shift.onsetAt).toBeUndefined();
  });

  it('does not take what was so before the recent window for an onset in it', async () => {
    const shift = await one((step) => 10 + noise(step) + (step >= 225 ? 90 : 0));
    expect(shift.onsetAt).toBeUndefined();
  });

  it('ignores staleness markers, NaN and infinities', async () => {
    const wild = [null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const shift = await one((step) => (step % 7 === 0 ? wild[(step / 7) % 4] : 10 + noise(step)));
    expect(shift.onsetAt).toBeUndefined();
    expect(shift.baselineCount).toBe(205);
  });

  it('answers times at which there is a sample', async () => {
    const shift = await one((step) =>
      step % 3 === 0 ? undefined : 10 + noise(step) + (step >= 300 ? 50 : 0),
    );
    expect(shift.onsetAt).toBe(instant(301));
    expect(((shift.peakAt - START) / STEP) % 3).not.toBe(0);
  });

  it('turns counters into rates per second, over restarts', async () => {
    let total = 0;
    const counter = (step: number): number => {
      total = step === 100 || step === 320 ? 0 : total + (step >= 300 ? 300 : 75);
      return total;
    };
    const shift = await one(counter, 'requests_total');
    expect(shift.figure).toBe('rate');
    expect(shift.baselineMedian).toBeCloseTo(5, 9);
    expect(shift.recentMedian).toBeCloseTo(20, 9);
    expect(shift.onsetAt).toBe(instant(300));
  });

  it('takes what only ever rises for a counter without the name, and a leak for a gauge', async () => {
    const found = await compare([
      { metric: 'process_uptime', value: (step) => step * 15 },
      { metric: 'memory', value: (step) => 500 + noise(step) * 10 + Math.max(0, step - 280) * 20 },
      { metric: 'steady_memory', value: (step) => 500 + Math.max(0, step - 280) * 20 },
    ]);
    expect(found.map(({ figure }) => figure)).toEqual(['rate', 'value', 'value']);
    expect(found[0]?.onsetAt).toBeUndefined();
    expect(found[1]?.onsetAt).toBeDefined();
    expect(found[2]?.onsetAt).toBeDefined();
  });

  it('takes a gauge for a gauge though it is named like a counter', async () => {
    const shift = await one((step) => 10 + noise(step) * 3 + (step >= 300 ? 40 : 0), 'errors_total');
    expect(shift.figure).toBe('value');
    expect(shift.onsetAt).toBe(instant(300));
  });

  it('divides a sum by its count: twice the traffic at the same latency is no change', async () => {
    const requests = (step: number): number => (step < 300 ? 100 * step : 30_000 + 200 * (step - 300));
    const [slow] = await compare([
      { metric: 'latency_seconds_sum', value: (step) => requests(step) * 0.2 },
      { metric: 'latency_seconds_count', value: requests },
    ]);
    expect(slow).toMatchObject({ figure: 'mean', onsetAt: undefined });
    expect(slow?.baselineMedian).toBeCloseTo(0.2, 9);
  });

  it('counts a counter that appears with its first event from zero', async () => {
    const [, shift] = await compare([
      { metric: 'requests_total', value: (step) => step * 100 },
      { metric: 'errors_total', value: (step) => (step < 300 ? undefined : (step - 299) * 5) },
    ]);
    expect(shift).toMatchObject({ baselineCount: 0, baselineMedian: 0 });
    expect(shift?.onsetAt).toBe(instant(301));
  });

  it('leaves out gauges without a past and series without a present', async () => {
    const found = await compare([
      { metric: 'fresh', value: (step) => (step > 300 ? 1 : undefined) },
      { metric: 'gone', value: (step) => (step < 200 ? 1 : undefined) },
      { metric: 'steady', value: () => 1 },
    ]);
    expect(found.map(({ series }) => series)).toEqual([2]);
  });

  describe('of histograms', () => {
    const BOUNDS = [0.1, 0.2, 0.5, 1, 2];
    /** A hundred observations a step, some under 0.1 s, most under 0.2 s, so many slow; from zero again at a restart. */
    const histogram = (slow: (step: number) => number, bounds: readonly (number | '+Inf')[], restart = 0) =>
      bounds.map((bound) => {
        const le = bound === '+Inf' ? Number.POSITIVE_INFINITY : bound;
        let count = 0;
        const value = (step: number): number => {
          if (restart > 0 && step === restart) count = 0;
          count += le >= 2 ? 100 : le >= 0.2 ? 100 - slow(step) : Math.round(20 + 10 * noise(step));
          return count;
        };
        return {
          metric: 'latency_seconds_bucket',
          labels: JSON.stringify({ le: String(bound), pod: 'a' }),
          value,
        };
      });
    const tail = (step: number): number => (step >= 300 ? 3 : 0);

    it('finds a tail that moves where the middle stands still, at its first sample', async () => {
      const found = await compare(histogram(tail, [...BOUNDS, '+Inf']));
      const by = new Map(found.map((one) => [one.figure, one]));
      expect([...by.keys()]).toEqual(['p50', 'p95', 'p99']);
      expect(by.get('p50')?.onsetAt).toBeUndefined();
      expect(by.get('p95')?.recentMedian).toBeLessThan(0.2);
      expect(by.get('p99')).toMatchObject({ onsetAt: instant(300), series: 4, bucketBelow: 3 });
      // Linear between the bounds: the 99th of a hundred is the second of the three from 1 to 2 s.
      expect(by.get('p99')?.peak).toBeCloseTo(1 + 2 / 3, 6);
      expect(by.get('p99')?.baselineMedian).toBeCloseTo(0.1 + 0.1 * (79 / 80), 3);
      expect(by.get('p99')?.peakSince).toBeLessThan(by.get('p99')?.peakAt ?? 0);
    });

    it('does without the bucket of all, and over restarts', async () => {
      const whole = await compare(histogram(tail, [...BOUNDS, '+Inf']));
      expect(await compare(histogram(tail, BOUNDS))).toEqual(whole);
      const [, , restarted] = await compare(histogram(tail, BOUNDS, 320));
      expect(restarted?.onsetAt).toBe(instant(300));
      expect((await compare(histogram(() => 0, BOUNDS, 320)))[2]?.onsetAt).toBeUndefined();
    });

    it('answers the highest bound for what lies beyond it, and parts histograms by their labels', async () => {
      const beyond = [0.1, 0.2, '+Inf'] as const;
      const [, , p99] = await compare(histogram(tail, beyond));
      expect(p99).toMatchObject({ series: 2, bucketBelow: 1 });
      expect(p99?.peak).toBeCloseTo(0.2, 9);
      const other = histogram(() => 0, BOUNDS).map((one) => ({
        ...one,
        labels: one.labels.replace('"a"', '"b"'),
      }));
      const both = await compare([...histogram(tail, BOUNDS), ...other]);
      const tails = both.filter(({ figure }) => figure === 'p99');
      expect(tails.map(({ series, onsetAt }) => [series, onsetAt])).toEqual([
        [4, instant(300)],
        [6, undefined],
      ]);
      expect(both).toHaveLength(6);
    });
  });

  it('says the same of a series in any unit', async () => {
    const values = fc.array(fc.double({ min: 0, max: 1000, noNaN: true, noDefaultInfinity: true }), {
      minLength: END,
      maxLength: END,
    });
    const rise = fc.double({ min: -5000, max: 5000, noNaN: true });
    await fc.assert(
      fc.asyncProperty(values, rise, fc.integer({ min: -20, max: 20 }), async (base, by, exponent) => {
        const level = (step: number): number => 2000 + (base[step] ?? 0) + (step >= 300 ? by : 0);
        // Powers of two scale without rounding, so that a value at the threshold stays on its side.
        const [plain, scaled] = await compare([
          { value: level },
          { value: (step) => level(step) * 2 ** exponent },
        ]);
        expect(scaled?.onsetAt).toBe(plain?.onsetAt);
        expect(scaled?.peakAt).toBe(plain?.peakAt);
        expect(scaled?.deviation).toBeCloseTo(plain?.deviation ?? Number.NaN, 9);
      }),
      { numRuns: 15, seed: 20260304 },
    );
  });
});
