import { describe, expect, it } from 'vitest';
import { burnRulesFor } from '../../../src/analysis/index.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/model/index.js';

const lengths = (windowMs: number, sliceMs?: number) =>
  burnRulesFor(windowMs, sliceMs).map(({ factor, longMs, shortMs }) => [
    factor,
    longMs / MINUTE_MS,
    shortMs / MINUTE_MS,
  ]);

describe('the rules on burn rates', () => {
  it('are those of the workbook over 30 days: 2, 5, 10 and 10 % of the budget', () => {
    const rules = burnRulesFor(30 * DAY_MS);
    expect(rules.map(({ urgency, longMs, shortMs }) => [urgency, longMs, shortMs])).toEqual([
      ['page', HOUR_MS, 5 * MINUTE_MS],
      ['page', 6 * HOUR_MS, 30 * MINUTE_MS],
      ['ticket', DAY_MS, 2 * HOUR_MS],
      ['ticket', 3 * DAY_MS, 6 * HOUR_MS],
    ]);
    const shares = rules.map(({ factor, longMs }) => (factor * longMs) / (30 * DAY_MS));
    expect(shares.map((share) => Math.round(share * 1_000) / 10)).toEqual([2, 5, 10, 10]);
  });

  it('grow and shrink with the window of the objective, in whole slices of at least one', () => {
    expect(lengths(7 * DAY_MS)).toEqual([
      [14.4, 14, 1],
      [6, 84, 7],
      [3, 336, 28],
      [1, 1_008, 84],
    ]);
    expect(lengths(90 * DAY_MS)[0]).toEqual([14.4, 180, 15]);
    expect(lengths(7 * DAY_MS, 5 * MINUTE_MS)[0]).toEqual([14.4, 15, 5]);
  });

  it('are fewer for short windows, in which nothing is as fast as the fast ones', () => {
    expect(lengths(HOUR_MS)).toEqual([
      [6, 1, 1],
      [3, 2, 1],
      [1, 6, 1],
    ]);
    expect(lengths(5 * MINUTE_MS)).toEqual([[1, 1, 1]]);
  });
});
