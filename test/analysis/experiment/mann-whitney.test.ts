import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hodgesLehmann, mannWhitney } from '../../../src/analysis/experiment/mann-whitney.js';
import fixture from '../fixtures/experiments.json' with { type: 'json' };

const near = (actual: number | undefined, expected: number): void =>
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(
    1e-9 * Math.max(1, Math.abs(expected)),
  );

describe.each(Object.entries(fixture.arms))('arms that are %s', (_, { treated, control, ...expected }) => {
  it("have SciPy's U and p", () => {
    const comparison = mannWhitney({ treated, control });
    near(comparison?.u, expected.u);
    near(comparison?.p, expected.p);
  });

  it('have the median of all differences, and the interval of the book', () => {
    const shift = hodgesLehmann({ treated, control });
    near(shift?.value, expected.shift);
    near(shift?.low, expected.low);
    near(shift?.high, expected.high);
  });
});

describe('the comparison of two arms', () => {
  const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 12, maxLength: 40 });

  it('turns its sign when the arms are exchanged', () => {
    fc.assert(
      fc.property(values, values, (treated, control) => {
        const one = mannWhitney({ treated, control });
        const other = mannWhitney({ treated: control, control: treated });
        expect(one?.z).toBeCloseTo(-(other?.z ?? Number.NaN), 10);
        const shift = hodgesLehmann({ treated, control });
        expect(shift?.value).toBeCloseTo(
          -(hodgesLehmann({ treated: control, control: treated })?.value ?? 1),
          10,
        );
      }),
    );
  });

  it('has no answer without values, and no bounds where the arms are too short for them', () => {
    expect(mannWhitney({ treated: [], control: [1] })).toBeUndefined();
    const shift = hodgesLehmann({ treated: [5, 6], control: [1, 2] });
    expect([shift?.value, shift?.low, shift?.high]).toEqual([4, -Infinity, Infinity]);
  });
});
