/**
 * The compiled way: parts of a query that are groups of stars over evidence, with filters, dependency reach and
 * aggregates, become plans of rows for the store. What is left of the query goes over their rows and a slice of the
 * rest; where nothing is left, the rows are the answer.
 */
import { type Algebra, ExpressionTypes, Types } from '@traqula/algebra-transformations-1-1';
import { joinOf, normalised, replaceIn } from './algebra.js';
import { ExpressionCompiler, variableOf } from './compile-filters.js';
import { partition } from './compile-joins.js';
import { conjunctsOf, RelationCompiler } from './compile-relation.js';
import type { CompileContext } from './compile-stars.js';
import { type CompiledRows, type Ending, rowsOf, variablesOf } from './compiled-plan.js';
import { namesOf, type Relation } from './relation.js';

/** A part of a query that the store answers. */
export interface Part {
  /** The operation in the query's tree that it stands for. */
  readonly operation: Algebra.Operation;
  readonly relation: Relation;
  readonly rows: CompiledRows;
}

/** A query of which nothing is left once the store has answered. */
export interface Whole extends Part {
  readonly form: 'select' | 'ask';
  /** The variables of the answer in their order. */
  readonly head: readonly string[];
}

/** How a query can be answered. */
export interface Compiled {
  readonly root: Algebra.Operation;
  /** Parts in the order in which their rows can bound each other. */
  readonly parts: readonly Part[];
  readonly whole: Whole | undefined;
}

/** How many rows may be handed on, at most. */
export interface CompileLimits {
  /** Of a part, to the query engine: more go faster through a slice. */
  readonly partRows: number;
  /** Of an answer. */
  readonly answerRows: number;
}

function orderOf(expressions: readonly Algebra.Expression[]): Ending['order'] | undefined {
  const order = expressions.flatMap((expression) => {
    const isDescending = expression.subType === ExpressionTypes.OPERATOR && expression.operator === 'desc';
    const name = variableOf(isDescending ? expression.args[0] : expression);
    return name === undefined ? [] : [{ name, isDescending }];
  });
  return order.length === expressions.length ? order : undefined;
}

/** What stands above the rows of a query. */
interface Shape extends Ending {
  readonly form: Whole['form'];
  readonly below: Algebra.Operation;
}

/** Reads the top of a query; undefined when the engine has to compute something there. */
function shapeOf(root: Algebra.Operation, answerRows: number): Shape | undefined {
  if (root.type === Types.ASK) {
    return { form: 'ask', names: [], isDistinct: false, order: [], offset: 0, limit: 1, below: root.input };
  }
  let below: Algebra.Operation = root;
  let [offset, limit, isDistinct] = [0, answerRows + 1, false];
  if (below.type === Types.SLICE) {
    offset = below.start;
    limit = Math.min(below.length ?? limit, limit);
    below = below.input;
  }
  if (below.type === Types.DISTINCT) {
    isDistinct = true;
    below = below.input;
  }
  if (below.type !== Types.PROJECT) return undefined;
  const names = below.variables.map(({ value }) => value);
  below = below.input;
  let order: Ending['order'] | undefined = [];
  if (below.type === Types.ORDER_BY) {
    order = orderOf(below.expressions);
    below = below.input;
  }
  return order && { form: 'select', names, isDistinct, order, offset, limit, below };
}

/** Walks a query from its top and takes out what the store can answer. */
class Walker {
  readonly #compiler: RelationCompiler;
  readonly #context: CompileContext;
  readonly parts: { readonly operation: Algebra.Operation; readonly relation: Relation }[] = [];

  constructor(context: CompileContext) {
    this.#context = context;
    this.#compiler = new RelationCompiler(context);
  }

  /** The operation with its parts in place; `filters` hold in every row of it that matters. */
  walk(operation: Algebra.Operation, filters: readonly Algebra.Expression[]): Algebra.Operation {
    const relation = this.#compiler.compile(operation);
    if (relation !== undefined && relation.stars.length > 0) return this.#take(operation, relation, filters);
    switch (operation.type) {
      case Types.JOIN:
        return this.#walkJoin(operation, filters);
      case Types.FILTER: {
        const own = conjunctsOf(operation.expression);
        return { ...operation, input: this.walk(operation.input, [...filters, ...own]) };
      }
      case Types.EXTEND: {
        const { value } = operation.variable;
        const passing = filters.filter((filter) => !variablesOf(filter).has(value));
        return { ...operation, input: this.walk(operation.input, passing) };
      }
      case Types.LEFT_JOIN:
      case Types.MINUS: {
        const [left, right] = operation.input;
        return { ...operation, input: [this.walk(left, filters), this.walk(right, [])] };
      }
      case Types.UNION:
        return { ...operation, input: operation.input.map((input) => this.walk(input, filters)) };
      default:
        return this.#walkSingle(operation, filters);
    }
  }

