import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/analysis/metrics.js';
import { compareWeeks, type WeekComparison } from '../../../src/analysis/trend/weeks.js';
import { seededRandom, wanderer } from '../../../src/cli/demo/random.js';
import { DAY_MS, HOUR_MS } from '../../../src/model/index.js';
import { END } from './series.js';

const latency: Judgement = { better: 'lower', target: 100, alert: 500 };
const SEAM = END - 7 * DAY_MS;

/** Two weeks with busy days and quiet nights; the second is higher by so much. */
function weeks(higherBy: number, { seed = 1, memory = 0, from = 0 } = {}): WeekComparison {
  const noise = wanderer(seededRandom(seed), 1, memory);
  const at = Array.from({ length: 336 - from }, (_, hour) => SEAM - 7 * DAY_MS + (hour + from) * HOUR_MS);
  const value = at.map(
    (time) => 100 + 30 * Math.sin((2 * Math.PI * time) / DAY_MS) + noise() + (time < SEAM ? 0 : higherBy),
  );
  const [comparison] = compareWeeks([{ points: { at, value }, seam: SEAM, judged: latency }]);
  return comparison ?? expect.unreachable('no comparison');
}

describe('compareWeeks', () => {
  it('finds a shift that is small beside the swing of the days', () => {
    const worse = weeks(2);
    expect(worse.verdict).toBe('degrading');
    expect(worse.shift?.value).toBeCloseTo(2, 0);
    expect(worse.shift?.low).toBeLessThan(2.2);
    expect(worse.shift?.low).toBeGreaterThan(1.4);
    expect(worse.changePercent).toBeCloseTo(2, 0);
    expect(weeks(-2).verdict).toBe('improving');
  });

  it('compares only hours that both weeks have, and says when they are too few', () => {
    expect(weeks(2, { from: 68 }).hours).toBe(100);
    const few = weeks(50, { from: 150 });
    expect([few.hours, few.verdict, few.shift]).toEqual([18, 'not-enough-data', undefined]);
  });

  it.each([0, 0.7])(
    'calls at most one pair of equal weeks in ten different, with a memory of %d',
    (memory) => {
      const changed = Array.from({ length: 200 }, (_, seed) => weeks(0, { seed, memory })).filter(
        ({ verdict }) => verdict !== 'steady',
      );
      expect(changed.length).toBeLessThanOrEqual(20);
    },
  );
});
