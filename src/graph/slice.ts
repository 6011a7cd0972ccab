/** The part of the evidence that one query can touch, as N-Triples. */
import type { LineTemplate, RowBounds, RowReads } from '../evidence/index.js';
import {
  type EventKind,
  eventKinds,
  formatInstant,
  HOUR_MS,
  type Iris,
  instantOf,
  type Named,
  shift,
} from '../model/index.js';
import { isNothing, rulesFor, type Star, type TermKey } from './bounds.js';
import { GraphError } from './errors.js';
import type { Rule, Table } from './mapping.js';
import type { Plan } from './plan.js';
import { type Demand, EVERY_PREDICATE, typeDemand } from './stars.js';

/** What one query is given of the evidence. */
export interface Slice {
  readonly chunks: readonly Uint8Array[];
  readonly receipts: number;
  readonly bytes: number;
  /** What was looked for, in the order of the patterns that asked for it. */
  readonly cuts: readonly CutTold[];
}

/** What became of one cut: which rows were looked for, and what was found within which time. */
export interface CutTold {
  readonly pattern: string;
  readonly bounds: RowBounds;
  readonly receipts: number;
  readonly countMs: number;
  /** Of writing the rows as triples; 0 where there were none. */
  readonly writeMs: number;
}

/** Rows to write for a demand, from one table. */
interface Cut {
  readonly pattern: string;
  readonly bounds: RowBounds;
  readonly lines: readonly LineTemplate[];
}

interface Counted {
  readonly cut: Cut;
  readonly receipts: number;
  readonly countMs: number;
}

const tables: readonly Table[] = ['event', 'sample', 'rollup', 'series'];

function isSeen(rule: Rule, { predicates }: Demand): boolean {
  if (predicates.has(EVERY_PREDICATE)) return true;
  if (rule.ofClass !== undefined && predicates.has(typeDemand(rule.ofClass))) return true;
  return [...predicates].some((predicate) => rulesFor([rule], predicate).length > 0);
}

/** The value of a column that is written as this term; undefined when none is. */
function valueOfTerm(
  key: TermKey,
  type: NonNullable<Rule['column']>['type'],
  iris: Iris,
): string | undefined {
  if (type === 'text') return key.startsWith('"') ? key.slice(1) : undefined;
  if (!key.startsWith('<')) return undefined;
  const iri = key.slice(1, -1);
  if (type === 'receipt' || type === 'receipts') {
    return iri.startsWith(iris.prefix) ? iri.slice(iris.prefix.length) : undefined;
  }
  const named = iris.parse(iri);
  if (type === 'service') return named?.type === 'service' ? named.name : undefined;
  return named?.type === 'series' ? named.series : undefined;
}

const boundable: ReadonlySet<string> = new Set(['text', 'service', 'receipt', 'receipts', 'series']);

function columnsOf(star: Star, rules: readonly Rule[], iris: Iris): Record<string, readonly string[]> {
  const bounds: Record<string, readonly string[]> = {};
  for (const [predicate, keys] of star.values) {
    const [column, ...others] = rulesFor(rules, predicate).map((rule) => rule.column);
    if (column === undefined || others.length > 0 || !boundable.has(column.type)) continue;
    bounds[column.name] = [...keys].flatMap((key) => valueOfTerm(key, column.type, iris) ?? []);
  }
  return bounds;
}

/** The bounds of the rows of one table that a star's subjects name; undefined when they name none. */
function rowsOfSubjects(star: Star, table: Table, iris: Iris): Partial<RowBounds> | undefined {
  if (star.subjects === undefined) return {};
  const named = [...star.subjects].flatMap((key): readonly Named[] => {
    const name = key.startsWith('<') ? iris.parse(key.slice(1, -1)) : undefined;
    return name?.type === table ? [name] : [];
  });
  if (named.length === 0) return undefined;
  const times = named.flatMap((name) => ('at' in name ? [name.at] : []));
  const values = named.flatMap((name) =>
    name.type === 'event' ? [name.id] : 'series' in name ? [name.series] : [],
  );
  return {
    values: { [table === 'event' ? 'id' : 'seriesKey']: [...new Set(values)] },
    ...(times.length === 0
      ? {}
      : { since: instantOf(Math.min(...times)), until: instantOf(Math.max(...times)) }),
  };
}

/** The kinds of events that a star can be: where it has subjects, those that their IRIs name. */
function kindsOf({ kinds, subjects }: Star, iris: Iris): readonly EventKind[] {
  if (subjects === undefined) return [...kinds];
  const named = new Set<EventKind>();
  for (const key of subjects) {
    const name = key.startsWith('<') ? iris.parse(key.slice(1, -1)) : undefined;
    if (name?.type === 'event') named.add(name.kind);
  }
  return [...kinds].filter((kind) => named.has(kind));
}

function hasTable(star: Star, table: Table): boolean {
  switch (table) {
    case 'event':
      return star.kinds.size > 0;
    case 'sample':
      return star.sample;
    case 'rollup':
      return star.rollup;
    case 'series':
      return star.series;
  }
}

