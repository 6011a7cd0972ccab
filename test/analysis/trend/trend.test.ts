import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/analysis/metrics.js';
import { type Trend, type TrendInput, trendsOf } from '../../../src/analysis/trend/trend.js';
import { seededRandom } from '../../../src/cli/demo/random.js';
import { DAY_MS, HOUR_MS } from '../../../src/model/index.js';
import { END, inputOf, type Shape } from './series.js';

const latency: Judgement = { better: 'lower', target: 100, alert: 500 };
const throughput: Judgement = { better: 'higher', target: 10 };

const trend = (input: TrendInput): Trend =>
  trendsOf([input], seededRandom(1).uniform)[0] ?? expect.unreachable('no trend');

describe('the verdict', () => {
  it("calls the guide's rise of the p99 from 120 to 185 ms degrading, by 2.2 ms a day", () => {
    const found = trend(inputOf('30d', latency, (share, _, noise) => 120 + 65 * share + noise()));
    expect(found.verdict).toBe('degrading');
    expect(found.slopePerDay?.value).toBeCloseTo(65 / 30, 1);
    expect(found.slopePerDay?.low).toBeGreaterThan(2);
    expect(found.slopePerDay?.high).toBeLessThan(2.4);
    expect(found.relativePosition).toBeCloseTo((185 - 152.5) / 152.5, 1);
  });

  it.each([
    ['improving', latency, -8],
    ['degrading', throughput, -8],
    ['improving', throughput, 8],
    ['rising', { better: 'trend' }, 8],
    ['falling', { better: 'trend' }, -8],
    // From 63 into the band of 70 to 85, and within it.
    ['improving', { better: 'band', low: 70, high: 85, alert: 50 }, 12],
  ] as const)('is %s for %o that moves by %d', (verdict, judged, by) => {
    expect(trend(inputOf('24h', judged, (share, _, noise) => 63 + by * share + noise())).verdict).toBe(
      verdict,
    );
  });

  it('is steady for what moves within its band, and for what does not move', () => {
    const band = { better: 'band', low: 50, high: 85, alert: 20 } as const;
    expect(trend(inputOf('24h', band, (share, _, noise) => 60 + 12 * share + noise())).verdict).toBe(
      'steady',
    );
    expect(trend(inputOf('7d', latency, () => 5)).verdict).toBe('steady');
  });

  it('is not given from few points, nor from points of a small part of the window', () => {
    const some =
      (least: number): Shape =>
      (share) =>
        share > least ? share : undefined;
    const few = trend(
      inputOf('1h', latency, (share, hours) => (Math.round(hours * 60) % 8 === 0 ? share : undefined)),
    );
    expect([few.verdict, few.points, few.slopePerDay]).toEqual(['not-enough-data', 8, undefined]);
    expect(trend(inputOf('7d', latency, some(0.6))).verdict).toBe('not-enough-data');
    expect(trend(inputOf('7d', latency, some(0.3))).verdict).toBe('degrading');
    expect(trend(inputOf('7d', latency, () => undefined)).verdict).toBe('not-enough-data');
  });

  it.each([0, 0.5, 0.8])(
    'finds trends in at most one series of noise in ten with a memory of %d',
    (memory) => {
      const alone = Array.from({ length: 200 }, (_, seed) =>
        trend(inputOf('1h', latency, (_share, _hours, noise) => noise(), { seed, memory })),
      );
      expect(alone.filter(({ verdict }) => verdict !== 'steady').length).toBeLessThanOrEqual(20);
    },
  );

  it('asks more of each series the more are looked at, and still finds the ones that move', () => {
    const noises = Array.from({ length: 100 }, (_, seed) =>
      inputOf('1h', latency, (_share, _hours, noise) => noise(), { seed }),
    );
    const moving = inputOf('1h', latency, (share, _, noise) => 5 * share + noise(), { seed: 500 });
    const trends = trendsOf([...noises, moving], seededRandom(1).uniform);
    expect(trends.filter(({ p = 1 }) => p <= 0.05).length).toBeGreaterThan(2);
    expect(trends.flatMap(({ verdict }, item) => (verdict === 'steady' ? [] : [item]))).toEqual([100]);
  });
});

