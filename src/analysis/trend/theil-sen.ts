import { AnalysisError } from '../errors.js';
import { normalQuantile } from '../normal.js';
import { ascending, medianInPlace, selectInPlace, tieSizes } from '../order.js';

/**
 * The most points that a slope is taken of: all their pairs are looked at, 500,000 for so many (4 MB, some 10 ms).
 * Longer series come here as medians of longer steps.
 */
export const MOST_POINTS = 1_000;

/** Points of a series in the order of time. */
export interface Points {
  /** Ascending and distinct, in any unit. */
  readonly at: readonly number[];
  readonly value: readonly number[];
}

/** An estimate, and the interval that holds the true value with the confidence asked for. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The variance of Kendall's score under no trend, less what ties take from it. */
export function kendallVariance(values: readonly number[]): number {
  const term = (n: number): number => n * (n - 1) * (2 * n + 5);
  const ties = tieSizes(ascending(values)).reduce((sum, size) => sum + term(size), 0);
  return (term(values.length) - ties) / 18;
}

/** The slopes of all pairs of points, and what their signs come to. */
export interface PairSlopes {
  /** In no order; order statistics move them about. */
  readonly slopes: Float64Array;
  /** Pairs that rise less pairs that fall: Kendall's score. */
  readonly score: number;
}

/** Looks at all pairs of points; fails with `too-many-points` beyond {@link MOST_POINTS}. */
export function pairSlopesOf({ at, value }: Points): PairSlopes {
  const n = at.length;
  if (n > MOST_POINTS) {
    throw new AnalysisError(
      'too-many-points',
      `a slope is taken of at most ${MOST_POINTS} points, not of ${n}`,
    );
  }
  const slopes = new Float64Array((n * (n - 1)) / 2);
  const times = new Float64Array(at);
  const values = new Float64Array(value);
  let next = 0;
  let score = 0;
  for (let later = 1; later < n; later++) {
    const time = times[later] ?? 0;
    const height = values[later] ?? 0;
    for (let earlier = 0; earlier < later; earlier++) {
      const rise = height - (values[earlier] ?? 0);
      if (rise > 0) score++;
      else if (rise < 0) score--;
      slopes[next++] = rise / (time - (times[earlier] ?? 0));
    }
  }
  return { slopes, score };
}

/** Of 95 %, the share of the normal distribution's deviations that intervals are given with. */
const DEVIATIONS_95 = normalQuantile(0.975);

/**
 * The median of slopes with Sen's 95 % interval, by the normal approximation of Kendall's score with this variance
 * (Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1968). `middle` is the median where
 * {@link medianInPlace} has just found it.
 */
export function senEstimate(slopes: Float64Array, middle: number, variance: number): Estimate {
  const reach = DEVIATIONS_95 * Math.sqrt(variance);
  const half = slopes.length >> 1;
  const lower = Math.max(0, Math.round((slopes.length - reach) / 2) - 1);
  const upper = Math.min(slopes.length - 1, Math.round((slopes.length + reach) / 2));
  return {
    value: middle,
    low: selectInPlace(slopes, lower, 0, half),
    high: selectInPlace(slopes, upper, half),
  };
}

/**
 * The median slope of all pairs of points, per unit of their time, with its interval: see {@link senEstimate}. Undefined
 * for fewer than two points.
 */
export function theilSen(points: Points): Estimate | undefined {
  const { slopes } = pairSlopesOf(points);
  if (slopes.length === 0) return undefined;
  return senEstimate(slopes, medianInPlace(slopes), kendallVariance(points.value));
}
