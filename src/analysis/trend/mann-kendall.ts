import { twoSidedP } from '../normal.js';

/** What the test says of a series. */
export interface MannKendall {
  /** Pairs that rise less pairs that fall. */
  readonly score: number;
  /** The variance of the score without a trend, with ties and with memory as given. */
  readonly variance: number;
  /** The probability of such a score, up or down, without a trend. */
  readonly p: number;
}

/**
 * Whether values rise or fall in the order given, whatever their distribution: Mann and Kendall's test with correction for
 * continuity, from Kendall's score and its variance, which is greater where there are no ties and where neighbours are
 * alike.
 */
export function mannKendall(score: number, variance: number): MannKendall {
  const z = variance > 0 ? (score - Math.sign(score)) / Math.sqrt(variance) : 0;
  return { score, variance, p: twoSidedP(z) };
}