describe('changes', () => {
  it('finds a step where it happened, with the levels on both sides', () => {
    const found = trend(inputOf('7d', latency, (share, _, noise) => (share < 0.6 ? 100 : 130) + 2 * noise()));
    expect(found.changes).toHaveLength(1);
    expect(Math.abs((found.changes[0]?.at ?? 0) - (END - 0.4 * 7 * DAY_MS))).toBeLessThanOrEqual(HOUR_MS);
    expect(found.changes[0]?.levelBefore).toBeCloseTo(100, -1);
    expect(found.changes[0]?.levelAfter).toBeCloseTo(130, -1);
    expect(found.reversals).toEqual([]);
  });

  it('reports a reversal where improving turns into degrading', () => {
    const found = trend(
      inputOf('7d', latency, (share, _, noise) => 100 + 80 * Math.abs(share - 0.5) + 2 * noise()),
    );
    expect(found.reversals).toMatchObject([{ from: 'improving', to: 'degrading' }]);
    expect(Math.abs((found.reversals[0]?.at ?? 0) - (END - 3.5 * DAY_MS))).toBeLessThanOrEqual(8 * HOUR_MS);
  });

  it('takes spikes for outliers, and not for changes; they are kept', () => {
    const spikes: Shape = (_, hours, noise) => (hours % 40 === 7 ? 500 : 100) + noise();
    const found = trend(inputOf('7d', latency, spikes));
    expect(found.changes).toEqual([]);
    expect(found.outliers.filter(({ value }) => value > 400)).toHaveLength(5);
    expect(found.points).toBe(168);
  });

  it.each([
    [0, 2],
    [0.5, 20],
  ] as const)('finds none in noise with a memory of %d, but in %d of 100 series', (memory, most) => {
    const changed = Array.from({ length: 100 }, (_, seed) =>
      trend(inputOf('7d', latency, (_share, _hours, noise) => noise(), { seed, memory })),
    ).filter(({ changes }) => changes.length > 0);
    expect(changed.length).toBeLessThanOrEqual(most);
  });
});

describe('seasons', () => {
  const daily = (hours: number): number => 10 * Math.sin((2 * Math.PI * hours) / 24);

  it('finds the day, and judges the trend without it', () => {
    const found = trend(inputOf('7d', latency, (_, hours, noise) => 100 + daily(hours) + noise()));
    expect(found.seasons.map(({ periodMs }) => periodMs)).toEqual([DAY_MS]);
    expect(found.seasons[0]?.strength).toBeGreaterThan(0.95);
    expect([found.verdict, found.changes]).toEqual(['steady', []]);
  });

  it('finds a rise that the day hides', () => {
    const found = trend(
      inputOf('7d', latency, (share, hours, noise) => 100 + 3 * share + daily(hours) + noise()),
    );
    expect(found.verdict).toBe('degrading');
    expect(found.slopePerDay?.value).toBeCloseTo(3 / 7, 0);
  });

  it('finds the week beside the day', () => {
    const weekend = (hours: number): number => (hours % 168 >= 120 ? -20 : 0);
    const found = trend(
      inputOf('30d', throughput, (_, hours, noise) => 100 + daily(hours) + weekend(hours) + noise()),
    );
    expect(found.seasons.map(({ periodMs }) => periodMs)).toEqual([DAY_MS, 7 * DAY_MS]);
  });

  it('takes no memory for a season, but in one series of eight', () => {
    const seasonal = Array.from({ length: 80 }, (_, seed) =>
      trend(inputOf('7d', latency, (_share, _hours, noise) => noise(), { seed, memory: 0.8 })),
    ).filter(({ seasons }) => seasons.length > 0);
    expect(seasonal.length).toBeLessThanOrEqual(10);
  });
});
