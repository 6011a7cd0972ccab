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

function slopesOf({ at, value }: Points): Float64Array {
  const n = at.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  const times = Float64Array.from(at);
  const values = Float64Array.from(value);
  let next = 0;
  for (let later = 1; later < n; later++) {
    const time = times[later] ?? 0;
    const height = values[later] ?? 0;
    for (let earlier = 0; earlier < later; earlier++) {
      slopes[next++] = (height - (values[earlier] ?? 0)) / (time - (times[earlier] ?? 0));
    }
  }
  return slopes;
}

/**
 * The median slope of all pairs of points, per unit of their time, with Sen's interval by the normal approximation of
 * Kendall's score with ties (Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1968). Where
 * neighbours are alike, `inflation` >= 1 is the factor of the score's variance. Undefined for fewer than two points;
 * fails with `too-many-points` beyond {@link MOST_POINTS}.
 */
export function theilSen(points: Points, confidence = 0.95, inflation = 1): Estimate | undefined {
  const n = points.at.length;
  if (n > MOST_POINTS) {
    throw new AnalysisError(
      'too-many-points',
      `a slope is taken of at most ${MOST_POINTS} points, not of ${n}`,
    );
  }
  if (n < 2) return undefined;
  const slopes = slopesOf(points);
  const reach =
    normalQuantile((1 + confidence) / 2) * Math.sqrt(kendallVariance(points.value) * Math.max(1, inflation));
  const lower = Math.max(0, Math.round((slopes.length - reach) / 2) - 1);
  const upper = Math.min(slopes.length - 1, Math.round((slopes.length + reach) / 2));
  return {
    value: medianInPlace(slopes),
    low: selectInPlace(slopes, lower),
    high: selectInPlace(slopes, upper),
  };
}
