/** Quantiles of latency from the buckets of a classic histogram of Prometheus. */
import type { Line } from './line.js';
import { namesOfSeries, type SeriesLabel } from './series-names.js';

/** The counter of one bucket. */
export interface Bucket extends Pick<Line, 'times' | 'values'> {
  readonly labels: readonly SeriesLabel[];
}

/** A quantile is of what was observed in so many milliseconds. */
const OVER_MS = 60_000;

/** Which quantiles are drawn of a few histograms, and of many: more lines than these tell nothing. */
const [OF_FEW, OF_MANY] = [[0.5, 0.95, 0.99], [0.95]];
const FEW = 2;

interface Counter {
  readonly bound: number;
  readonly at: ReadonlyMap<number, number | null>;
}

const boundOf = ({ labels }: Bucket): number => {
  const text = labels.find(({ name }) => name === 'le')?.value ?? '';
  return text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
};

/** As `histogram_quantile` of Prometheus: linear within a bucket; beyond the last bound, that bound. */
function quantileOf(
  share: number,
  counts: readonly (readonly [bound: number, count: number])[],
): number | null {
  const total = counts.at(-1)?.[1] ?? 0;
  if (!(total > 0)) return null;
  const rank = share * total;
  const place = counts.findIndex(([, count]) => count >= rank);
  const [below, under] = counts[place - 1] ?? [0, 0];
  const [bound, count] = counts[place] ?? [below, under];
  if (!Number.isFinite(bound)) return below;
  return count === under ? bound : below + ((bound - below) * (rank - under)) / (count - under);
}

/** How much each bucket counted between two times; undefined where one of them is not known, or began anew. */
function countedBetween(counters: readonly Counter[], from: number, to: number) {
  const counts: (readonly [number, number])[] = [];
  for (const { bound, at } of counters) {
    const [before, after] = [at.get(from), at.get(to)];
    if (before == null || after == null || after < before) return undefined;
    counts.push([bound, after - before]);
  }
  return counts;
}

function linesOf(buckets: readonly Bucket[], name: string, shares: readonly number[]): readonly Line[] {
  const counters = buckets
    .map(
      (one): Counter => ({
        bound: boundOf(one),
        at: new Map(one.times.map((time, place) => [time, one.values[place] ?? null])),
      }),
    )
    .sort((a, b) => a.bound - b.bound);
  const times = buckets[0]?.times ?? [];
  let start = 0;
  const counts = times.map((time) => {
    while ((times[start + 1] ?? Number.POSITIVE_INFINITY) <= time - OVER_MS) start++;
    const from = times[start] ?? time;
    return time - from < OVER_MS ? undefined : countedBetween(counters, from, time);
  });
  return shares.map((share) => ({
    name: `${name}p${100 * share}`,
    times,
    values: counts.map((one) => (one === undefined ? null : quantileOf(share, one))),
  }));
}

/** Quantiles of each histogram among buckets, over a minute each; histograms differ in other labels than `le`. */
export function quantilesOf(buckets: readonly Bucket[]): readonly Line[] {
  const groups = new Map<string, Bucket[]>();
  for (const one of buckets) {
    const key = JSON.stringify(one.labels.filter(({ name }) => name !== 'le'));
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const all = [...groups.values()];
  const names = namesOfSeries(all.map(([first]) => first?.labels.filter(({ name }) => name !== 'le') ?? []));
  const shares = all.length > FEW ? OF_MANY : OF_FEW;
  return all.flatMap((group, place) => linesOf(group, all.length === 1 ? '' : `${names[place]}, `, shares));
}
