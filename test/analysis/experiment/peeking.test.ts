import { describe, expect, it } from 'vitest';
import { valuesPerIndependentOne } from '../../../src/analysis/autocorrelation.js';
import { mannWhitney } from '../../../src/analysis/experiment/mann-whitney.js';
import {
  alwaysValidP,
  criticalZ,
  LEAST_PAIRS,
  type Peeking,
} from '../../../src/analysis/experiment/peeking.js';
import { seededRandom, wanderer } from '../../../src/cli/demo/random.js';

const MINUTES = 60;
const planned: Peeking = { kind: 'planned', pairs: MINUTES };
const openEnded: Peeking = { kind: 'open-ended' };

interface Trial {
  /** Undefined looks at the plain p of the rank comparison each time. */
  readonly peeking: Peeking | undefined;
  /** The share of a minute's value that the next one keeps. */
  readonly memory: number;
  /** In standard deviations. */
  readonly shift: number;
  readonly runs: number;
}

/** Whether a difference is found at any of the looks, one a minute. */
function isFound({ peeking, memory, shift }: Trial, random: ReturnType<typeof seededRandom>): boolean {
  const [one, other] = [wanderer(random, 1, memory), wanderer(random, 1, memory)];
  const treated = Array.from({ length: MINUTES }, () => one() + shift);
  const control = Array.from({ length: MINUTES }, other);
  for (let pairs = LEAST_PAIRS; pairs <= MINUTES; pairs++) {
    const arms = { treated: treated.slice(0, pairs), control: control.slice(0, pairs) };
    const inflation = Math.max(valuesPerIndependentOne(arms.treated), valuesPerIndependentOne(arms.control));
    const comparison = mannWhitney(arms, peeking === undefined ? 1 : inflation);
    const p = peeking === undefined ? comparison?.p : alwaysValidP(peeking, pairs, comparison?.z ?? 0);
    if (p !== undefined && p <= 0.05) return true;
  }
  return false;
}

function shareFound(trial: Trial): number {
  const random = seededRandom(20_260_105);
  let found = 0;
  for (let run = 0; run < trial.runs; run++) if (isFound(trial, random)) found++;
  return found / trial.runs;
}

/** The nominal level and three standard errors of a share so large among so many runs. */
const atMost = (level: number, runs: number): number => level + 3 * Math.sqrt((level * (1 - level)) / runs);

describe('peeking every minute of an hour', () => {
  it('finds differences between equal arms again and again where nothing is done about it', () => {
    expect(shareFound({ peeking: undefined, memory: 0, shift: 0, runs: 300 })).toBeGreaterThan(0.2);
  });

  it.each([
    [planned, 0, 2_000],
    [planned, 0.5, 1_000],
    [openEnded, 0, 1_000],
    [openEnded, 0.5, 500],
  ] as const)(
    'keeps false positives at 5 %% when %s, %j, with a memory of %d, over %d experiments',
    (peeking, memory, runs) => {
      expect(shareFound({ peeking, memory, shift: 0, runs })).toBeLessThanOrEqual(atMost(0.05, runs));
    },
  );

  it.each([
    [planned, 0.5, 0.5],
    [planned, 0.8, 0.92],
    [openEnded, 0.8, 0.75],
  ] as const)('finds a shift: %o, %d deviations, in at least a share of %d', (peeking, shift, least) => {
    expect(shareFound({ peeking, memory: 0, shift, runs: 200 })).toBeGreaterThan(least);
  });
});

describe('the boundaries', () => {
  it.each([planned, openEnded])('%o: the p is the level exactly where z is critical', (peeking) => {
    for (const pairs of [10, 35, 60]) {
      for (const level of [0.01, 0.05]) {
        expect(alwaysValidP(peeking, pairs, criticalZ(peeking, pairs, level))).toBeCloseTo(level, 10);
      }
    }
  });

  it('ask little more than one look at the end of a plan, and find nothing in the first minutes', () => {
    expect(criticalZ(planned, MINUTES, 0.05)).toBeCloseTo(2.2414, 4);
    expect(criticalZ(planned, 15, 0.05)).toBeCloseTo(2 * 2.2414, 4);
    expect(criticalZ(openEnded, 9, 0.05)).toBe(Number.POSITIVE_INFINITY);
    expect(alwaysValidP(openEnded, 9, 30)).toBe(1);
  });
});
