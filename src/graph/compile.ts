/**
 * The compiled way: a query that is one group of stars over evidence, with filters, dependency reach and aggregates,
 * becomes one plan of rows for the store. Whatever is not certain to give the same answer is left to the slice.
 */
import type { Term } from '@rdfjs/types';
import { type Algebra, ExpressionTypes, Types } from '@traqula/algebra-transformations-1-1';
import type { RowAggregate, RowPairs, RowPlan, RowValue, TimePart } from '../evidence/index.js';
import type { Iris } from '../model/index.js';
import { FilterCompiler } from './compile-filters.js';
import { type Cell, type ColumnCell, compileStars, type Stars, valueOfConstant } from './compile-stars.js';
import type { Topology } from './graph.js';
import type { Rule } from './mapping.js';
import type { ParsedQuery } from './parse.js';
import { reachOf, type Steps } from './reach.js';
import { tps } from './vocabulary.js';

/** More rows than this go faster through a slice. */
const MAX_ROWS = 20_000;

/** A column of the answer of a compiled query: what it is called, and how its cells become terms. */
export interface CompiledColumn {
  readonly name: string;
  readonly type: Cell['type'] | 'integer';
  /** The positions of its cells in a row: one, or several for a subject. */
  readonly cells: readonly number[];
  /** The aggregate that it is. */
  readonly aggregate?: RowAggregate['type'];
}

/** A compiled query: the rows to fetch, what their columns are, and what is left to do over them. */
export interface Compiled {
  readonly plan: RowPlan;
  readonly columns: readonly CompiledColumn[];
  /** The positions of the sums that tell whether a group has a number that no engine adds alike. */
  readonly checks: readonly number[];
  readonly rest: Rest;
}

/** What the query engine does with the rows. */
export interface Rest {
  readonly isDistinct: boolean;
  readonly variables: readonly string[];
  readonly order: readonly { readonly name: string; readonly isDescending: boolean }[];
  readonly start: number;
  readonly length: number | undefined;
}

/** What a query is compiled by. */
export interface CompileContext {
  readonly rules: readonly Rule[];
  readonly iris: Iris;
  readonly topology: Topology;
}

interface Reach {
  readonly subject: Term;
  readonly object: Term;
  readonly steps: Steps;
}

interface Core {
  readonly patterns: Algebra.Pattern[];
  readonly reaches: Reach[];
  readonly filters: Algebra.Expression[];
  readonly extends: Algebra.Extend[];
}

const parts: ReadonlyMap<string, TimePart> = new Map([
  ['year', 'year'],
  ['month', 'month'],
  ['day', 'day'],
  ['hours', 'hour'],
  ['minutes', 'minute'],
]);

function variableOf(expression: Algebra.Expression | undefined): string | undefined {
  return expression?.subType === ExpressionTypes.TERM && expression.term.termType === 'Variable'
    ? expression.term.value
    : undefined;
}

function stepsOf(path: Algebra.PropertyPathSymbol): Steps | undefined {
  if (path.type === Types.LINK) return path.iri.value === tps('dependsOn') ? 'one' : undefined;
  if (path.type !== Types.ONE_OR_MORE_PATH && path.type !== Types.ZERO_OR_MORE_PATH) return undefined;
  if (path.path.type !== Types.LINK || path.path.iri.value !== tps('dependsOn')) return undefined;
  return path.type === Types.ONE_OR_MORE_PATH ? 'some' : 'any';
}

function gatherPattern(pattern: Algebra.Pattern, core: Core): boolean {
  const { subject, predicate, object } = pattern;
  if (predicate.termType !== 'NamedNode') return false;
  if (predicate.value === tps('dependsOn')) core.reaches.push({ subject, object, steps: 'one' });
  else core.patterns.push(pattern);
  return true;
}

/** Takes apart filters and bindings over patterns and paths; false when anything else is among them. */
function gather(operation: Algebra.Operation, core: Core, isTop: boolean): boolean {
  switch (operation.type) {
    case Types.FILTER:
      core.filters.push(operation.expression);
      return isTop && gather(operation.input, core, true);
    case Types.EXTEND:
      core.extends.push(operation);
      return isTop && gather(operation.input, core, true);
    case Types.JOIN:
      return operation.input.every((input) => gather(input, core, false));
    case Types.PATH: {
      const { subject, object, predicate } = operation;
      const steps = stepsOf(predicate);
      if (steps !== undefined) core.reaches.push({ subject, object, steps });
      return steps !== undefined;
    }
    case Types.BGP:
      return operation.patterns.every((pattern) => gatherPattern(pattern, core));
    default:
      return false;
  }
}

