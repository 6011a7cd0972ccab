/** Rewriting of algebra: a normal form, and the exchange of one operation for another. */
import { type Algebra, Types } from '@traqula/algebra-transformations-1-1';
import { starsOf } from './compile-relation.js';

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** A tree with each operation that `change` knows exchanged; everything else is shared. */
export function replaceIn<T>(tree: T, change: (node: object) => object | undefined): T {
  const visit = (node: unknown): unknown => {
    if (!isNode(node) || 'termType' in node) return node;
    const other = change(node);
    if (other !== undefined) return other;
    if (Array.isArray(node)) {
      const items = node.map(visit);
      return items.some((item, index) => item !== node[index]) ? items : node;
    }
    const entries = Object.entries(node).map(([key, value]) => [key, visit(value)] as const);
    return entries.some(([key, value]) => node[key] !== value) ? Object.fromEntries(entries) : node;
  };
  return visit(tree) as T;
}

/** Joins of joins as one, and groups of patterns star by star, wherever they stand outside of expressions. */
export function normalised(operation: Algebra.Operation): Algebra.Operation {
  switch (operation.type) {
    case Types.JOIN:
      return joinOf(operation.input.map(normalised));
    case Types.BGP:
      return joinOf([operation]);
    case Types.LEFT_JOIN:
    case Types.MINUS: {
      const [left, right] = operation.input;
      return { ...operation, input: [normalised(left), normalised(right)] };
    }
    case Types.UNION:
      return { ...operation, input: operation.input.map(normalised) };
    case Types.FILTER:
    case Types.EXTEND:
    case Types.GROUP:
    case Types.PROJECT:
    case Types.DISTINCT:
    case Types.REDUCED:
    case Types.ORDER_BY:
    case Types.SLICE:
    case Types.ASK:
    case Types.CONSTRUCT:
    case Types.DESCRIBE:
    case Types.GRAPH:
      return { ...operation, input: normalised(operation.input) };
    default:
      return operation;
  }
}

/** A join of some operations, flat; the operation itself where there is one. */
export function joinOf(operations: readonly Algebra.Operation[]): Algebra.Operation {
  const flat = operations
    .flatMap((operation) => (operation.type === Types.JOIN ? operation.input : [operation]))
    .flatMap((operation): readonly Algebra.Operation[] =>
      operation.type === Types.BGP ? starsOf(operation) : [operation],
    );
  const [only, ...others] = flat;
  if (only !== undefined && others.length === 0) return only;
  return { type: Types.JOIN, input: flat };
}
