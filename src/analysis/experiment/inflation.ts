import { valuesPerIndependentOne } from '../autocorrelation.js';
import { midranks } from '../order.js';
import { deviation } from '../statistics.js';
import type { Arms } from './mann-whitney.js';

const variance = (values: readonly number[]): number => (deviation(values) ?? 0) ** 2;

/**
 * The factor >= 1 by which the variance of the rank comparison is wider than between independent minutes, for arms of the
 * same minutes: neighbouring minutes are alike, which widens it, but what both arms share, as the load, cancels. It is the
 * long-run variance of the differences of the ranks, over what independent arms would have. Where the minutes share so
 * much that it would fall below 1 it stays there: the test then finds less than it could, never more.
 */
export function pairedInflation({ treated, control }: Arms): number {
  const ranks = midranks([...treated, ...control]);
  const [ours, theirs] = [ranks.slice(0, treated.length), ranks.slice(treated.length)];
  const differences = ours.map((rank, minute) => rank - (theirs[minute] ?? 0));
  const apart = variance(ours) + variance(theirs);
  if (apart === 0) return 1;
  return Math.max(1, (variance(differences) / apart) * valuesPerIndependentOne(differences));
}