interface Shape {
  readonly rest: Rest;
  readonly group: Algebra.Group | undefined;
  /** Other names that the aggregates are given. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly core: Core;
}

function orderOf(expressions: readonly Algebra.Expression[]): Rest['order'] | undefined {
  const order = expressions.flatMap((expression) => {
    const isDescending = expression.subType === ExpressionTypes.OPERATOR && expression.operator === 'desc';
    const name = variableOf(isDescending ? expression.args[0] : expression);
    return name === undefined ? [] : [{ name, isDescending }];
  });
  return order.length === expressions.length ? order : undefined;
}

/** Renames above a group, outermost first; undefined when something else is computed there. */
function renamesOver(operation: Algebra.Operation):
  | {
      readonly below: Algebra.Operation;
      readonly renamed: ReadonlyMap<string, string>;
    }
  | undefined {
  const renamed = new Map<string, string>();
  let below = operation;
  while (below.type === Types.EXTEND) {
    const from = variableOf(below.expression);
    if (from === undefined) return undefined;
    renamed.set(below.variable.value, from);
    below = below.input;
  }
  return below.type === Types.GROUP ? { below, renamed } : undefined;
}

/** Reads what stands above the core of a query. */
function shapeOf(root: Algebra.Operation): Shape | undefined {
  let below = root;
  let [start, length, isDistinct]: [number, number | undefined, boolean] = [0, undefined, false];
  if (below.type === Types.SLICE) ({ start, length, input: below } = { length: undefined, ...below });
  if (below.type === Types.DISTINCT) {
    isDistinct = true;
    below = below.input;
  }
  if (below.type !== Types.PROJECT) return undefined;
  const variables = below.variables.map(({ value }) => value);
  below = below.input;
  let order: Rest['order'] | undefined = [];
  if (below.type === Types.ORDER_BY) {
    order = orderOf(below.expressions);
    below = below.input;
  }
  const grouped = renamesOver(below);
  const group = grouped?.below.type === Types.GROUP ? grouped.below : undefined;
  const core: Core = { patterns: [], reaches: [], filters: [], extends: [] };
  if (order === undefined || !gather(group?.input ?? below, core, true)) return undefined;
  return {
    rest: { isDistinct, variables, order, start, length },
    group,
    renamed: grouped?.renamed ?? new Map(),
    core,
  };
}

/** What the rows of a plan are written into, column by column. */
class Answer {
  readonly values: RowValue[] = [];
  readonly aggregates: RowAggregate[] = [];
  readonly columns: CompiledColumn[] = [];
  readonly checked: number[] = [];

  addCell(name: string, cell: Cell): void {
    const names = 'column' in cell ? [cell.column.name] : subjectColumns[cell.type];
    const scan = 'column' in cell ? cell.column.scan : cell.scan;
    const cells = names.map((column) => this.values.push({ column: { scan, name: column } }) - 1);
    this.columns.push({ name, type: cell.type, cells });
  }

  addPart(name: string, value: RowValue): void {
    this.columns.push({ name, type: 'integer', cells: [this.values.push(value) - 1] });
  }

  /** Aggregates stand after the values, of which there are no more by now. */
  addAggregate(name: string, aggregate: RowAggregate, type: CompiledColumn['type']): void {
    const position = this.values.length + this.aggregates.push(aggregate) - 1;
    this.columns.push({ name, type, cells: [position], aggregate: aggregate.type });
    if (!('of' in aggregate) || type !== 'number') return;
    this.checked.push(this.values.length + this.aggregates.push({ type: 'sum', of: aggregate.of }) - 1);
  }
}

const subjectColumns = { event: ['kind', 'at', 'id'], sample: ['at', 'seriesKey'] } as const;

class Compiler {
  readonly #context: CompileContext;
  readonly #shape: Shape;
  readonly #stars: Stars;
  readonly #parts: ReadonlyMap<string, RowValue>;
  readonly #answer = new Answer();

  constructor(context: CompileContext, shape: Shape, stars: Stars, timeParts: ReadonlyMap<string, RowValue>) {
    this.#context = context;
    this.#shape = shape;
    this.#stars = stars;
    this.#parts = timeParts;
  }

