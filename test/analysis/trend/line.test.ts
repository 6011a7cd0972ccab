import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valuesPerIndependentOne } from '../../../src/analysis/autocorrelation.js';
import { normalQuantile, twoSidedP } from '../../../src/analysis/normal.js';
import { tieSizes } from '../../../src/analysis/order.js';
import { quantile } from '../../../src/analysis/statistics.js';
import { lineThrough } from '../../../src/analysis/trend/line.js';
import type { Points } from '../../../src/analysis/trend/theil-sen.js';

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const middle = (values: readonly number[]): number => quantile(sorted(values), 0.5) ?? Number.NaN;

/** The line as the definitions have it: every list made and sorted anew. */
function plainLine({ at, value }: Points) {
  const pairs = value.flatMap((one, later) =>
    value.slice(0, later).map((other, earlier) => ({
      rise: one - other,
      slope: (one - other) / ((at[later] ?? 0) - (at[earlier] ?? 0)),
    })),
  );
  const slopes = sorted(pairs.map(({ slope }) => slope));
  const half = slopes.length >> 1;
  const slope =
    slopes.length % 2 === 1 ? (slopes[half] ?? 0) : ((slopes[half - 1] ?? 0) + (slopes[half] ?? 0)) / 2;
  const left = value.map((one, item) => one - slope * (at[item] ?? 0));
  const inflation = Math.max(1, valuesPerIndependentOne(left, 'line'));
  const term = (n: number): number => n * (n - 1) * (2 * n + 5);
  const ties = tieSizes(Float64Array.from(sorted(value))).reduce((sum, size) => sum + term(size), 0);
  const variance = ((term(value.length) - ties) / 18) * inflation;
  const reach = normalQuantile(0.975) * Math.sqrt(variance);
  const score = pairs.reduce((sum, { rise }) => sum + Math.sign(rise), 0);
  return {
    slope: {
      value: slope,
      low: slopes[Math.max(0, Math.round((slopes.length - reach) / 2) - 1)],
      high: slopes[Math.min(slopes.length - 1, Math.round((slopes.length + reach) / 2))],
    },
    p: twoSidedP(variance > 0 ? (score - Math.sign(score)) / Math.sqrt(variance) : 0),
    inflation,
    level: middle(left),
  };
}

/** Distinct times that rise, with values that are readings, few levels or all the same. */
const points = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: -1e9, max: 1e9 })), {
    minLength: 4,
    maxLength: 70,
  })
  .chain((steps) =>
    fc.constantFrom(1, 400_000_000, 3_000_000_000).map((grain) => {
      let time = 1_790_000_000_000;
      const at = steps.map(([step]) => (time += step * 600_000));
      return { at, value: steps.map(([, one]) => (Math.round(one / grain) * grain + 0) / 1_000) };
    }),
  );

describe('a line through points', () => {
  it('is to the last bit what its definition says', () => {
    fc.assert(
      fc.property(points, (each) => {
        const { level, ...plain } = plainLine(each);
        const { at, ...line } = lineThrough(each) ?? { at: () => Number.NaN };
        expect(line).toEqual(plain);
        expect(at(0)).toBe(level);
      }),
      { seed: 5 },
    );
  });
});
