import type { Estimate } from '../trend/theil-sen.js';
import {
  type Against,
  boundaryOf,
  criticalZ,
  LEAST_PAIRS,
  MOST_PAIRS,
  type Peeking,
  pairsOfArms,
} from './peeking.js';
import { type Expectation, LEVEL, type Outcome } from './verdict.js';

/** How far what was measured lies from the nearer of the two ways to a verdict: no change, or less than expected. */
function distance({ value }: Estimate, { wanted, byPercent }: Expectation, controlMedian: number): number {
  const gain = wanted === 'higher' ? value : -value;
  return Math.max(Math.abs(value), (byPercent / 100) * Math.abs(controlMedian) - gain);
}

/**
 * How many more minutes an undecided experiment needs until it is decided, if what was measured so far stands: its
 * interval narrows with the root of the minutes. While it has too few to have an interval, how many are missing for one.
 * Undefined where no number of minutes would do, within the plan or the most that are compared: then the plan is too
 * short, or the baseline of a comparison with the time before.
 */
export function minutesToGo(
  outcome: Pick<Outcome, 'shift' | 'controlMedian' | 'treatedMinutes' | 'controlMinutes'>,
  expectation: Expectation,
  peeking: Peeking,
  against: Against,
): number | undefined {
  const { shift, treatedMinutes, controlMinutes, controlMedian } = outcome;
  const now = pairsOfArms(treatedMinutes, controlMinutes);
  if (now < LEAST_PAIRS) return LEAST_PAIRS - treatedMinutes > 0 ? LEAST_PAIRS - treatedMinutes : undefined;
  const boundary = boundaryOf(peeking, against, controlMinutes);
  const width = (shift.high - shift.low) / 2;
  const error = width / criticalZ(boundary, now, LEVEL);
  if (!Number.isFinite(error)) return 1;
  const needed = distance(shift, expectation, controlMedian);
  const most = peeking.kind === 'planned' ? peeking.pairs : MOST_PAIRS;
  for (let minutes = treatedMinutes + 1; minutes <= most; minutes++) {
    const pairs = pairsOfArms(minutes, against === 'control' ? minutes : controlMinutes);
    if (needed >= criticalZ(boundary, pairs, LEVEL) * error * Math.sqrt(now / pairs)) {
      return minutes - treatedMinutes;
    }
  }
  return undefined;
}