  compile(): Compiled | undefined {
    const { core, group, rest } = this.#shape;
    const filters = new FilterCompiler(this.#stars.cells, this.#context.iris);
    const conditions = core.filters.flatMap((filter) => filters.compile(filter) ?? []);
    const pairs = core.reaches.flatMap((reach) => this.#pairsOf(reach) ?? []);
    if (conditions.length < core.filters.length || pairs.length < core.reaches.length) return undefined;
    if (!(group === undefined ? this.#addRows() : this.#addGroups(group))) return undefined;
    const { values, aggregates, columns, checked } = this.#answer;
    const isKnown = (name: string) => columns.some((column) => column.name === name);
    if (![...rest.variables, ...rest.order.map(({ name }) => name)].every(isKnown)) return undefined;
    const plan = {
      scans: this.#stars.scans,
      pairs,
      conditions: [...this.#stars.joins, ...conditions],
      values,
      ...(group === undefined ? {} : { aggregates }),
      limit: MAX_ROWS + 1,
    };
    return { plan, columns, checks: checked, rest };
  }

  #pairsOf({ subject, object, steps }: Reach): RowPairs | undefined {
    const [from, to] = [this.#serviceOf(subject), this.#serviceOf(object)];
    if (from === undefined || to === undefined) return undefined;
    return { pairs: reachOf(this.#context.topology, steps), from, to };
  }

  #serviceOf(term: Term): RowPairs['from'] | undefined {
    if (term.termType !== 'Variable') {
      const value = valueOfConstant(term, 'service', this.#context.iris);
      return value === undefined ? undefined : { type: 'value', value };
    }
    const cell = this.#stars.cells.get(term.value);
    return cell?.type === 'service' ? { type: 'column', column: cell.column } : undefined;
  }

  #addRows(): boolean {
    const { variables, order } = this.#shape.rest;
    const names = new Set([...variables, ...order.map(({ name }) => name)]);
    return [...names].every((name) => this.#addValue(name));
  }

  #addValue(name: string): boolean {
    const part = this.#parts.get(name);
    const cell = this.#stars.cells.get(name);
    if (part !== undefined) this.#answer.addPart(name, part);
    else if (cell !== undefined) this.#answer.addCell(name, cell);
    return part !== undefined || cell !== undefined;
  }

  #addGroups({ variables, aggregates }: Algebra.Group): boolean {
    const keys = variables.map(({ value }) => value);
    // Numbers that are equal need not be the same term.
    if (!keys.every((name) => this.#stars.cells.get(name)?.type !== 'number' && this.#addValue(name)))
      return false;
    return aggregates.every((aggregate) => {
      const called = [...this.#shape.renamed].filter(([, from]) => from === aggregate.variable.value);
      const [name = aggregate.variable.value, ...others] = called.map(([given]) => given);
      return others.length === 0 && this.#addAggregate(name, aggregate);
    });
  }

  #addAggregate(name: string, { aggregator, distinct, expression }: Algebra.BoundAggregate): boolean {
    const isAll = expression.subType === ExpressionTypes.WILDCARD;
    const variable = variableOf(expression);
    const cell = variable === undefined ? undefined : this.#stars.cells.get(variable);
    if (aggregator === 'count' && !distinct && (isAll || cell !== undefined)) {
      this.#answer.addAggregate(name, { type: 'count' }, 'integer');
      return true;
    }
    if (cell === undefined || !('column' in cell)) return false;
    const aggregate = aggregateOf(aggregator, distinct, cell);
    if (aggregate === undefined) return false;
    const type = aggregate.type === 'count-distinct' ? 'integer' : cell.type;
    this.#answer.addAggregate(name, aggregate, type);
    return true;
  }
}

/** Aggregates whose result does not depend on the engine: sums and means of doubles, and the ends of ordered values. */
function aggregateOf(aggregator: string, isDistinct: boolean, cell: ColumnCell): RowAggregate | undefined {
  const of = { column: cell.column };
  const isNumber = cell.type === 'number';
  if (isDistinct) return aggregator === 'count' && !isNumber ? { type: 'count-distinct', of } : undefined;
  if (aggregator === 'sum' || aggregator === 'avg') return isNumber ? { type: aggregator, of } : undefined;
  const isOrdered = isNumber || cell.type === 'instant';
  return (aggregator === 'min' || aggregator === 'max') && isOrdered ? { type: aggregator, of } : undefined;
}

/** Bindings of parts of times; undefined when something else is bound. */
function partsOf(
  bindings: readonly Algebra.Extend[],
  stars: Stars,
): ReadonlyMap<string, RowValue> | undefined {
  const found = new Map<string, RowValue>();
  for (const { variable, expression } of bindings) {
    if (expression.subType !== ExpressionTypes.OPERATOR) return undefined;
    const part = parts.get(expression.operator);
    const cell = stars.cells.get(variableOf(expression.args[0]) ?? '');
    if (part === undefined || cell?.type !== 'instant') return undefined;
    found.set(variable.value, { column: cell.column, part });
  }
  return found;
}

/** `SELECT *` has an order of columns that only the engine knows. */
const SELECTS_ALL = /\bselect\s+(?:distinct\s+|reduced\s+)?\*/i;

/** Compiles a query; undefined when it is not certain that its rows can come out of the store alike. */
export function compile({ text, algebra }: ParsedQuery, context: CompileContext): Compiled | undefined {
  if (SELECTS_ALL.test(text)) return undefined;
  const shape = shapeOf(algebra);
  const stars = shape && compileStars(shape.core.patterns, context.rules, context.iris);
  if (shape === undefined || stars === undefined) return undefined;
  const timeParts = partsOf(shape.core.extends, stars);
  return timeParts && new Compiler(context, shape, stars, timeParts).compile();
}
