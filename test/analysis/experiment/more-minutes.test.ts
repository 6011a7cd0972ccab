import { describe, expect, it } from 'vitest';
import { type Against, judge, minutesToGo, type Peeking } from '../../../src/analysis/index.js';
import { seededRandom } from '../../../src/cli/demo/random.js';

const caching = { wanted: 'lower', byPercent: 30 } as const;
const openEnded: Peeking = { kind: 'open-ended' };

/** A metric around 200 that a change moves by some %, minute by minute. */
function armsOf(changePercent: number, noise: number, minutes: number, controlMinutes = minutes) {
  const random = seededRandom(3);
  const arm = (middle: number, length: number) =>
    Array.from({ length }, () => middle + noise * random.normal());
  return { treated: arm(200 * (1 + changePercent / 100), minutes), control: arm(200, controlMinutes) };
}

function toGo(arms: ReturnType<typeof armsOf>, peeking: Peeking, against: Against = 'control') {
  const outcome = judge(arms, caching, peeking, against);
  expect(outcome?.verdict).toBe('undecided');
  return outcome && minutesToGo(outcome, caching, peeking, against);
}

describe('minutesToGo', () => {
  it('counts the minutes that are missing for a first interval', () => {
    expect(toGo(armsOf(-30, 100, 4), openEnded)).toBe(6);
  });

  it('tells about how long it takes, in minutes in which the verdict then comes', () => {
    const minutes = 30;
    const more = toGo(armsOf(-30, 140, minutes), openEnded) ?? Number.NaN;
    expect(more).toBeGreaterThan(10);
    // The same experiment, looked at again after about so many minutes.
    expect(judge(armsOf(-30, 140, minutes + 3 * more), caching, openEnded)?.verdict).not.toBe('undecided');
  });

  it('grows with the noise', () => {
    const quiet = toGo(armsOf(-5, 120, 20), openEnded) ?? Number.NaN;
    expect(toGo(armsOf(-5, 240, 20), openEnded)).toBeGreaterThan(quiet);
  });

  it('says that a plan is too short, and that a baseline is', () => {
    expect(toGo(armsOf(-30, 400, 30), { kind: 'planned', pairs: 40 })).toBeUndefined();
    expect(toGo(armsOf(-5, 300, 300, 12), openEnded, 'before')).toBeUndefined();
  });
});
