import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviation, mean, quantile } from '../../src/analysis/statistics.js';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });

describe('quantile', () => {
  it('is linear between neighbours', () => {
    expect(quantile([10, 20, 30, 40], 0.5)).toBe(25);
    expect(quantile([1, 2, 3, 4, 5], 0.95)).toBeCloseTo(4.8, 10);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeUndefined();
  });

  it('lies between the least and the greatest value and never falls as its share grows', () => {
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (some, one, other) => {
          const ascending = [...some].sort((a, b) => a - b);
          const low = quantile(ascending, Math.min(one, other)) ?? Number.NaN;
          const high = quantile(ascending, Math.max(one, other)) ?? Number.NaN;
          expect(low).toBeGreaterThanOrEqual((ascending[0] ?? 0) - 1e-6);
          expect(high).toBeLessThanOrEqual((ascending.at(-1) ?? 0) + 1e-6);
          expect(low).toBeLessThanOrEqual(high + 1e-6);
        },
      ),
      { seed: 4_600 },
    );
  });
});

describe('deviation', () => {
  it('is that of a whole population', () => {
    expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBe(2);
    expect(deviation([3])).toBe(0);
  });

  it('has no answer without values, as the mean has none', () => {
    expect(deviation([])).toBeUndefined();
    expect(mean([])).toBeUndefined();
  });
});
