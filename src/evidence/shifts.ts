/** How what is measured moved from one window to another: what is asked of the store, and what it answers. */
import type { EventKind, Identity, Instant, SeriesRef, Window } from '../model/index.js';

/** Deviations are cut off here, in spreads: beyond it, more says nothing more. */
export const DEVIATION_CAP = 1_000;

/** In how many slots of equal length the course of the recent window is told. */
export const SLOTS = 12;

/** How the values of something measured moved from one window to another; see `duckdb/figure-changes.ts`. */
export interface Shift {
  /**
   * What was compared: `value` the samples as they are (gauges), `rate` the increase per second of a counter, `mean`
   * the increase of a `_sum` over that of its `_count`, `p50`, `p95` and `p99` quantiles of a histogram's increase.
   */
  readonly figure: 'value' | 'rate' | 'mean' | 'p50' | 'p95' | 'p99';
  /** Samples in the baseline and in the recent window. */
  readonly baselineCount: number;
  readonly recentCount: number;
  /** Median and spread (scaled median absolute deviation, floored relative to the series' size) of the baseline. */
  readonly baselineMedian: number;
  readonly baselineSpread: number;
  /** The most extreme smoothed value of the recent window, and the median after the onset. */
  readonly peak: number;
  /** The time of the sample at the peak. */
  readonly peakAt: Instant;
  readonly recentMedian: number;
  /** The mean over the whole recent window: what adds up. */
  readonly recentMean: number;
  /** The same for each of {@link SLOTS} equal parts of the window; undefined where a part has no sample. */
  readonly course: readonly (number | undefined)[];
  /** (peak - baselineMedian) / baselineSpread, signed, cut off at {@link DEVIATION_CAP}. */
  readonly deviation: number;
  /** The time of the sample at which the change began; undefined when there is none that lasted. */
  readonly onsetAt: Instant | undefined;
  /** The onset, or when the first of the samples was due that are missing right before it: it began no later than that sample shows. */
  readonly begunAt: Instant | undefined;
  /** The time of its last sample when the change ended again; undefined while it lasts. */
  readonly untilAt: Instant | undefined;
  /** Of a rate: how much more than usual was counted during the change, in the counter's unit. */
  readonly excess: number | undefined;
  /** Of a rate, a mean or a quantile: the sample before the peak, from which on the peak's increase was counted. */
  readonly peakSince: Instant | undefined;
  /**
   * Where the baseline ends: the start of the recent window, or later where less lies before it than after it; the same
   * for all series of a query.
   */
  readonly recentFrom: Instant;
}

/** How the values of one series moved, or of the buckets of one histogram. */
export interface SeriesShift extends Shift {
  /** Of a histogram the bucket that the quantile was in at the peak. */
  readonly series: SeriesRef;
  /** Of a histogram: the next lower bucket at the peak, where there is one. */
  readonly bucketBelow: SeriesRef | undefined;
  /** Of a mean: the series of counts that the sum was divided by. */
  readonly divisor: SeriesRef | undefined;
}

/** What events measure beside samples. */
export const measuredBy = ['queue depth', 'task latency', 'active workers', 'log lines'] as const;

/** One of them. */
export type MeasuredBy = (typeof measuredBy)[number];

/** What to read in {@link EvidenceStore.eventFigures}. */
export interface EventFigureQuery {
  readonly measures: MeasuredBy;
  readonly services: readonly string[];
  readonly window: Window;
  /** How many columns of pixels the window is cut into; of each the least and the greatest figure are told. */
  readonly columns: number;
}

/** What events measured, in the order of time; see {@link MeasuredBy}. */
export interface EventFigures {
  readonly service: string;
  /** The queue, or the level of what was logged in lower case; empty elsewhere. */
  readonly part: string;
  /** Milliseconds since the epoch. */
  readonly at: Float64Array;
  readonly value: Float64Array;
}

/** How something moved that events measure. */
export interface EventShift extends Shift {
  readonly measures: MeasuredBy;
  readonly service: string;
  /** The queue, or the level of what was logged in lower case; empty elsewhere. */
  readonly part: string;
  /** The receipts that stand at the onset and at the peak, or last before them. */
  readonly receipts: readonly { readonly kind: EventKind; readonly at: Instant; readonly id: Identity }[];
}

/** What a comparison goes by. */
export interface ShiftRules {
  /** The spread of a series is at least this part of its median's size, and of its largest size before. */
  readonly floorOfMedian: number;
  readonly floorOfSize: number;
  /** The spread of a series that was nothing but zero, as a part of its largest size since. */
  readonly floorOfZero: number;
  /** A change that ends again counts when it covers so many samples; dips of fewer samples do not end it. */
  readonly lastingSamples: number;
  /** A change of fewer samples that ends again counts when they stand for so many milliseconds. */
  readonly lastingMs: number;
  /** The part of the whole span that must lie before the recent window for that to be the baseline. */
  readonly leastBefore: number;
  /** So many samples a series before the recent window are a baseline, however short. */
  readonly enoughBefore: number;
  /** Samples further apart than so many milliseconds are not smoothed. */
  readonly smoothedMs: number;
  /** A gap of more than so many mean steps lacks a sample. */
  readonly lostSteps: number;
  /** A jump by this part of the peak is where a change began, though the series had crept over the threshold before. */
  readonly stepOfPeak: number;
  /** Beyond so many spreads more says nothing more about where a change lies. */
  readonly sizeCap: number;
  /** How long before an onset counts as "just before", in milliseconds. */
  readonly justBeforeMs: number;
}

/** What to compare in {@link EvidenceStore.shifts}. */
export interface ShiftQuery {
  readonly series: readonly SeriesRef[];
  /** What is usual; where it overlaps the recent window, that is left out of it. */
  readonly baseline: Window;
  readonly recent: Window;
  /** How many spreads away from the median counts as a change, at least; more where very many values are compared. */
  readonly threshold: number;
  readonly rules: ShiftRules;
}

/** What to compare in {@link EvidenceStore.eventShifts}. */
export interface EventShiftQuery extends Omit<ShiftQuery, 'series'> {
  readonly services: readonly string[];
}
