import { autocorrelations } from '../autocorrelation.js';
import { normalQuantile, twoSidedP } from '../normal.js';
import { midranks } from '../order.js';
import { kendallVariance, type Points, theilSen } from './theil-sen.js';

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

/** The lags at which memory is looked for in n values: 10 log10 n, the usual choice for autocorrelations. */
export const memoryLags = (n: number): number => Math.trunc(10 * Math.log10(Math.max(1, n)));

/**
 * The factor >= 1 by which memory widens the variance of Kendall's score: from the significant autocorrelations of the
 * ranks of what is left without the trend (Hamed and Rao, A modified Mann-Kendall trend test for autocorrelated data,
 * Journal of Hydrology 204, 1998). Memory that would narrow it is not believed.
 */
export function kendallInflation({ at, value }: Points): number {
  const n = value.length;
  if (n < 4) return 1;
  const slope = theilSen({ at, value })?.value ?? 0;
  const ranks = midranks(value.map((each, item) => each - slope * (at[item] ?? 0)));
  const limit = normalQuantile(0.975) / Math.sqrt(n);
  const memory = autocorrelations(ranks, memoryLags(n));
  let sum = 0;
  for (const [lag, correlation] of memory.entries()) {
    if (lag > 0 && Math.abs(correlation) > limit)
      sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation;
  }
  return Math.max(1, 1 + (2 * sum) / (n * (n - 1) * (n - 2)));
}

/**
 * Whether values rise or fall in the order given, whatever their distribution: Mann and Kendall's test with corrections
 * for ties and continuity; `inflation` is the factor of the variance where neighbours are alike.
 */
export function mannKendall(values: readonly number[], inflation = 1): MannKendall {
  const score = scoreOf(values);
  const variance = kendallVariance(values) * inflation;
  const z = variance > 0 ? (score - Math.sign(score)) / Math.sqrt(variance) : 0;
  return { score, variance, p: twoSidedP(z) };
}
