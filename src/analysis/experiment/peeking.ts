/**
 * How strong the evidence must be so that looking at any time, any number of times, does not find a difference between
 * equal arms more often than the level says. The z of the rank comparison after n pairs of minutes, times the root of n,
 * is in the limit a Brownian motion; both rules bound the probability that such a motion ever crosses.
 */
import { LEAST_PLANNED_MINUTES, MOST_PLANNED_MINUTES } from '../../model/index.js';
import { normalQuantile, twoSidedP } from '../normal.js';

/** When an experiment is looked at. */
export type Peeking =
  /**
   * Until a number of pairs of minutes set in advance. The boundary of O'Brien and Fleming watched continuously: the
   * motion must reach a constant height, by the reflection principle 4 (1 - F(height)) = level. (O'Brien and Fleming,
   * Biometrics 35, 1979; Lan and DeMets, Biometrika 70, 1983.) Nearly as strong at its end as one look alone.
   */
  | { readonly kind: 'planned'; readonly pairs: number }
  /**
   * Without an end. The mixture of likelihood ratios over a normal prior of the shift, at least 1 / level with
   * probability at most level (Robbins 1970; Johari, Koomen, Pekelis and Walsh, Always valid inference, Operations
   * Research 70, 2022). Finds great differences earlier, and small ones later.
   */
  | { readonly kind: 'open-ended' };

/** Before so many pairs of minutes the limit does not hold yet, and nothing is significant. */
export const LEAST_PAIRS = LEAST_PLANNED_MINUTES;

/** More pairs of minutes are not compared. */
export const MOST_PAIRS = MOST_PLANNED_MINUTES;

/** The pairs of minutes at which the open-ended boundary is at its tightest, about: 8 is where (1 + 1/k) (ln(1 + k) + 6) is least. */
const TIGHTEST_AT_PAIRS = 60;
const priorWeight = (pairs: number): number => (8 * pairs) / TIGHTEST_AT_PAIRS;

/** The z that a comparison of so many pairs must reach, up or down, to be significant at the level (0.05 for 5 %). */
export function criticalZ(peeking: Peeking, pairs: number, level: number): number {
  if (pairs < LEAST_PAIRS) return Number.POSITIVE_INFINITY;
  switch (peeking.kind) {
    case 'planned':
      return normalQuantile(1 - level / 4) * Math.sqrt(Math.max(1, peeking.pairs / pairs));
    case 'open-ended': {
      const weight = priorWeight(pairs);
      return Math.sqrt((1 + 1 / weight) * (Math.log(1 + weight) + 2 * Math.log(1 / level)));
    }
  }
}

/** The smallest level at which a comparison is significant, whenever and however often it is looked at: 0..1. */
export function alwaysValidP(peeking: Peeking, pairs: number, z: number): number {
  if (pairs < LEAST_PAIRS) return 1;
  switch (peeking.kind) {
    case 'planned':
      return Math.min(1, 2 * twoSidedP(z * Math.sqrt(Math.min(1, pairs / peeking.pairs))));
    case 'open-ended': {
      const weight = priorWeight(pairs);
      return Math.min(1, Math.sqrt(1 + weight) * Math.exp((-0.5 * z * z * weight) / (1 + weight)));
    }
  }
}

/** What the minutes of an experiment are held against: a control beside it, or the time before. */
export type Against = 'control' | 'before';

/**
 * How many pairs arms of so many minutes are worth: their harmonic mean, which is what the information of a difference of
 * two means grows by, so that a baseline that does not grow leaves the boundaries as they are (Jennison and Turnbull,
 * Group Sequential Methods, 2000, chapter 3). While either arm is too short, its length.
 */
export function pairsOfArms(treated: number, control: number): number {
  const least = Math.min(treated, control);
  return least < LEAST_PAIRS ? least : (2 * treated * control) / (treated + control);
}

/** The boundary in pairs, of a plan in minutes: a baseline of so many minutes makes them worth more or less. */
export function boundaryOf(peeking: Peeking, against: Against, controlMinutes: number): Peeking {
  return peeking.kind === 'planned' && against === 'before'
    ? { kind: 'planned', pairs: pairsOfArms(peeking.pairs, controlMinutes) }
    : peeking;
}
