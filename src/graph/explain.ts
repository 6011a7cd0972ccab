/** How a query was answered, for people who want to know why it took so long. */
import type { RowBounds } from '../evidence/index.js';
import { formatInstant, instantOf } from '../model/index.js';
import type { CutTold } from './slice.js';

/** Which rows of the store a part looked at; absent parts did not bound. */
export interface ExplainedBounds {
  readonly from: RowBounds['from'];
  readonly kinds?: readonly string[];
  /** RFC 3339, inclusive. */
  readonly since?: string;
  readonly until?: string;
  readonly values?: Readonly<Record<string, readonly (string | number)[]>>;
}

/** One part of a query and the way that it went. */
export interface ExplainedPart {
  readonly way: 'slice';
  readonly patterns: readonly string[];
  readonly bounds: ExplainedBounds;
  /** Receipts that were found within the bounds. */
  readonly rows: number;
  readonly ms: number;
}

/** The answer to a query that asks to be explained. */
export interface Explanation {
  readonly way: 'slice';
  readonly parts: readonly ExplainedPart[];
  /** What the query engine was given, and how long it took over it. */
  readonly engine: { readonly query: string; readonly sliceBytes: number; readonly ms: number };
  readonly answerBytes: number;
  readonly ms: number;
}

/** Bounds of rows as people read them. */
export function explainBounds({ from, kinds, since, until, values = {} }: RowBounds): ExplainedBounds {
  return {
    from,
    ...(kinds === undefined ? {} : { kinds }),
    ...(since === undefined ? {} : { since: formatInstant(instantOf(since)) }),
    ...(until === undefined ? {} : { until: formatInstant(instantOf(until)) }),
    ...(Object.keys(values).length === 0 ? {} : { values }),
  };
}

/** The part of the answer that one cut of the slice was. */
export function explainCut({ pattern, bounds, receipts, countMs, writeMs }: CutTold): ExplainedPart {
  return {
    way: 'slice',
    patterns: [pattern],
    bounds: explainBounds(bounds),
    rows: receipts,
    ms: countMs + writeMs,
  };
}

/** An explanation as the body of an answer. */
export function explanationBody(explanation: Explanation): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(explanation, undefined, 2)}\n`);
}