function timeOf(star: Star, subjects: Partial<RowBounds>): Pick<RowBounds, 'since' | 'until'> {
  const since = Math.max(star.since, subjects.since ?? Number.NEGATIVE_INFINITY);
  const until = Math.min(star.until, subjects.until ?? Number.POSITIVE_INFINITY);
  return {
    ...(Number.isFinite(since) ? { since: instantOf(Math.floor(since)) } : {}),
    ...(Number.isFinite(until) ? { until: instantOf(Math.ceil(until)) } : {}),
  };
}

/** The rows of a table that lie within a star; undefined when certainly none do. */
export function boundsOf(
  star: Star,
  table: Table,
  rules: readonly Rule[],
  iris: Iris,
): RowBounds | undefined {
  const subjects = rowsOfSubjects(star, table, iris);
  if (!hasTable(star, table) || subjects === undefined || isNothing(star)) return undefined;
  const ofTable = rules.filter((rule) => rule.table === table);
  const kinds = kindsOf(star, iris);
  return {
    from: table,
    ...(table === 'event' && kinds.length < eventKinds.length ? { kinds } : {}),
    ...timeOf(star, subjects),
    values: { ...columnsOf(star, ofTable, iris), ...subjects.values },
  };
}

function cutOf(demand: Demand, table: Table, rules: readonly Rule[], iris: Iris): Cut | undefined {
  const { star, pattern } = demand;
  const kinds = new Set(kindsOf(star, iris));
  const lines = rules
    .filter((rule) => rule.table === table && isSeen(rule, demand))
    .filter(
      (rule) => table !== 'event' || rule.kinds === undefined || rule.kinds.some((kind) => kinds.has(kind)),
    )
    .map((rule) => rule.line);
  const bounds = lines.length === 0 ? undefined : boundsOf(star, table, rules, iris);
  return bounds && { pattern, bounds, lines };
}

/** Cuts slices out of a store. */
export class Slicer {
  readonly #rules: readonly Rule[];
  readonly #iris: Iris;
  readonly #maxReceipts: number;

  constructor(rules: readonly Rule[], iris: Iris, maxReceipts: number) {
    this.#rules = rules;
    this.#iris = iris;
    this.#maxReceipts = maxReceipts;
  }

  /**
   * Writes what a query can touch, or what is enough to answer it, as some reads of the store see it; fails with
   * `query-unbounded` when that is more than the limit, and with the signal's reason when it says to stop.
   */
  async cut(reads: RowReads, plan: Pick<Plan, 'demands' | 'enough'>, signal?: AbortSignal): Promise<Slice> {
    const counted = await this.#counted(reads, plan, signal);
    const chunks: Uint8Array[] = [];
    const cuts: CutTold[] = [];
    for (const { cut, receipts, countMs } of counted) {
      signal?.throwIfAborted();
      const started = performance.now();
      if (receipts > 0) chunks.push(...(await reads.render(cut.bounds, cut.lines, signal)));
      const writeMs = receipts > 0 ? performance.now() - started : 0;
      cuts.push({ pattern: cut.pattern, bounds: cut.bounds, receipts, countMs, writeMs });
    }
    return {
      chunks,
      cuts,
      receipts: cuts.reduce((sum, cut) => sum + cut.receipts, 0),
      bytes: chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0),
    };
  }

  async #counted(
    reads: RowReads,
    { demands, enough }: Pick<Plan, 'demands' | 'enough'>,
    signal: AbortSignal | undefined,
  ): Promise<readonly Counted[]> {
    const counted: Counted[] = [];
    let left = this.#maxReceipts;
    for (const demand of demands) {
      for (const table of tables) {
        const all = cutOf(demand, table, this.#rules, this.#iris);
        if (all === undefined) continue;
        const cut = enough === undefined ? all : { ...all, bounds: { ...all.bounds, atMost: enough } };
        signal?.throwIfAborted();
        const started = performance.now();
        const receipts = await reads.countRows(cut.bounds, left, signal);
        if (receipts > left) throw await this.#unbounded(reads, demand, signal);
        left -= receipts;
        counted.push({ cut, receipts, countMs: performance.now() - started });
      }
    }
    return counted;
  }

  async #unbounded(reads: RowReads, demand: Demand, signal: AbortSignal | undefined): Promise<GraphError> {
    const { lastAt } = await reads.totals();
    let touched = 0;
    for (const table of tables) {
      const cut = cutOf(demand, table, this.#rules, this.#iris);
      if (cut !== undefined) touched += await reads.countRows(cut.bounds, Number.MAX_SAFE_INTEGER, signal);
    }
    const { pattern } = demand;
    const until = lastAt ?? instantOf(0);
    const subject = /\?\w+/.exec(pattern)?.[0] ?? '?event';
    const [from, to] = [shift(until, -HOUR_MS), until].map((at) => `"${formatInstant(at)}"^^xsd:dateTime`);
    return new GraphError(
      'query-unbounded',
      `The pattern "${pattern}" can touch ${touched} receipts; one query may touch ${this.#maxReceipts} in all. ` +
        `Bound it by time in the same group, for example: ${subject} tps:timestamp ?time . ` +
        `FILTER(?time >= ${from} && ?time <= ${to}), or by its class, service or metric.`,
    );
  }
}
