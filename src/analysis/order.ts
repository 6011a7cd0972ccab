/** Ranks, ties and order statistics: what the rank tests stand on. */
import { quantile } from './statistics.js';

/** 1.4826, which makes the median absolute deviation of normal values their standard deviation: 1 / z(3/4). */
export const MAD_TO_DEVIATION = 1.482602218505602;

/** The values in ascending order. */
export function ascending(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** The median; undefined for no values. */
export function median(values: Iterable<number>): number | undefined {
  return quantile([...ascending(values)], 0.5);
}

/** The sizes of the groups of equal values among values in ascending order. */
export function tieSizes(sorted: Float64Array): readonly number[] {
  const sizes: number[] = [];
  let first = 0;
  for (let next = 1; next <= sorted.length; next++) {
    if (next < sorted.length && sorted[next] === sorted[first]) continue;
    sizes.push(next - first);
    first = next;
  }
  return sizes;
}

/** The rank of each value, from 1; equal values share the mean of theirs. */
export function midranks(values: readonly number[]): readonly number[] {
  const rankOf = new Map<number, number>();
  const sorted = ascending(values);
  let before = 0;
  for (const size of tieSizes(sorted)) {
    rankOf.set(sorted[before] ?? Number.NaN, before + (size + 1) / 2);
    before += size;
  }
  return values.map((value) => rankOf.get(value) ?? Number.NaN);
}

function swap(values: Float64Array, one: number, other: number): void {
  const kept = values[one] ?? 0;
  values[one] = values[other] ?? 0;
  values[other] = kept;
}

/**
 * The value at a place (from 0) of the ascending order, in time proportional to the number of values, which it moves
 * about (Hoare's selection, the pivot from the middle of three).
 */
export function selectInPlace(values: Float64Array, place: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const middle = (left + right) >> 1;
    if ((values[middle] ?? 0) < (values[left] ?? 0)) swap(values, middle, left);
    if ((values[right] ?? 0) < (values[left] ?? 0)) swap(values, right, left);
    if ((values[right] ?? 0) < (values[middle] ?? 0)) swap(values, right, middle);
    const pivot = values[middle] ?? 0;
    let from = left;
    let to = right;
    while (from <= to) {
      while ((values[from] ?? 0) < pivot) from++;
      while ((values[to] ?? 0) > pivot) to--;
      if (from <= to) swap(values, from++, to--);
    }
    if (place <= to) right = to;
    else if (place >= from) left = from;
    else break;
  }
  return values[place] ?? Number.NaN;
}

/** The median of values, which it moves about; NaN for none. */
export function medianInPlace(values: Float64Array): number {
  const half = values.length >> 1;
  const upper = selectInPlace(values, half);
  if (values.length % 2 === 1) return upper;
  return (selectInPlace(values, half - 1) + upper) / 2;
}

/** The robust standard deviation: the median distance from the median, scaled; undefined for no values. */
export function robustDeviation(values: readonly number[]): number | undefined {
  const middle = median(values);
  if (middle === undefined) return undefined;
  return MAD_TO_DEVIATION * (median(values.map((value) => Math.abs(value - middle))) ?? 0);
}
