import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile, twoSidedP } from '../../src/analysis/normal.js';
import fixture from './fixtures/normal.json' with { type: 'json' };

describe('the normal distribution', () => {
  it.each(fixture.cdf)('agrees with SciPy on the probability below %d', (z = 0, expected = 0) => {
    expect(Math.abs(normalCdf(z) - expected)).toBeLessThanOrEqual(1e-12 * expected);
  });

  it.each(fixture.quantile)('agrees with SciPy on the quantile of %d', (p = 0, expected = 0) => {
    // 1 - p loses digits near 1, for SciPy as well.
    expect(Math.abs(normalQuantile(p) - expected)).toBeLessThanOrEqual(
      1e-9 * Math.max(1, Math.abs(expected)),
    );
  });

  it('has 5 % beyond 1.96 on both sides, and never more than everything', () => {
    expect(twoSidedP(-1.959963984540054)).toBeCloseTo(0.05, 12);
    expect(twoSidedP(0)).toBe(1);
  });
});
