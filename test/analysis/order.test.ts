import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, medianInPlace, runningMedians, selectInPlace } from '../../src/analysis/order.js';
import { quantile } from '../../src/analysis/statistics.js';

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** Values with and without ties, more of them than are selected without a sample. */
const lists = fc
  .oneof(
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 1_500 }),
    fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 1_500 }),
  )
  .map((values) => values.map((value) => (value === 0 ? 0 : value)));

describe('order statistics without sorting', () => {
  it('are what sorting finds, one after the other in the same values', () => {
    fc.assert(
      fc.property(lists, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const order = sorted(values);
        const moved = Float64Array.from(values);
        const half = values.length >> 1;
        expect(medianInPlace(moved)).toBe(
          values.length % 2 === 1 ? order[half] : ((order[half - 1] ?? 0) + (order[half] ?? 0)) / 2,
        );
        const lower = Math.floor(share * half);
        expect(selectInPlace(moved, lower, 0, half)).toBe(order[lower]);
        const upper = half + Math.floor(share * (values.length - 1 - half));
        expect(selectInPlace(moved, upper, half)).toBe(order[upper]);
        expect(selectInPlace(moved, lower)).toBe(order[lower]);
        expect([...moved].sort((a, b) => a - b)).toEqual(order);
        expect(median(values)).toBe(quantile(order, 0.5));
      }),
      { seed: 5 },
    );
  });

  it('are those of each value and its neighbours', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 0, max: 4 }), (values, reach) => {
        const few = values.slice(0, 60);
        expect(runningMedians(few, reach)).toEqual(
          few.map((_, item) => quantile(sorted(few.slice(Math.max(0, item - reach), item + reach + 1)), 0.5)),
        );
      }),
    );
  });

  it('has no median of nothing', () => {
    expect(median([])).toBeUndefined();
    expect(medianInPlace(new Float64Array())).toBeNaN();
  });
});
