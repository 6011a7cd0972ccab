/** What {@link EvidenceStore.tallyLevels} and {@link EvidenceStore.tallyEvents} are asked and answer. */
import type { Instant, SeriesRef, Window } from '../model/index.js';

/**
 * Where to count: stretches of time that do not overlap, in their order, each `from < t <= to`; or even steps of a
 * window. A slice of time counts where it ends, so that a minute's sample at its end counts to that minute.
 */
export type TallyBands = readonly Window[] | { readonly window: Window; readonly stepMs: number };

/** Slices of time in which series are judged together. */
interface TallyPart {
  /** How long a slice is, in whole milliseconds, a part of a day; slices end at multiples of it since the epoch. */
  readonly sliceMs: number;
  /** Only slices that end within `from < t <= to`. */
  readonly within: Window;
}

/** A slice is good when the mean of each series that has samples in it keeps the bound, the bound itself included. */
export interface LevelPart extends TallyPart {
  readonly series: readonly SeriesRef[];
  readonly direction: 'at_most' | 'at_least';
  readonly bound: number;
}

/** Good (or bad) events of all events, by the increases of counters, which are counted as `buckets` does. */
export interface EventPart extends TallyPart {
  readonly total: readonly SeriesRef[];
  readonly counted: readonly SeriesRef[];
  readonly counts: 'good' | 'bad';
  /**
   * When given, slices are counted in the place of events: one with events is good when so large a share of them, 0..1,
   * is good.
   */
  readonly sliceTarget?: number;
}

/** How many good and bad there were, in one statement for many parts. */
export interface TallyQuery<P> {
  readonly parts: readonly P[];
  readonly bands: TallyBands;
  /** At most so many rows, of one part and band each; more are an error. */
  readonly limit: number;
}

/** The same of levels. */
export interface LevelTallyQuery extends TallyQuery<LevelPart> {
  /**
   * Leaves out slices further than three robust deviations (1.4826 times the median absolute deviation) from the median
   * of their part over all bands; none where that deviation is 0.
   */
  readonly withoutOutliers?: boolean;
  /** Tells the first and the last sample that stands for a bad slice. */
  readonly marks?: boolean;
}

/** What was counted of a part in a band that has data. */
export interface Tally {
  /** The positions of the part and the band in the query. */
  readonly part: number;
  readonly band: number;
  /** Slices with data. */
  readonly known: number;
  /**
   * Slices or events, and those of them that were bad. Counters are not all read at the same instant, so that bad events
   * of a short band can be a little below 0 or above all.
   */
  readonly total: number;
  readonly bad: number;
}

/** The last sample of a series within a bad slice. */
export interface TallyMark {
  readonly series: SeriesRef;
  readonly at: Instant;
}

/** The same of levels. */
export interface LevelTally extends Tally {
  /** The level of the last slice: of the series that is worst. */
  readonly latest: number;
  /** Slices that were left out. */
  readonly outliers: number;
  /** From what was asked with `marks`. */
  readonly firstBad: TallyMark | undefined;
  readonly lastBad: TallyMark | undefined;
}
