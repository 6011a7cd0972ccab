import { describe, expect, it } from 'vitest';
import {
  courseOf,
  growthPerMonth,
  MONTH_MS,
  project,
  projectAlong,
  reachOf,
} from '../../../src/analysis/trend/growth.js';
import { DAY_MS } from '../../../src/model/index.js';
import fixture from '../fixtures/trends.json' with { type: 'json' };

const sure = (value: number) => ({ value, low: value, high: value });

describe('growth', () => {
  it("has SciPy's rate of the logarithms, with its interval", () => {
    const { dailyValues, perMonth } = fixture.growth;
    const growth = growthPerMonth({ at: dailyValues.map((_, day) => day * DAY_MS), value: dailyValues });
    const found = [growth?.value, growth?.low, growth?.high];
    for (const [item, expected] of perMonth.entries()) {
      expect(Math.abs((found[item] ?? Number.NaN) - expected)).toBeLessThanOrEqual(1e-6 * expected);
    }
  });

  it("projects the guide's 35 k at +15 % a month to 187 k after a year", () => {
    expect(project(35_000, sure(0.15), 12).value).toBeCloseTo(187_259, 0);
  });

  it('has no rate where a value is zero', () => {
    expect(growthPerMonth({ at: [0, 1, 2, 3], value: [1, 2, 0, 3] })).toBeUndefined();
  });
});

describe('capacity', () => {
  it('goes on by its growth where it has a rate, else by its slope', () => {
    const slopePerDay = { value: 2, low: 1, high: 3 };
    const growth = courseOf({ slopePerDay, growthPerMonth: sure(0.15) });
    const linear = courseOf({ slopePerDay, growthPerMonth: undefined });
    expect(growth && projectAlong(35_000, growth, 12).value).toBeCloseTo(187_259, 0);
    const days = MONTH_MS / DAY_MS;
    const year = { value: 100 + 24 * days, low: 100 + 12 * days, high: 100 + 36 * days };
    expect(linear && projectAlong(100, linear, 12)).toEqual(year);
    expect(courseOf({ slopePerDay: undefined, growthPerMonth: undefined })).toBeUndefined();
  });

  it('tells when a rise reaches its limit, from the fastest to the slowest', () => {
    const course = { kind: 'linear', perDay: { value: 2, low: 1, high: 3 } } as const;
    expect(reachOf(170, 200, course)).toEqual({ expectedDays: 15, earliestDays: 10, latestDays: 30 });
  });

  it('may never reach it, where the interval of the rate includes standing still', () => {
    const course = { kind: 'linear', perDay: { value: 2, low: -1, high: 3 } } as const;
    expect(reachOf(170, 200, course)).toEqual({ expectedDays: 15, earliestDays: 10, latestDays: undefined });
    expect(reachOf(170, 100, { kind: 'linear', perDay: sure(2) }).expectedDays).toBeUndefined();
  });

  it('reaches a lower limit by falling', () => {
    expect(reachOf(100, 40, { kind: 'linear', perDay: { value: -3, low: -4, high: -2 } })).toEqual({
      expectedDays: 20,
      earliestDays: 15,
      latestDays: 30,
    });
  });

  it('follows growth: doubling at +15 % takes 4.96 months', () => {
    const reach = reachOf(100, 200, { kind: 'growth', perMonth: sure(0.15) });
    expect(((reach.expectedDays ?? 0) * DAY_MS) / MONTH_MS).toBeCloseTo(Math.log(2) / Math.log(1.15), 10);
  });
});
