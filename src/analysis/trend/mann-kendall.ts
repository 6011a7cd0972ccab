import { twoSidedP } from '../normal.js';
import { kendallVariance } from './theil-sen.js';

/** What the test says of a series. */
export interface MannKendall {
  /** Pairs that rise less pairs that fall. */
  readonly score: number;
  /** The variance of the score without a trend, with ties and with memory as given. */
  readonly variance: number;
  /** The probability of such a score, up or down, without a trend. */
  readonly p: number;
}

/** Pairs that rise less pairs that fall. */
function scoreOf(values: readonly number[]): number {
  const heights = Float64Array.from(values);
  let score = 0;
  for (let later = 1; later < heights.length; later++) {
    const height = heights[later] ?? 0;
    for (let earlier = 0; earlier < later; earlier++) score += Math.sign(height - (heights[earlier] ?? 0));
  }
  return score;
}

/**
 * Whether values rise or fall in the order given, whatever their distribution: Mann and Kendall's test with corrections
 * for ties and continuity. `inflation` >= 1 is the factor of the variance where neighbours are alike. Looks at all
 * pairs: for at most `MOST_POINTS` values.
 */
export function mannKendall(values: readonly number[], inflation = 1): MannKendall {
  const score = scoreOf(values);
  const variance = kendallVariance(values) * Math.max(1, inflation);
  const z = variance > 0 ? (score - Math.sign(score)) / Math.sqrt(variance) : 0;
  return { score, variance, p: twoSidedP(z) };
}
