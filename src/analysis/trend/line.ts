import { valuesPerIndependentOne } from '../autocorrelation.js';
import { median, medianInPlace } from '../order.js';
import { mannKendall } from './mann-kendall.js';
import { type Estimate, kendallVariance, type Points, pairSlopesOf, senEstimate } from './theil-sen.js';

/** The trend of points as a straight line, and how sure it is. */
export interface Line {
  /** Per unit of time of the points. */
  readonly slope: Estimate;
  /** The probability of such a rise or fall without a trend, with the memory of the noise. */
  readonly p: number;
  /** What the factor of the variance was: how many points in a row are worth one independent point. */
  readonly inflation: number;
  /** The value of the line at a time. */
  readonly at: (time: number) => number;
}

/** Puts a line through at least four points, in the order of time; undefined for fewer. */
export function lineThrough(points: Points): Line | undefined {
  const { slopes, score } = pairSlopesOf(points);
  if (points.at.length < 4) return undefined;
  const slope = medianInPlace(slopes);
  const left = points.value.map((value, item) => value - slope * (points.at[item] ?? 0));
  const level = median(left) ?? 0;
  const inflation = Math.max(1, valuesPerIndependentOne(left, 'line'));
  const variance = kendallVariance(points.value) * inflation;
  return {
    slope: senEstimate(slopes, slope, variance),
    p: mannKendall(score, variance).p,
    inflation,
    at: (time) => level + slope * time,
  };
}
