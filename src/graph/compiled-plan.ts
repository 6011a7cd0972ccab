/** From a relation to the rows to ask the store for, and what their columns are. */
import type { RowAggregate, RowBounds, RowPlan, RowScan, RowSource, RowValue } from '../evidence/index.js';
import type { Iris } from '../model/index.js';
import type { Star } from './bounds.js';
import type { Cell, CellType } from './cells.js';
import { ExpressionCompiler } from './compile-filters.js';
import { withTimes } from './compiled-times.js';
import type { Rule } from './mapping.js';
import type { Relation } from './relation.js';
import { boundsOf } from './slice.js';

/** A column of an answer: what it is called, and how its cells become terms. */
export interface CompiledColumn {
  readonly name: string;
  readonly type: CellType;
  readonly position: number;
  /** The position of the number of rows in the group, where a sum of none is the integer 0. */
  readonly countedAt?: number;
}

/** Rows to ask for, and what to make of them. */
export interface CompiledRows {
  readonly plan: RowPlan;
  readonly columns: readonly CompiledColumn[];
  /** Positions of cells that tell, by 1, that a number is among the rows on whose order engines differ. */
  readonly odd: readonly number[];
}

/** What is done with the rows in the store, beyond their relation. */
export interface Ending {
  /** The variables to tell of each row. */
  readonly names: readonly string[];
  readonly isDistinct: boolean;
  readonly order: readonly { readonly name: string; readonly isDescending: boolean }[];
  readonly offset: number;
  readonly limit: number;
}

/** Collects the cells of an answer; aggregates stand after the values. */
class Answer {
  readonly values: RowValue[] = [];
  readonly aggregates: RowAggregate[] = [];
  readonly columns: CompiledColumn[] = [];
  readonly odd: number[] = [];

  addCell(name: string, { type, value }: Cell): void {
    const known = this.values.indexOf(value);
    const position = known < 0 ? this.values.push(value) - 1 : known;
    this.columns.push({ name, type, position });
  }

  addGroups(names: readonly string[], { grouping, cells }: Relation): boolean {
    if (grouping === undefined) return false;
    const original = (name: string): string => {
      const of = grouping.renamed.get(name);
      return of === undefined ? name : original(of);
    };
    // Every key makes groups, told or not.
    for (const key of grouping.keys) {
      const cell = cells.get(key);
      if (cell === undefined) return false;
      this.values.push(cell.value);
    }
    const places = new Map<string, CompiledColumn>();
    for (const name of names) {
      const column = places.get(original(name)) ?? this.#grouped(original(name), grouping, cells);
      if (column === undefined) return false;
      places.set(original(name), column);
      this.columns.push({ ...column, name });
    }
    return true;
  }

