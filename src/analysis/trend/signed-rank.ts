import { normalQuantile, twoSidedP } from '../normal.js';
import { ascending, medianInPlace, midranks, selectInPlace, tieSizes } from '../order.js';
import type { Estimate } from './theil-sen.js';

/** Whether paired differences lie to one side of 0, and where their middle lies. */
export interface SignedRank {
  /** The sum of the ranks of the differences above 0. */
  readonly w: number;
  /** The probability of such a sum, up or down, if the differences lie around 0. */
  readonly p: number;
  /** The median of the means of all pairs of differences (Hodges and Lehmann), with its 95 % interval. */
  readonly shift: Estimate;
}

function walshMeans(differences: readonly number[]): Float64Array {
  const n = differences.length;
  const means = new Float64Array((n * (n + 1)) / 2);
  let next = 0;
  for (const [item, one] of differences.entries()) {
    for (let other = 0; other <= item; other++) means[next++] = (one + (differences[other] ?? 0)) / 2;
  }
  return means;
}

/**
 * Wilcoxon's signed-rank test by the normal approximation, without the differences of 0, corrected for ties and
 * continuity; `inflation` >= 1 widens the variance where neighbours in time are alike. Looks at all pairs of differences:
 * for at most some 1,000. Undefined for none.
 */
export function signedRank(differences: readonly number[], inflation = 1): SignedRank | undefined {
  if (differences.length === 0) return undefined;
  const moved = differences.filter((difference) => difference !== 0);
  const sizes = moved.map(Math.abs);
  const ranks = midranks(sizes);
  const w = moved.reduce((sum, difference, item) => sum + (difference > 0 ? (ranks[item] ?? 0) : 0), 0);
  const n = moved.length;
  const ties = tieSizes(ascending(sizes)).reduce((sum, size) => sum + size ** 3 - size, 0);
  const deviation = Math.sqrt(Math.max(1, inflation) * ((n * (n + 1) * (2 * n + 1)) / 24 - ties / 48));
  const above = w - (n * (n + 1)) / 4;
  const z = deviation > 0 ? (Math.sign(above) * Math.max(0, Math.abs(above) - 0.5)) / deviation : 0;
  const means = walshMeans(differences);
  const outside = Math.floor(means.length / 2 - normalQuantile(0.975) * deviation);
  return {
    w,
    p: twoSidedP(z),
    shift: {
      value: medianInPlace(means),
      low: outside >= 1 ? selectInPlace(means, outside - 1) : Number.NEGATIVE_INFINITY,
      high: outside >= 1 ? selectInPlace(means, means.length - outside) : Number.POSITIVE_INFINITY,
    },
  };
}
