import { normalQuantile, twoSidedP } from '../normal.js';
import { ascending, medianInPlace, midranks, selectInPlace, tieSizes } from '../order.js';
import type { Estimate } from '../trend/theil-sen.js';

/** The most values of an arm: all pairs of the two arms are looked at, 4 million for so many (32 MB). */
export const MOST_VALUES = 2_000;

/** The values of two arms. */
export interface Arms {
  readonly treated: readonly number[];
  readonly control: readonly number[];
}

/** How two arms compare by the ranks of their values. */
export interface RankComparison {
  /** Pairs in which the treated value is the greater, ties as halves. */
  readonly u: number;
  /** The standard deviation of `u` between arms that are alike, with ties and inflation. */
  readonly deviation: number;
  /** How many deviations `u` lies above what is expected of arms that are alike, less the continuity correction. */
  readonly z: number;
  /** The probability of such a `u`, up or down, when it is looked at once. */
  readonly p: number;
}

function deviationOf({ treated, control }: Arms): number {
  const n = treated.length + control.length;
  const sizes = tieSizes(ascending([...treated, ...control]));
  const ties = sizes.reduce((sum, size) => sum + size ** 3 - size, 0) / (n * (n - 1));
  return Math.sqrt(Math.max(0, ((treated.length * control.length) / 12) * (n + 1 - ties)));
}

/**
 * Whether the values of one arm tend to be greater than those of the other (Mann and Whitney 1947), with corrections for
 * ties and continuity, by the normal approximation. `inflation` >= 1 widens the variance where neighbours in time are
 * alike. Undefined when an arm is empty.
 */
export function mannWhitney(arms: Arms, inflation = 1): RankComparison | undefined {
  const { treated, control } = arms;
  if (treated.length === 0 || control.length === 0) return undefined;
  const ranks = midranks([...treated, ...control]);
  const sum = ranks.slice(0, treated.length).reduce((total, rank) => total + rank, 0);
  const u = sum - (treated.length * (treated.length + 1)) / 2;
  const deviation = deviationOf(arms) * Math.sqrt(Math.max(1, inflation));
  const above = u - (treated.length * control.length) / 2;
  const z = deviation > 0 ? (Math.sign(above) * Math.max(0, Math.abs(above) - 0.5)) / deviation : 0;
  return { u, deviation, z, p: twoSidedP(z) };
}

/** The last values of an arm, when there are more than can be compared pair by pair. */
const latest = (values: readonly number[]): readonly number[] => values.slice(-MOST_VALUES);

/**
 * By how much the treated values are shifted: the median of all differences treated - control (Hodges and Lehmann 1963),
 * with the interval of the shifts that {@link mannWhitney} would not call a difference at a critical z: 1.96 for 95 %
 * when looked at once. The interval is unbounded while the arms are too short for the critical z. Of longer arms the
 * last {@link MOST_VALUES} count. Undefined when an arm is empty.
 */
export function hodgesLehmann(
  arms: Arms,
  criticalZ = normalQuantile(0.975),
  inflation = 1,
): Estimate | undefined {
  const [treated, control] = [latest(arms.treated), latest(arms.control)];
  const comparison = mannWhitney({ treated, control }, inflation);
  if (comparison === undefined) return undefined;
  const differences = new Float64Array(treated.length * control.length);
  let next = 0;
  for (const one of treated) for (const other of control) differences[next++] = one - other;
  const outside = Math.floor(differences.length / 2 - criticalZ * comparison.deviation);
  const value = medianInPlace(differences);
  if (!(outside >= 1)) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return {
    value,
    low: selectInPlace(differences, outside - 1),
    high: selectInPlace(differences, differences.length - outside),
  };
}
