/** How a query was answered, for people who want to know why it took so long. */
import { type Algebra, Types } from '@traqula/algebra-transformations-1-1';
import type { RowBounds, Selected } from '../evidence/index.js';
import { formatInstant, instantOf } from '../model/index.js';
import type { Told } from './answer.js';
import type { Part } from './compile.js';
import type { CompiledRows } from './compiled-plan.js';
import type { CutTold } from './slice.js';
import { patternText } from './stars.js';
import { tps } from './vocabulary.js';

/** Of a longer query only the ends are told: its rows are in its middle. */
const SHOWN_CHARACTERS = 8_000;

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
export type ExplainedPart =
  | {
      readonly way: 'compiled';
      readonly patterns: readonly string[];
      /** What each of its tables was bounded by. */
      readonly bounds: readonly ExplainedBounds[];
      readonly sql: string;
      readonly parameters: readonly string[];
      /** Rows that the store answered with. */
      readonly rows: number;
      readonly ms: number;
    }
  | {
      readonly way: 'slice';
      readonly patterns: readonly string[];
      readonly bounds: readonly ExplainedBounds[];
      /** Receipts that were found within the bounds. */
      readonly rows: number;
      readonly ms: number;
    };

/** The answer to a query that asks to be explained. */
export interface Explanation {
  /** `compiled` when all evidence came as rows, `slice` when it came as triples, `both` when some did. */
  readonly way: 'compiled' | 'slice' | 'both';
  readonly parts: readonly ExplainedPart[];
  /** Patterns that no rows of the store stand for, and why. */
  readonly notCompiled: readonly { readonly pattern: string; readonly why: string }[];
  /** What the query engine was given, and how long it took over it; absent where the rows were the answer. */
  readonly engine?: { readonly query: string; readonly sliceBytes: number; readonly ms: number };
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
    bounds: [explainBounds(bounds)],
    rows: receipts,
    ms: countMs + writeMs,
  };
}

/** The part of the answer that one statement was. */
export function explainRows(
  { relation }: Part,
  { rows, selected, ms }: { readonly rows: CompiledRows; readonly selected: Selected; readonly ms: number },
): ExplainedPart {
  return {
    way: 'compiled',
    patterns: relation.stars.flatMap(({ leaf }) => leaf.patterns.map(patternText)),
    bounds: rows.plan.sources.flatMap((source) =>
      source.type === 'scan' ? source.scans.map(({ bounds }) => explainBounds(bounds)) : [],
    ),
    sql: selected.statement.text.replace(/\s+/g, ' ').trim(),
    parameters: selected.statement.parameters,
    rows: selected.rows.length,
    ms,
  };
}

function whyNot({ predicate, object }: Algebra.Pattern): string {
  if (predicate.termType === 'Variable') return 'Its predicate is a variable.';
  if (predicate.value === tps('cites')) return 'A receipt cites any number of others.';
  if (object.termType !== 'Variable')
    return 'Its subject is not certainly evidence, or its object cannot be compared.';
  return 'Its subject is not certainly evidence, or stands in an OPTIONAL, MINUS or EXISTS of other patterns.';
}

/** The patterns that are left of a query, with why they are; those named in `known` are not told again. */
export function reasonsOf(
  root: Algebra.Operation,
  known: readonly { readonly pattern: string }[],
): readonly { readonly pattern: string; readonly why: string }[] {
  const told = new Set(known.map(({ pattern }) => pattern));
  const found: { readonly pattern: string; readonly why: string }[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (isPattern(node)) {
      const pattern = patternText(node);
      if (!told.has(pattern)) found.push({ pattern, why: whyNot(node) });
      told.add(pattern);
    } else if (!('termType' in node)) for (const child of Object.values(node)) visit(child);
  };
  visit('template' in root ? root.input : root);
  return found;
}

function isPattern(node: object): node is Algebra.Pattern {
  return 'type' in node && node.type === Types.PATTERN;
}

/** A query of which the rows in its middle are left out, where there are many. */
function shortened(query: string): string {
  const left = query.length - SHOWN_CHARACTERS;
  if (left <= 0) return query;
  const half = SHOWN_CHARACTERS / 2;
  return `${query.slice(0, half)}\n# ${left} characters are left out here.\n${query.slice(-half)}`;
}

/** An explanation as the body of an answer. */
export function explanationBody(
  { way, parts, notCompiled, engineQuery, cost, body }: Told,
  ms: number,
): Uint8Array {
  const explanation: Explanation = {
    way,
    parts,
    notCompiled,
    ...(engineQuery === undefined
      ? {}
      : { engine: { query: shortened(engineQuery), sliceBytes: cost.sliceBytes, ms: cost.queryMs } }),
    answerBytes: body.byteLength,
    ms,
  };
  return new TextEncoder().encode(`${JSON.stringify(explanation, undefined, 2)}\n`);
}
