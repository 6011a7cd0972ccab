/** The latest values of a series and what they come to. */
import type { EvidenceStore } from '../evidence/index.js';
import {
  DAY_MS,
  HOUR_MS,
  type Instant,
  instantOf,
  MINUTE_MS,
  type Series,
  shift,
  type Window,
} from '../model/index.js';

/** A value with its time; NaN where a stale marker stands. */
export interface Reading {
  readonly at: Instant;
  readonly value: number;
}

/** What the newest samples of a series come to. */
export interface SeriesFigures {
  /** Every sample of the last hours, oldest first. */
  readonly readings: readonly Reading[];
  /** Of the finite values; undefined when there are none. */
  readonly summary:
    | { readonly min: number; readonly median: number; readonly max: number; readonly count: number }
    | undefined;
}

/** The most samples that are read. */
const MOST_READINGS = 20_000;
/** At least the last hours, longer when nothing was sampled then, and less when too much was. */
const USUAL_MS = 6 * HOUR_MS;
const SPANS_MS = [5 * MINUTE_MS, HOUR_MS, USUAL_MS, DAY_MS, 7 * DAY_MS, 90 * DAY_MS] as const;

function summaryOf(readings: readonly Reading[]): SeriesFigures['summary'] {
  const sorted = readings
    .map(({ value }) => value)
    .filter(Number.isFinite)
    .sort((one, other) => one - other);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (min === undefined || max === undefined || upper === undefined || lower === undefined) return undefined;
  return { min, median: lower / 2 + upper / 2, max, count: sorted.length };
}

/** Samples of a series within a window; undefined when there are more than `limit`. */
export async function readingsOf(
  store: EvidenceStore,
  series: Series,
  window: Window,
  limit: number,
): Promise<readonly Reading[] | undefined> {
  const bounds = {
    from: 'sample',
    since: window.from,
    until: shift(window.to, -1),
    values: { seriesKey: [series.key] },
  } as const;
  if ((await store.countRows(bounds, limit)) > limit) return undefined;
  const columns = await store.samples([series.ref], window, limit);
  return columns.at.map((at, index) => ({ at, value: columns.value[index] ?? Number.NaN }));
}

/** The figures of the last hours before `now`; undefined when nothing was sampled for months, or too much at once. */
export async function figuresOf(
  store: EvidenceStore,
  series: Series,
  now: Instant,
): Promise<SeriesFigures | undefined> {
  let best: SeriesFigures | undefined;
  for (const span of SPANS_MS) {
    if (best !== undefined && span > USUAL_MS) break;
    const window = { from: instantOf(Math.max(0, now - span)), to: shift(now, 1) };
    const readings = await readingsOf(store, series, window, MOST_READINGS);
    if (readings === undefined) break;
    if (readings.length > 0) best = { readings, summary: summaryOf(readings) };
  }
  return best;
}
