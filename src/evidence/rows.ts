/**
 * A small relational algebra over the tables of the store, in which other rooms say what they want and the engine
 * behind the port decides how. A plan names no SQL and no engine; its values are bound, never written into a statement.
 */
import type { RowBounds } from './store.js';

/** A column of one of the plan's scans. */
export interface RowColumn {
  /** The position of the scan in {@link RowPlan.scans}. */
  readonly scan: number;
  readonly name: string;
}

/** What is compared: a column, moved by some milliseconds where it is a time, or a value. */
export type RowOperand =
  | { readonly type: 'column'; readonly column: RowColumn; readonly plusMs?: number }
  | { readonly type: 'value'; readonly value: string | number };

/**
 * A condition on rows. Columns named in it must be among {@link RowScan.present}. Numbers compare as in IEEE 754: no
 * order holds with a NaN.
 */
export type RowCondition =
  | {
      readonly type: 'compare';
      readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=';
      readonly left: RowOperand;
      readonly right: RowOperand;
    }
  | { readonly type: 'and' | 'or'; readonly conditions: readonly RowCondition[] }
  | { readonly type: 'not'; readonly condition: RowCondition };

/** Rows of one table within bounds, of those only the ones in which some columns have a value. */
export interface RowScan {
  readonly bounds: RowBounds;
  readonly present: readonly string[];
}

/** A relation of two texts, given by its pairs, each once, that must hold between two operands. */
export interface RowPairs {
  readonly pairs: readonly (readonly [string, string])[];
  readonly from: RowOperand;
  readonly to: RowOperand;
}

/** A part of a time, in UTC. */
export type TimePart = 'year' | 'month' | 'day' | 'hour' | 'minute';

/** A value that every row has: a column, or a part of a column that is a time. */
export interface RowValue {
  readonly column: RowColumn;
  readonly part?: TimePart;
}

/** What is told of a group of rows; sums and means are those of doubles. */
export type RowAggregate =
  | { readonly type: 'count' }
  | { readonly type: 'count-distinct' | 'sum' | 'avg' | 'min' | 'max'; readonly of: RowValue };

/** Rows of scans, joined where the pairs and conditions hold, as they are or grouped. */
export interface RowPlan {
  readonly scans: readonly RowScan[];
  readonly pairs: readonly RowPairs[];
  readonly conditions: readonly RowCondition[];
  /** The columns of the answer; of a grouped one, what its groups have in common. */
  readonly values: readonly RowValue[];
  /** The aggregates of each group, which follow the values in the answer; absent where rows are not grouped. */
  readonly aggregates?: readonly RowAggregate[];
  /** At most this many rows; asking for one more than can be used tells whether there are more. */
  readonly limit: number;
}

/** A cell of an answer; undefined where an aggregate has none. */
export type RowCell = string | number | undefined;

/** The rows of an answer. */
export type Rows = readonly (readonly RowCell[])[];
