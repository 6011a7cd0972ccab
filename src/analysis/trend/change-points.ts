/**
 * Where a series changes its level or its slope. Optimal partitioning with pruning (PELT: Killick, Fearnhead and Eckley,
 * JASA 107, 2012) over straight segments, which binary segmentation misses where a series falls and rises again. A
 * segment's cost is the squares left beside its line, after spikes are cut to what their neighbours allow, in units of the
 * long-run variance; that comes from differences, so that the changes themselves do not enter it, and grows with the
 * memory of the noise, which otherwise looks like changes of level.
 */
import { MAD_TO_DEVIATION, median, runningMedians } from '../order.js';
import { MOST_POINTS } from './theil-sen.js';

/** A segment has at least so many points: fewer have no slope worth the name. */
export const LEAST_SEGMENT = 8;

/** Points on either side that say how far a point may lie from them. */
const NEIGHBOURS = 3;
const SPIKE_DEVIATIONS = 3;

/**
 * A change adds a level, a slope and a place; each costs so many times ln n. White noise then makes fewer than one series
 * in 100 change, noise with a memory of 0.5 about one in 12, of 0.8 one in six.
 */
const PENALTY_OF_PARAMETER = 1.6;
const PARAMETERS = 3;

/** Values whose spikes are cut to three robust deviations from the median of their neighbours (Hampel's filter). */
function withoutSpikes(values: readonly number[]): readonly number[] {
  const middles = runningMedians(values, NEIGHBOURS);
  const distances = values.map((value, item) => Math.abs(value - (middles[item] ?? value)));
  const limit = SPIKE_DEVIATIONS * MAD_TO_DEVIATION * (median(distances) ?? 0);
  if (limit === 0) return values;
  return values.map((value, item) => {
    const middle = middles[item] ?? value;
    return Math.min(middle + limit, Math.max(middle - limit, value));
  });
}

const stepDeviation = (values: readonly number[], lag: number): number =>
  MAD_TO_DEVIATION *
  (median(values.slice(lag).map((value, item) => Math.abs(value - (values[item] ?? value)))) ?? 0);

/**
 * The long-run variance of the noise of a first-order autoregressive series with changes in it, by robust differences at
 * lags 1 and 2 (Chakar, Lebarbier, Levy-Leduc and Robin, A robust approach for estimating change-points in the mean of an
 * AR(1) process, Bernoulli 23, 2017).
 */
function longRunVariance(values: readonly number[]): number {
  const [one, two] = [stepDeviation(values, 1) ** 2, stepDeviation(values, 2) ** 2];
  if (one === 0) return two / 2;
  const memory = Math.min(0.9, Math.max(0, two / one - 1));
  const fresh = (one * (1 + memory)) / 2;
  return fresh / (1 - memory) ** 2;
}

/** Sums from the start, from which the squares left beside the line of any segment follow at once. */
class Lines {
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #products: Float64Array;

  constructor(values: readonly number[]) {
    const n = values.length;
    this.#sums = new Float64Array(n + 1);
    this.#squares = new Float64Array(n + 1);
    this.#products = new Float64Array(n + 1);
    for (const [item, value] of values.entries()) {
      this.#sums[item + 1] = (this.#sums[item] ?? 0) + value;
      this.#squares[item + 1] = (this.#squares[item] ?? 0) + value * value;
      this.#products[item + 1] = (this.#products[item] ?? 0) + value * item;
    }
  }

  /** The squares left of points from <= item < to. */
  left(from: number, to: number): number {
    const n = to - from;
    const sum = (this.#sums[to] ?? 0) - (this.#sums[from] ?? 0);
    const squares = (this.#squares[to] ?? 0) - (this.#squares[from] ?? 0);
    const products = (this.#products[to] ?? 0) - (this.#products[from] ?? 0);
    const product = products - ((from + to - 1) / 2) * sum;
    const squaresOfPlaces = (n * (n * n - 1)) / 12;
    return Math.max(0, squares - (sum * sum) / n - (product * product) / squaresOfPlaces);
  }
}

/** For each length, where the last segment of the best partition of so many points begins. */
function lastBegins(values: readonly number[], penalty: number): Int32Array {
  const lines = new Lines(values);
  const best = new Float64Array(values.length + 1).fill(Number.POSITIVE_INFINITY);
  best[0] = -penalty;
  const begins = new Int32Array(values.length + 1);
  const costs = new Float64Array(values.length + 1);
  /** Where the last segment may begin, ascending: the first `many` of them. */
  const candidates = new Int32Array(values.length + 1);
  let many = 1;
  for (let to = LEAST_SEGMENT; to <= values.length; to++) {
    let least = Number.POSITIVE_INFINITY;
    for (let item = 0; item < many; item++) {
      const from = candidates[item] ?? 0;
      const cost = (best[from] ?? 0) + lines.left(from, to);
      costs[item] = cost;
      if (cost < least) [least, begins[to]] = [cost, from];
    }
    best[to] = least + penalty;
    let kept = 0;
    for (let item = 0; item < many; item++) {
      if ((costs[item] ?? 0) <= least + penalty) candidates[kept++] = candidates[item] ?? 0;
    }
    many = kept;
    const next = to + 1 - LEAST_SEGMENT;
    if (next >= LEAST_SEGMENT) candidates[many++] = next;
  }
  return begins;
}

/**
 * The positions at which a new segment begins, ascending, for evenly spaced values in the order of time, at most
 * {@link MOST_POINTS} of them; none for a series that is too short or one line all along.
 */
export function changePoints(values: readonly number[]): readonly number[] {
  const n = values.length;
  if (n < 2 * LEAST_SEGMENT || n > MOST_POINTS) return [];
  const middle = median(values) ?? 0;
  const smooth = withoutSpikes(values).map((value) => value - middle);
  const size = Math.max(...smooth.map(Math.abs));
  if (size === 0) return [];
  // A series of a few levels has no noise by its differences; a millionth of its size keeps rounding from being changes.
  const variance = Math.max(longRunVariance(smooth), (1e-6 * size) ** 2);
  const begins = lastBegins(smooth, PENALTY_OF_PARAMETER * PARAMETERS * Math.log(n) * variance);
  const found: number[] = [];
  for (let from = begins[n] ?? 0; from > 0; from = begins[from] ?? 0) found.unshift(from);
  return found;
}
