/** What the port offers of series and their samples. */
import type { Identity, Instant, Labels, Series, SeriesRef, Window } from '../model/index.js';
import type {
  ActivityQuery,
  BucketColumns,
  BucketQuery,
  GroupSilence,
  GroupSilenceQuery,
  SeriesActivity,
  Silence,
  SilenceQuery,
} from './buckets.js';
import type { Drawing, DrawingQuery } from './drawing.js';

/** Which series; absent parts do not bound. */
export interface SeriesQuery {
  readonly services?: readonly string[];
  readonly metrics?: readonly string[];
  readonly keys?: readonly Identity[];
}

/** What a sample is found by. */
export interface SampleName {
  readonly series: SeriesRef;
  readonly at: Instant;
}

/** Samples by column in the order of series and time; a stale marker has the value NaN and its position in `stale`. */
export interface SampleColumns {
  readonly series: readonly SeriesRef[];
  readonly at: readonly Instant[];
  readonly value: readonly number[];
  readonly stale: readonly number[];
}

/** The series by their numbers, all of them in memory: nothing here waits or fails for the engine. */
export interface SeriesRegistry {
  /** The number of the series with these labels, made when it is new; durable with its first sample. */
  intern(labels: Labels): SeriesRef;
  /**
   * The same, but undefined where it would be a further one while there are `most`, or the labels of all have more than
   * `most` times 1,024 characters.
   */
  internWithin(labels: Labels, most: number): SeriesRef | undefined;
  /** Does some work without a pause; when it throws, the series that it made are forgotten again. */
  interning<T>(work: () => T): T;
  /** How many series there are. */
  readonly seriesCount: number;
  /** A series by its number. */
  seriesOf(ref: SeriesRef): Series;
  /** Series by what they are about, in the order they were made. */
  findSeries(query: SeriesQuery): readonly Series[];
}

/** Reads of samples. */
export interface SampleReads {
  /** Those of at most 10,000 samples that there are, by as many statements as they span days. */
  samplesNamed(names: readonly SampleName[]): Promise<SampleColumns>;
  /** Samples of some series in a window, at most `limit` rows; asking for more than there may be is an error. */
  samples(series: readonly SeriesRef[], window: Window, limit: number): Promise<SampleColumns>;
  /**
   * Samples or increases by buckets of time, by series or summed over groups of series; a signal stops the work. What went
   * to the archive is read from its roll-ups where buckets are made of whole ones, else from its files. Fails with
   * `archive-gone` where only roll-ups are left that are longer than what is asked.
   */
  buckets(query: BucketQuery, signal?: AbortSignal): Promise<BucketColumns>;
  /**
   * The samples of some series that a line through all of them needs, at a width in pixels; a signal stops the work. Fails
   * with `archive-gone` where files of the archive with some of them were deleted.
   */
  drawing(query: DrawingQuery, signal?: AbortSignal): Promise<Drawing>;
  /** Stretches in which a series had no samples. */
  silences(query: SilenceQuery): Promise<readonly Silence[]>;
  /** The same of groups of series, silent when all of a group are; in the order of groups and time. */
  groupSilences(query: GroupSilenceQuery): Promise<readonly GroupSilence[]>;
  /** The series that spoke within a window, in the order of their numbers. */
  activity(query: ActivityQuery): Promise<readonly SeriesActivity[]>;
}
