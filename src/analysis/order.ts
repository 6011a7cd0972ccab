/** Ranks, ties and order statistics: what the rank tests stand on. */
import { quantile } from './statistics.js';

/** 1.4826, which makes the median absolute deviation of normal values their standard deviation: 1 / z(3/4). */
export const MAD_TO_DEVIATION = 1.482602218505602;

/** The values in ascending order. */
export function ascending(values: ArrayLike<number>): Float64Array {
  return new Float64Array(values).sort();
}

/** The median of each value and its neighbours, as many as there are of `reach` on either side. */
export function runningMedians(values: readonly number[], reach: number): readonly number[] {
  const nearby = new Float64Array(2 * reach + 1);
  return values.map((_, item) => {
    const from = Math.max(0, item - reach);
    const to = Math.min(values.length, item + reach + 1);
    for (let next = from; next < to; next++) {
      const value = values[next] ?? 0;
      let place = next - from;
      for (; place > 0 && (nearby[place - 1] ?? 0) > value; place--) nearby[place] = nearby[place - 1] ?? 0;
      nearby[place] = value;
    }
    return quantile(nearby.subarray(0, to - from), 0.5) ?? 0;
  });
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

/** Beyond so many values the pivot is found among a sample of them. */
const SAMPLED_FROM = 600;

/** A stretch of so many values around a place that most likely holds the value that belongs there (Floyd and Rivest). */
function sampleAround(place: number, left: number, right: number): readonly [left: number, right: number] {
  const n = right - left + 1;
  const rank = place - left + 1;
  const log = Math.log(n);
  const size = 0.5 * Math.exp((2 * log) / 3);
  const slack = 0.5 * Math.sqrt((log * size * (n - size)) / n) * Math.sign(rank - n / 2);
  return [
    Math.max(left, Math.floor(place - (rank * size) / n + slack)),
    Math.min(right, Math.floor(place + ((n - rank) * size) / n + slack)),
  ];
}

/**
 * The value at a place (from 0) of the ascending order, in time proportional to the number of values, which it moves
 * about: none before the place is greater then, none after it smaller. Where that holds of the ends of a stretch already,
 * `left` and `right` confine it to the stretch (Floyd and Rivest, Algorithm 489, CACM 18, 1975).
 */
export function selectInPlace(
  values: Float64Array,
  place: number,
  left = 0,
  right = values.length - 1,
): number {
  while (left < right) {
    if (right - left > SAMPLED_FROM) selectInPlace(values, place, ...sampleAround(place, left, right));
    const pivot = values[place] ?? 0;
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

/** The greatest of the values before a place. */
function greatestBefore(values: Float64Array, place: number): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let each = 0; each < place; each++) greatest = Math.max(greatest, values[each] ?? greatest);
  return greatest;
}

/** The median of values, which it moves about as {@link selectInPlace} does for the middle; NaN for none. */
export function medianInPlace(values: Float64Array): number {
  const half = values.length >> 1;
  const upper = selectInPlace(values, half);
  if (values.length % 2 === 1) return upper;
  return half === 0 ? Number.NaN : (greatestBefore(values, half) + upper) / 2;
}

/** The median, linear between the two in the middle as {@link quantile} is; undefined for no values. */
export function median(values: ArrayLike<number>): number | undefined {
  if (values.length === 0) return undefined;
  const moved = new Float64Array(values);
  const half = moved.length >> 1;
  const upper = selectInPlace(moved, half);
  if (moved.length % 2 === 1) return upper;
  const lower = greatestBefore(moved, half);
  return lower + (upper - lower) * 0.5;
}

/** The robust standard deviation: the median distance from the median, scaled; undefined for no values. */
export function robustDeviation(values: readonly number[]): number | undefined {
  const middle = median(values);
  if (middle === undefined) return undefined;
  return MAD_TO_DEVIATION * (median(values.map((value) => Math.abs(value - middle))) ?? 0);
}