  #walkSingle(operation: Algebra.Operation, filters: readonly Algebra.Expression[]): Algebra.Operation {
    switch (operation.type) {
      case Types.PROJECT: {
        const visible = new Set(operation.variables.map(({ value }) => value));
        const passing = filters.filter((filter) =>
          [...variablesOf(filter)].every((name) => visible.has(name)),
        );
        return { ...operation, input: this.walk(operation.input, passing) };
      }
      case Types.DISTINCT:
      case Types.REDUCED:
      case Types.ORDER_BY:
        return { ...operation, input: this.walk(operation.input, filters) };
      case Types.SLICE:
      case Types.GROUP:
      case Types.ASK:
      case Types.CONSTRUCT:
      case Types.DESCRIBE:
        return { ...operation, input: this.walk(operation.input, []) };
      default:
        return operation;
    }
  }

  #walkJoin(join: Algebra.Join, filters: readonly Algebra.Expression[]): Algebra.Operation {
    const { components, others } = partition(join.input, filters, this.#compiler);
    const left = others.map((operation) => this.walk(operation, filters));
    const taken = components.map(({ operations, relation }) => {
      const operation = joinOf(operations);
      return this.#take(operation, relation, filters);
    });
    const [only, ...more] = [...left, ...taken];
    return only !== undefined && more.length === 0 ? only : { ...join, input: [...left, ...taken] };
  }

  /** Takes an operation as a part, with the filters that hold in its rows whatever is joined to them. */
  #take(
    operation: Algebra.Operation,
    relation: Relation,
    filters: readonly Algebra.Expression[],
  ): Algebra.Operation {
    let [taken, bounded] = [operation, relation];
    for (const filter of filters) {
      const next = this.#isCertain(filter, bounded) ? this.#compiler.filtered(bounded, filter) : undefined;
      if (next === undefined) continue;
      bounded = next;
      taken = { type: Types.FILTER, input: taken, expression: filter };
    }
    // A copy, since one operation may stand in two places of a tree.
    const copy = { ...taken };
    this.parts.push({ operation: copy, relation: movedTo(bounded, taken, copy) });
    return copy;
  }

  #isCertain(filter: Algebra.Expression, { cells }: Relation): boolean {
    const names = [...variablesOf(filter)];
    return names.every((name) => cells.get(name)?.isOptional === false) && this.#states(filter, cells);
  }

  #states(filter: Algebra.Expression, cells: Relation['cells']): boolean {
    return new ExpressionCompiler(cells, this.#context).condition(filter) !== undefined;
  }
}

/** Whether COUNT(DISTINCT *) stands somewhere in a query, which tells rows apart by variables that it does not name. */
function countsWholeRows(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || 'termType' in node) return false;
  const isWild =
    'distinct' in node && node.distinct === true && 'expression' in node && isWildcard(node.expression);
  return isWild || Object.values(node).some(countsWholeRows);
}

function isWildcard(expression: unknown): boolean {
  const hasKind = typeof expression === 'object' && expression !== null && 'subType' in expression;
  return hasKind && expression.subType === ExpressionTypes.WILDCARD;
}

/** A relation whose patterns stand in a copy of where they stood, so that what is known of them there is found. */
function movedTo(relation: Relation, from: Algebra.Operation, to: Algebra.Operation): Relation {
  const stars = relation.stars.map((star) =>
    star.leaf === from && to.type === Types.BGP ? { ...star, leaf: to } : star,
  );
  return { ...relation, stars };
}

/** The variables of an operation that anything else in the query names. */
function namesUsed(
  root: Algebra.Operation,
  parts: readonly { readonly operation: Algebra.Operation; readonly relation: Relation }[],
  { operation, relation }: { readonly operation: Algebra.Operation; readonly relation: Relation },
): readonly string[] {
  const rest = replaceIn(root, (node) => (node === operation ? [] : undefined));
  if (countsWholeRows(rest)) return visibleOf(operation, relation);
  const outside = new Set(variablesOf(rest));
  for (const part of parts) {
    if (part.operation !== operation)
      for (const name of visibleOf(part.operation, part.relation)) outside.add(name);
  }
  const visible = visibleOf(operation, relation);
  const used = visible.filter((name) => outside.has(name));
  // Rows count even where nothing of them is named.
  return used.length === 0 ? visible.slice(0, 1) : used;
}

function visibleOf(operation: Algebra.Operation, relation: Relation): readonly string[] {
  switch (operation.type) {
    case Types.PROJECT:
      return operation.variables.map(({ value }) => value);
    case Types.DISTINCT:
    case Types.FILTER:
      return visibleOf(operation.input, relation);
    default:
      return namesOf(relation);
  }
}

function wholeOf(root: Algebra.Operation, context: CompileContext, answerRows: number): Whole | undefined {
  const shape = shapeOf(root, answerRows);
  const relation = shape && new RelationCompiler(context).compile(shape.below);
  if (shape === undefined || relation === undefined || relation.stars.length === 0) return undefined;
  const rows = rowsOf(relation, shape, context);
  return rows && { operation: root, relation, rows, form: shape.form, head: shape.names };
}

/** Takes a query apart into what the store can answer and what is left. */
export function compile(
  algebra: Algebra.Operation,
  context: CompileContext,
  { partRows, answerRows }: CompileLimits,
): Compiled {
  const root = normalised(algebra);
  const whole = wholeOf(root, context, answerRows);
  const walker = new Walker(context);
  const walked = walker.walk(root, []);
  const parts = walker.parts.flatMap((part): readonly Part[] => {
    const names = namesUsed(walked, walker.parts, part);
    const ending = { names, isDistinct: false, order: [], offset: 0, limit: partRows + 1 };
    const rows = rowsOf(part.relation, ending, context);
    return rows === undefined ? [] : [{ ...part, rows }];
  });
  return { root: walked, parts, whole };
}