  #grouped(
    name: string,
    { keys, aggregates }: NonNullable<Relation['grouping']>,
    cells: Relation['cells'],
  ): CompiledColumn | undefined {
    const key = keys.indexOf(name);
    const cell = cells.get(name);
    if (key >= 0 && cell !== undefined) return { name, type: cell.type, position: key };
    const found = aggregates.get(name);
    if (found === undefined) return undefined;
    const { aggregate, type } = found;
    const position = this.#add(keys.length, aggregate);
    if (aggregate.type === 'count' || type !== 'number') return { name, type, position };
    this.odd.push(this.#add(keys.length, { type: 'odd', of: aggregate.of }));
    const isAdded = aggregate.type === 'sum' || aggregate.type === 'avg';
    return {
      name,
      type,
      position,
      ...(isAdded && keys.length === 0 ? { countedAt: this.#add(0, { type: 'count' }) } : {}),
    };
  }

  #add(keys: number, aggregate: RowAggregate): number {
    return keys + this.aggregates.push(aggregate) - 1;
  }
}

const orderable: ReadonlySet<CellType> = new Set([
  'text',
  'service',
  'instant',
  'integer',
  'number',
  'receipt',
  'series',
  'iri',
  'duration',
]);

function orderOf(order: Ending['order'], columns: readonly CompiledColumn[]): RowPlan['order'] | undefined {
  const keys = order.flatMap(({ name, isDescending }) => {
    const column = columns.find((one) => one.name === name);
    if (column === undefined || !orderable.has(column.type)) return [];
    const encoded = column.type === 'service';
    return [{ position: column.position, isDescending, ...(encoded ? { encoded } : {}) }];
  });
  return keys.length < order.length ? undefined : keys;
}

/** The rows of a relation; undefined where something of its ending is not certain. */
export function rowsOf(
  relation: Relation,
  ending: Ending,
  context: { readonly iris: Iris; readonly now: number },
): CompiledRows | undefined {
  const { names, order, offset, limit } = ending;
  const { sources, conditions, cells, grouping } = relation;
  const answer = new Answer();
  const needed = [...new Set([...names, ...order.map(({ name }) => name)])];
  const isDistinct = ending.isDistinct || relation.isDistinct === true;
  if (isDistinct && needed.length > new Set(names).size) return undefined;
  const having = grouping === undefined ? [] : havingNames(relation);
  if (grouping !== undefined) {
    if (!answer.addGroups([...needed, ...having.filter((name) => !needed.includes(name))], relation))
      return undefined;
  } else {
    for (const name of needed) {
      const cell = cells.get(name);
      if (cell === undefined) return undefined;
      answer.addCell(name, cell);
    }
  }
  const { values, aggregates, columns, odd } = answer;
  // Rows are told apart by all that is told of them, and equal numbers need not be the same term.
  const isUnsure = columns.some(({ type }) => type === 'number' || type === 'duration' || type === 'json');
  if (isDistinct && (isUnsure || grouping !== undefined)) return undefined;
  const sorted = orderOf(order, columns);
  const kept = havingOf(relation, columns, context);
  if (sorted === undefined || kept === undefined) return undefined;
  const plan: RowPlan = {
    sources,
    conditions,
    values,
    ...(grouping === undefined ? {} : { aggregates }),
    having: kept,
    isDistinct,
    order: sorted,
    offset,
    limit,
  };
  return { plan, columns: names.flatMap((name) => columns.find((one) => one.name === name) ?? []), odd };
}

function variablesIn(node: unknown, found: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  if ('termType' in node && node.termType === 'Variable' && 'value' in node) found.add(String(node.value));
  else for (const child of Object.values(node)) variablesIn(child, found);
}

/** The names of all variables in a part of a query. */
export function variablesOf(node: object): ReadonlySet<string> {
  const found = new Set<string>();
  variablesIn(node, found);
  return found;
}

function havingNames({ grouping }: Relation): readonly string[] {
  return grouping === undefined ? [] : [...variablesOf(grouping.having)];
}

function havingOf(
  { grouping }: Relation,
  columns: readonly CompiledColumn[],
  context: { readonly iris: Iris; readonly now: number },
): RowPlan['having'] | undefined {
  if (grouping === undefined) return [];
  const results = new Map(
    columns.map(({ name, type, position, countedAt }): readonly [string, Cell] => [
      name,
      { type, value: { type: 'result', position }, isOptional: countedAt !== undefined },
    ]),
  );
  // The sum of no rows is a number that its cell does not hold.
  for (const { name, countedAt } of columns) if (countedAt !== undefined) results.delete(name);
  const compiler = new ExpressionCompiler(results, context);
  const conditions = grouping.having.map((expression) => compiler.condition(expression));
  return conditions.every((condition) => condition !== undefined) ? conditions : undefined;
}

function narrowed(own: RowBounds, other: RowBounds): RowBounds {
  const { kinds = own.kinds, since, until, values } = other;
  return {
    ...own,
    ...(kinds === undefined
      ? {}
      : { kinds: own.kinds === undefined ? kinds : kinds.filter((kind) => own.kinds?.includes(kind)) }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(values === undefined ? {} : { values }),
  };
}

function emptied(scan: RowScan): RowScan {
  const { from } = scan.bounds;
  return { ...scan, bounds: from === 'event' ? { from, kinds: [] } : { from, values: { seriesKey: [] } } };
}

/** Rows bounded by what is known of their stars elsewhere in the query, and of times by what is compared with them. */
export function bounded(
  rows: CompiledRows,
  stars: readonly { readonly source: string; readonly star: Star }[],
  context: { readonly rules: readonly Rule[]; readonly iris: Iris },
): CompiledRows {
  const sources = rows.plan.sources.map((source): RowSource => {
    const found = stars.find((one) => one.source === source.name);
    if (source.type !== 'scan' || found === undefined) return source;
    const scans = source.scans.flatMap((scan) => {
      const bounds = boundsOf(found.star, scan.bounds.from, context.rules, context.iris);
      return bounds === undefined ? [] : [{ ...scan, bounds: narrowed(scan.bounds, bounds) }];
    });
    const [first] = source.scans;
    // A source has to have its columns, even where no row of it matters.
    return { ...source, scans: scans.length === 0 && first !== undefined ? [emptied(first)] : scans };
  });
  return { ...rows, plan: { ...rows.plan, sources: withTimes(sources, rows.plan.conditions) } };
}
