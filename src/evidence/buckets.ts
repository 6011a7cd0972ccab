/** What {@link EvidenceStore.buckets} and {@link EvidenceStore.silences} are asked and answer. */
import type { Instant, SeriesRef, Window } from '../model/index.js';

/**
 * An increase of a counter is counted only when the sample before it lies at most so far back, in milliseconds: beyond
 * it the series was silent, and nobody knows in which of its minutes the increase came. As long as "stalled" takes.
 */
export const CARRIED_MS = 300_000;

/** Series to put into buckets of time, alone or in groups. */
export interface BucketQuery {
  /** Each group is answered as one; a series may be in several. A group of one series is that series. */
  readonly groups: readonly (readonly SeriesRef[])[];
  /** Only samples in it count; buckets at its edges hold what lies inside. */
  readonly window: Window;
  /** How long a bucket is, in whole milliseconds; buckets begin at multiples of it since the epoch, or since `origin`. */
  readonly stepMs: number;
  /** Where a bucket begins, for weeks that start on a Monday or a bucket as long as the window. */
  readonly origin?: Instant;
  /**
   * `value` takes samples as they are. `increase` takes what a counter grew by since the sample before, which may lie
   * before the window, by at most {@link CARRIED_MS}; a fall is a restart from zero, and the first sample of a series
   * tells nothing. It counts in the bucket of the sample that shows it.
   */
  readonly figure: 'value' | 'increase';
  /** Shares 0..1 of the quantiles wanted of each bucket, linear between neighbours; 0.5 is the median. */
  readonly quantiles?: readonly number[];
  /** Leaves every other column but `group` and `at` empty, in half the time; only with quantiles. */
  readonly quantilesOnly?: true;
  /** At most so many buckets in all; more are an error, never a part. */
  readonly limit: number;
}

/**
 * Buckets by column, in the order of groups and time. A bucket without a sample is not there, and staleness markers,
 * NaN and infinities are no samples. Values are in the unit of the series.
 */
export interface BucketColumns {
  readonly length: number;
  /** The position of the group in the query. */
  readonly group: Uint32Array;
  /** The begin of the bucket, in milliseconds since the epoch. */
  readonly at: Float64Array;
  /** Samples (or increases) in it, and how many series of the group they come from. */
  readonly count: Float64Array;
  readonly series: Float64Array;
  readonly sum: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** The last of each series in the bucket, summed over the series: the level of a group at the bucket's end. */
  readonly last: Float64Array;
  /** One column for each share asked for, over all samples of the bucket. */
  readonly quantiles: readonly Float64Array[];
  /**
   * True when only roll-ups are left of some samples: each of these counts in quantiles as one sample, with its mean.
   * Everything else is as it would be from the samples themselves.
   */
  readonly isCoarse?: true;
}

/** Which series to look through for stretches without samples. */
export interface SilenceQuery {
  readonly series: readonly SeriesRef[];
  readonly window: Window;
  /** Longer than so many milliseconds without a sample is a silence. */
  readonly longerThanMs: number;
}

/** A stretch without samples of a series that had one in the window. */
export interface Silence {
  readonly series: SeriesRef;
  /** The time and the value of the last sample before it; staleness markers are no samples. */
  readonly from: Instant;
  readonly lastValue: number;
  /** The time of the next sample; undefined when there is none before the window's end: it is silent still. */
  readonly until: Instant | undefined;
}

/** When series spoke within a window. */
export interface ActivityQuery {
  readonly window: Window;
  /** All series unless given. */
  readonly series?: readonly SeriesRef[];
}

/** What a series sent within a window; staleness markers, NaN and infinities are no samples. */
export interface SeriesActivity {
  readonly series: SeriesRef;
  readonly samples: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

/** Which groups of series to look through for stretches in which none of the group had a sample. */
export interface GroupSilenceQuery {
  /** A series belongs to one group at most. */
  readonly groups: readonly (readonly SeriesRef[])[];
  readonly window: Window;
  /** Longer than so many milliseconds without a sample is a silence. */
  readonly longerThanMs: number;
  /** At most so many silences in all; more are an error, never a part. */
  readonly limit: number;
}

/** A stretch without samples of a group that had one in the window before it. */
export interface GroupSilence {
  /** The position of the group in the query. */
  readonly group: number;
  /** The time of the last sample before it, and of the next one; undefined when it is silent still at the window's end. */
  readonly from: Instant;
  readonly until: Instant | undefined;
}
