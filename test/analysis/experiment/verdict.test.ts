import { describe, expect, it } from 'vitest';
import type { Peeking } from '../../../src/analysis/experiment/peeking.js';
import { type Expectation, judge, type Outcome } from '../../../src/analysis/experiment/verdict.js';
import { seededRandom } from '../../../src/cli/demo/random.js';

const hour: Peeking = { kind: 'planned', pairs: 60 };
const caching: Expectation = { wanted: 'lower', byPercent: 30 };

/** The latency of a canary whose latency is changed by some %, against a control of 200 ms. */
function canary(
  changePercent: number,
  minutes: number,
  expectation = caching,
  noise = 10,
): Outcome | undefined {
  const random = seededRandom(11);
  const arm = (middle: number) => Array.from({ length: minutes }, () => middle + noise * random.normal());
  return judge({ treated: arm(200 * (1 + changePercent / 100)), control: arm(200) }, expectation, hour);
}

describe('judge', () => {
  it.each([
    [-35, 'success'],
    [-15, 'marginal'],
    [20, 'negative'],
  ] as const)('takes a change by %d percent, where a fall by 30 was expected, for: %s', (change, verdict) => {
    const outcome = canary(change, 60);
    expect(outcome?.verdict).toBe(verdict);
    expect(outcome?.changePercent?.value).toBeCloseTo(change, -0.5);
    expect(outcome?.changePercent?.low).toBeLessThan(change);
    expect(outcome?.changePercent?.high).toBeGreaterThan(change);
  });

  it('reads the direction: higher throughput is a success where higher was wanted', () => {
    expect(canary(20, 60, { wanted: 'higher', byPercent: 15 })?.verdict).toBe('success');
    expect(canary(20, 60, { wanted: 'lower', byPercent: 15 })?.verdict).toBe('negative');
  });

  it('does not decide from few minutes, however large the change', () => {
    const outcome = canary(-60, 9);
    expect([outcome?.verdict, outcome?.p, outcome?.shift.low]).toEqual(['undecided', 1, -Infinity]);
  });

  it('does not decide where noise hides what was expected, and calls what is surely less than expected marginal', () => {
    expect(canary(0, 60, caching, 300)?.verdict).toBe('undecided');
    expect(canary(0, 60, caching, 5)?.verdict).toBe('marginal');
  });

  it('counts only the minutes planned', () => {
    expect(canary(-35, 90)?.pairs).toBe(60);
  });

  it('has no answer without a minute that both arms have, and no percentage of zero', () => {
    expect(judge({ treated: [], control: [] }, caching, hour)).toBeUndefined();
    const zero = Array.from({ length: 60 }, () => 0);
    const outcome = judge(
      { treated: zero.map((_, minute) => 1 + (minute % 3)), control: zero },
      caching,
      hour,
    );
    expect([outcome?.changePercent, outcome?.verdict]).toEqual([undefined, 'negative']);
  });

  it('holds the minutes since the start against those before it, which may be more or fewer', () => {
    const random = seededRandom(5);
    const minutes = (middle: number, length: number) =>
      Array.from({ length }, () => middle + 10 * random.normal());
    const arms = { treated: minutes(130, 20), control: minutes(200, 60) };
    const outcome = judge(arms, caching, { kind: 'open-ended' }, 'before');
    expect(outcome).toMatchObject({ verdict: 'success', treatedMinutes: 20, controlMinutes: 60, pairs: 30 });
    const nine = { treated: minutes(130, 9), control: minutes(200, 600) };
    expect(judge(nine, caching, { kind: 'open-ended' }, 'before')?.verdict).toBe('undecided');
  });
});
