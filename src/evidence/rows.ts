/**
 * A small relational algebra over the tables of the store, in which other rooms say what they want and the engine
 * behind the port decides how. A plan names no SQL and no engine; its values are bound, never written into a statement.
 */
import type { EventKind } from '../model/index.js';
import type { RowBounds } from './lines.js';

/**
 * Where a column of a {@link RowScan} comes from: a column of the table, of those kinds of events only where kinds are
 * given; the value of a label; a text that all rows have; or the path of the row's IRI below `/id/`.
 */
export type ScanColumn =
  | { readonly type: 'column'; readonly name: string; readonly kinds?: readonly EventKind[] }
  | { readonly type: 'label'; readonly name: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'path' };

/** Rows of one table within bounds, with columns under names of the plan's own. */
export interface RowScan {
  readonly bounds: RowBounds;
  /** By name; of several places at most one has a value in any row. */
  readonly columns: Readonly<Record<string, readonly ScanColumn[]>>;
}

/** Where rows come from: one table after another, or a few rows of texts given with the plan. */
export type RowSource =
  | {
      readonly type: 'scan';
      readonly name: string;
      readonly scans: readonly RowScan[];
      /** Columns that must have a value; a path that is no path and a time that RFC 3339 cannot write are none. */
      readonly present: readonly string[];
    }
  | {
      readonly type: 'table';
      readonly name: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

/** A column of one of the plan's sources, by the source's name. */
export interface RowColumn {
  readonly source: string;
  readonly name: string;
}

/** A part of a time, in UTC. */
export type TimePart = 'year' | 'month' | 'day' | 'hour' | 'minute';

/** A value of a row; times are milliseconds. */
export type RowValue =
  | { readonly type: 'column'; readonly column: RowColumn }
  | { readonly type: 'constant'; readonly value: string | number | bigint }
  | { readonly type: 'moved'; readonly of: RowValue; readonly byMs: number }
  | { readonly type: 'difference'; readonly left: RowValue; readonly right: RowValue }
  | { readonly type: 'part'; readonly part: TimePart; readonly of: RowValue }
  /** The first characters of a time as RFC 3339 in UTC, at most 16: as far as its minute. */
  | { readonly type: 'written-time'; readonly of: RowValue; readonly characters: number }
  /** A cell of the answer by its position, in {@link RowPlan.having} only. */
  | { readonly type: 'result'; readonly position: number };

/** How two values are compared. */
export type RowOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * A condition on rows, neither true nor false where a value in it is absent, or where an order is asked of a NaN; nothing
 * equals a NaN. Texts compare by their code points.
 */
export type RowCondition =
  | {
      readonly type: 'compare';
      readonly operator: RowOperator;
      readonly left: RowValue;
      readonly right: RowValue;
      readonly as: 'text' | 'number' | 'integer' | 'instant';
    }
  | {
      readonly type: 'text';
      readonly test: 'contains' | 'starts' | 'ends';
      readonly value: RowValue;
      readonly part: string;
    }
  | { readonly type: 'known'; readonly value: RowValue }
  | { readonly type: 'and' | 'or'; readonly conditions: readonly RowCondition[] }
  | { readonly type: 'not'; readonly condition: RowCondition };

/**
 * What is told of a group of rows. `sum`, `avg`, `min` and `max` are absent when one row of the group has no value.
 * Sums and means are those of doubles, compensated; `odd` tells whether one of the numbers is a NaN, an infinity or a
 * negative zero, on whose order engines differ.
 */
export type RowAggregate =
  | { readonly type: 'count' }
  | {
      readonly type: 'count-of' | 'count-distinct' | 'sum' | 'avg' | 'min' | 'max' | 'odd';
      readonly of: RowValue;
    };

/** Rows of all sources, joined where the conditions hold, as they are or grouped. */
export interface RowPlan {
  readonly sources: readonly RowSource[];
  readonly conditions: readonly RowCondition[];
  /** The columns of the answer; of a grouped one, what its groups have in common. */
  readonly values: readonly RowValue[];
  /** The aggregates of each group, which follow the values in the answer; absent where rows are not grouped. */
  readonly aggregates?: readonly RowAggregate[];
  /** What must hold of the answer's rows. */
  readonly having?: readonly RowCondition[];
  /** Each row once. */
  readonly isDistinct?: boolean;
  /** By position in the answer; absent values come first, and last where the order is descending. */
  readonly order?: readonly RowOrder[];
  readonly offset?: number;
  /** At most this many rows; asking for one more than can be used tells whether there are more. */
  readonly limit: number;
  /** Of more rows than this none is taken out of the store: there are too many to be used. */
  readonly mostRows?: number;
}

/** One key of an order; `encoded` orders texts as they are percent-encoded in an IRI. */
export interface RowOrder {
  readonly position: number;
  readonly isDescending: boolean;
  readonly encoded?: boolean;
}

/** A cell of an answer; undefined where there is no value. */
export type RowCell = string | number | undefined;

/** The answer to a plan: its rows, and the statement that found them, for people. */
export interface Selected {
  readonly rows: readonly (readonly RowCell[])[];
  /** There were more than `mostRows`, and here are none. */
  readonly isTooMany: boolean;
  readonly statement: { readonly text: string; readonly parameters: readonly string[] };
}
