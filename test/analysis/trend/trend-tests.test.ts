import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { robustDeviation } from '../../../src/analysis/order.js';
import { seededUniform } from '../../../src/analysis/random.js';
import { changePoints } from '../../../src/analysis/trend/change-points.js';
import { adjustForMany } from '../../../src/analysis/trend/false-discovery.js';
import {
  courseOf,
  growthPerMonth,
  MONTH_MS,
  projectAlong,
  reachOf,
} from '../../../src/analysis/trend/growth.js';
import { mannKendall } from '../../../src/analysis/trend/mann-kendall.js';
import { seasonality } from '../../../src/analysis/trend/seasonality.js';
import { signedRank } from '../../../src/analysis/trend/signed-rank.js';
import {
  kendallVariance,
  MOST_POINTS,
  pairSlopesOf,
  theilSen,
} from '../../../src/analysis/trend/theil-sen.js';
import { DAY_MS } from '../../../src/model/index.js';
import fixture from '../fixtures/trends.json' with { type: 'json' };

/** Equal to a part in a million, or to a millionth where nothing is expected. */
const near = (actual: number | undefined, expected: number): void =>
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(
    1e-6 * Math.max(1e-3, Math.abs(expected)),
  );

describe.each(Object.entries(fixture.series))('the series %s', (_, { at, value, ...expected }) => {
  it("has SciPy's Theil-Sen slope and interval", () => {
    const slope = theilSen({ at, value });
    near(slope?.value, expected.slope);
    near(slope?.low, expected.low);
    near(slope?.high, expected.high);
  });

  it("has pymannkendall's score, variance and p", () => {
    const test = mannKendall(pairSlopesOf({ at, value }).score, kendallVariance(value));
    expect(test.score).toBe(expected.s);
    near(test.variance, expected.variance);
    near(test.p, expected.p);
  });

  it("has SciPy's median absolute deviation", () => near(robustDeviation(value), expected.mad));
});

describe('theilSen', () => {
  it('finds the slope of a line whatever a quarter of the points say', () => {
    const line = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.array(fc.nat(39), { maxLength: 10 }));
    fc.assert(
      fc.property(line, ([slope, wild]) => {
        const at = Array.from({ length: 40 }, (_, item) => item);
        const value = at.map((time) => slope * time + (wild.includes(time) ? 1e6 * Math.sin(time) : 0));
        expect(theilSen({ at, value })?.value).toBeCloseTo(slope, 0);
      }),
    );
  });

  it('says no slope of one point, and refuses more than it can hold', () => {
    expect(theilSen({ at: [1], value: [1] })).toBeUndefined();
    const many = Array.from({ length: MOST_POINTS + 1 }, (_, item) => item);
    expect(() => theilSen({ at: many, value: many })).toThrow(/1000 points, not of 1001/);
  });
});

describe('adjustForMany', () => {
  it("agrees with SciPy's false_discovery_control", () => {
    const { p, adjusted } = fixture.falseDiscovery;
    for (const [item, each] of adjustForMany(p).entries()) near(each, adjusted[item] ?? Number.NaN);
  });
});

describe.each(Object.entries(fixture.pairs))('differences with %s', (_, { differences, ...expected }) => {
  it("have SciPy's signed-rank sum and p, and the median of their Walsh means", () => {
    const test = signedRank(differences);
    near(test?.w, expected.w);
    near(test?.p, expected.p);
    near(test?.shift.value, expected.shift);
    expect(test?.shift.low).toBeLessThanOrEqual(expected.shift);
    expect(test?.shift.high).toBeGreaterThanOrEqual(expected.shift);
  });
});

describe.each(Object.entries(fixture.changes))('the changes of %s', (_, { value, changes }) => {
  it("are where ruptures' PELT finds them, with the same filter, variance and penalty", () => {
    expect(changePoints(value)).toEqual(changes);
  });
});

describe.each(Object.entries(fixture.seasons))('the season of %s', (name, { place, value, ...expected }) => {
  it("has numpy's profile and strength, and is one or is none", () => {
    const grid = place.map((each, item) => ({ place: each, value: value[item] ?? Number.NaN }));
    const season = seasonality(grid, expected.period, seededUniform(1));
    near(season?.strength, expected.strength);
    for (const [phase, level] of expected.profile.entries()) near(season?.profile[phase], level);
    if (name === 'none') expect(season?.p).toBeGreaterThan(0.05);
    else expect(season?.p).toBeLessThanOrEqual(0.05);
  });
});

describe('the course of growth', () => {
  it("projects SciPy's rate, and tells when it doubles, with their intervals", () => {
    const { dailyValues, afterAYear, monthsToTwice } = fixture.growth;
    const rate = growthPerMonth({ at: dailyValues.map((_, day) => day * DAY_MS), value: dailyValues });
    const current = dailyValues.at(-1) ?? Number.NaN;
    const course = courseOf({ growthPerMonth: rate, slopePerDay: undefined });
    const year = course && projectAlong(current, course, 12);
    for (const [item, found] of [year?.value, year?.low, year?.high].entries()) {
      near(found, afterAYear[item] ?? Number.NaN);
    }
    const reach = course && reachOf(current, 2 * current, course);
    const months = [reach?.expectedDays, reach?.earliestDays, reach?.latestDays].map(
      (days) => ((days ?? Number.NaN) * DAY_MS) / MONTH_MS,
    );
    for (const [item, found] of months.entries()) near(found, monthsToTwice[item] ?? Number.NaN);
  });
});
