import { robustDeviation } from '../order.js';
import { deviation, mean } from '../statistics.js';

/** How many robust deviations from what is expected make an outlier. */
const DEVIATIONS = 3;

/**
 * The positions of outliers among what is left of values beside what was expected of them: further out than three robust
 * deviations. Where most of it is 0 the robust deviation is 0 too, and the standard deviation takes its place.
 */
export function outliers(left: readonly number[]): readonly number[] {
  const robust = robustDeviation(left) ?? 0;
  const middle = robust === 0 ? (mean(left) ?? 0) : 0;
  const limit = DEVIATIONS * (robust === 0 ? (deviation(left) ?? 0) : robust);
  if (limit === 0) return [];
  return left.flatMap((value, item) => (Math.abs(value - middle) > limit ? [item] : []));
}
