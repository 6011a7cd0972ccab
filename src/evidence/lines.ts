/** Which rows of the tables, and how a line of text is written of each. */
import type { EventKind, FieldType, Instant } from '../model/index.js';

/**
 * Bounds of a set of rows for `EvidenceStore.render` and `EvidenceStore.countRows`. Absent parts do not
 * bound. `values` bounds columns to lists of texts or numbers.
 */
export interface RowBounds {
  readonly from: 'event' | 'sample' | 'rollup' | 'series';
  readonly kinds?: readonly EventKind[];
  /** Inclusive bounds of the time, in milliseconds. */
  readonly since?: Instant;
  readonly until?: Instant;
  readonly values?: Readonly<Record<string, readonly (string | number)[]>>;
  /** Only so many of them, whichever the store comes to first. Not for `EvidenceStore.select`. */
  readonly atMost?: number;
}

/** A piece of a line of text that the store writes for each row. */
export type Piece =
  /** Text as it stands. */
  | { readonly text: string }
  /**
   * A column, written as: `plain` the bare value; `literal` escaped for the inside of an N-Triples string; `segment`
   * percent-encoded as a segment of a path; `instant` RFC 3339 with milliseconds; `basic-instant` the time segment
   * of an IRI; `double` the lexical form of xsd:double; `integer` that of xsd:integer; `boolean` true or false.
   */
  | {
      readonly column: string;
      readonly as:
        | 'plain'
        | 'literal'
        | 'segment'
        | 'instant'
        | 'basic-instant'
        | 'double'
        | 'integer'
        | 'boolean';
    };

/**
 * A line to write for each row whose columns named in it are all present (not null). `each` names a list column
 * (`cites`) or the pairs of `labels`: the line is then written once for each element, whose parts are the columns
 * `element`, or `name` and `value`.
 */
export interface LineTemplate {
  readonly pieces: readonly Piece[];
  readonly each?: string;
  /** Write the line only for rows of these kinds. */
  readonly kinds?: readonly EventKind[];
}

/** The columns that {@link RowBounds} and {@link Piece} may name, with their types, by table. */
export const rowColumns = {
  sample: {
    at: 'instant',
    value: 'number',
    /** 'true' for staleness markers. */
    stale: 'boolean',
    seriesKey: 'text',
    metric: 'text',
    service: 'text',
    component: 'text',
  },
  /** Sums and extremes are of finite samples; `increase` is there of counters only. */
  rollup: {
    /** When it begins, and how long it is: `minute` or `hour`, and the same in milliseconds. */
    at: 'instant',
    span: 'text',
    spanMs: 'integer',
    sampleCount: 'integer',
    sampleSum: 'number',
    sampleMin: 'number',
    sampleMax: 'number',
    sampleLast: 'number',
    increase: 'number',
    seriesKey: 'text',
    metric: 'text',
    service: 'text',
    component: 'text',
  },
  series: { seriesKey: 'text', metric: 'text', service: 'text', component: 'text' },
  /** Beside these, every field of every kind. */
  event: { kind: 'text', id: 'text', at: 'instant', receivedAt: 'instant', door: 'text', service: 'text' },
} as const satisfies Record<string, Readonly<Record<string, FieldType>>>;
