/** What {@link EvidenceStore.drawing} is asked and answers. */
import type { SeriesRef, Window } from '../model/index.js';

/** Series to draw, each as so many columns of pixels side by side. */
export interface DrawingQuery {
  readonly series: readonly SeriesRef[];
  readonly window: Window;
  /** How many columns the window is cut into, all of the same length. */
  readonly columns: number;
}

/** Series as they are to be drawn; those without samples in the window are not in it. */
export type Drawing = ReadonlyMap<SeriesRef, DrawnLine>;

/**
 * The samples that a line needs to look as if it were drawn through all of them, in the order of time: of each column the
 * first, the last, the least and the greatest finite one (M4: Jugel et al., VLDB 2014), and, where there are any, the
 * last staleness marker and the last NaN or infinity, which break the line. No value is made up.
 */
export interface DrawnLine {
  /** Milliseconds since the epoch. */
  readonly at: Float64Array;
  /** The values as recorded; NaN where `stale` says that it is none. */
  readonly value: Float64Array;
  /** The positions of staleness markers. */
  readonly stale: ReadonlySet<number>;
  /** What its finite samples come to; undefined without any. */
  readonly extent: DrawingExtent | undefined;
}

/** What the finite samples of one series come to. */
export interface DrawingExtent {
  readonly samples: number;
  /** Milliseconds since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly least: number;
  readonly greatest: number;
}
