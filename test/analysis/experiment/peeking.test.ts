import { describe, expect, it } from 'vitest';
import { mannWhitney } from '../../../src/analysis/experiment/mann-whitney.js';
import { minutesPerIndependentOne } from '../../../src/analysis/experiment/memory.js';
import {
  alwaysValidP,
  boundaryOf,
  criticalZ,
  LEAST_PAIRS,
  type Peeking,
  pairsOfArms,
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
  /** The deviation of a load that remembers 0.95 of itself and moves both arms. */
  readonly load?: number;
  /** In standard deviations. */
  readonly shift: number;
  readonly runs: number;
}

/** Whether a difference is found at any of the looks, one a minute. */
function isFound(
  { peeking, memory, shift, load = 0 }: Trial,
  random: ReturnType<typeof seededRandom>,
): boolean {
  const [one, other] = [wanderer(random, 1, memory), wanderer(random, 1, memory)];
  const shared = Array.from({ length: MINUTES }, wanderer(random, load, 0.95));
  const treated = shared.map((both) => both + one() + shift);
  const control = shared.map((both) => both + other());
  for (let pairs = LEAST_PAIRS; pairs <= MINUTES; pairs++) {
    const arms = { treated: treated.slice(0, pairs), control: control.slice(0, pairs) };
    const comparison = mannWhitney(arms, peeking === undefined ? 1 : minutesPerIndependentOne(arms));
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
    [planned, 0.9, 1_000],
    [openEnded, 0, 1_000],
    [openEnded, 0.5, 500],
    [openEnded, 0.9, 500],
  ] as const)(
    'keeps false positives at five in a hundred: %o, with a memory of %d, over %d experiments',
    (peeking, memory, runs) => {
      expect(shareFound({ peeking, memory, shift: 0, runs })).toBeLessThanOrEqual(atMost(0.05, runs));
    },
  );

  it.each([
    [planned, 0, 30],
    [planned, 0.5, 120],
    [openEnded, 0, 30],
    [openEnded, 0.5, 120],
  ] as const)(
    'keeps them against a baseline before it: %o, with a memory of %d, of %d minutes',
    (peeking, memory, before) => {
      const runs = 200;
      const random = seededRandom(20_260_106);
      let found = 0;
      for (let run = 0; run < runs; run++) {
        // One series, which does not know that an experiment begins in it.
        const all = Array.from({ length: before + MINUTES }, wanderer(random, 1, memory));
        const control = all.slice(0, before);
        const isDecided = (minutes: number) => {
          const arms = { treated: all.slice(before, before + minutes), control };
          const z = mannWhitney(arms, minutesPerIndependentOne(arms))?.z ?? 0;
          const boundary = boundaryOf(peeking, 'before', before);
          return alwaysValidP(boundary, pairsOfArms(minutes, before), z) <= 0.05;
        };
        for (let minutes = LEAST_PAIRS; minutes <= MINUTES; minutes++) {
          if (!isDecided(minutes)) continue;
          found++;
          break;
        }
      }
      expect(found / runs).toBeLessThanOrEqual(atMost(0.05, runs));
    },
  );

  it('keeps them where one load moves both arms, and finds what lies beside it', () => {
    const apart = { peeking: planned, memory: 0.3, load: 2, runs: 300 };
    expect(shareFound({ ...apart, shift: 0 })).toBeLessThanOrEqual(atMost(0.05, apart.runs));
    expect(shareFound({ ...apart, shift: 3 })).toBeGreaterThan(0.7);
  });

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
