/** Groups of rows with aggregates whose result does not depend on who computes it. */
import { type Algebra, ExpressionTypes } from '@traqula/algebra-transformations-1-1';
import type { RowAggregate } from '../evidence/index.js';
import { type Cell, isIdentifying } from './cells.js';
import { variableOf } from './compile-filters.js';
import type { Aggregated, Relation } from './relation.js';

const ordered: ReadonlySet<Cell['type']> = new Set(['number', 'instant', 'text', 'integer']);

function aggregated(
  { aggregator, distinct, expression }: Algebra.BoundAggregate,
  { cells }: Relation,
): Aggregated | undefined {
  if (expression.subType === ExpressionTypes.WILDCARD) {
    return aggregator === 'count' && !distinct
      ? { aggregate: { type: 'count' }, type: 'integer' }
      : undefined;
  }
  const cell = cells.get(variableOf(expression) ?? '');
  const aggregate = cell && aggregateOf(aggregator, distinct, cell);
  if (cell === undefined || aggregate === undefined) return undefined;
  return { aggregate, type: aggregator === 'count' ? 'integer' : cell.type };
}

function aggregateOf(
  aggregator: string,
  isDistinct: boolean,
  { type, value: of }: Cell,
): RowAggregate | undefined {
  switch (aggregator) {
    case 'count':
      if (!isDistinct) return { type: 'count-of', of };
      return isIdentifying(type) ? { type: 'count-distinct', of } : undefined;
    case 'sum':
    case 'avg':
      return type === 'number' && !isDistinct ? { type: aggregator, of } : undefined;
    case 'min':
    case 'max':
      return ordered.has(type) ? { type: aggregator, of } : undefined;
    default:
      return undefined;
  }
}

/** Groups the rows of a relation; undefined when an aggregate of it is not certain. */
export function grouped(rows: Relation, { variables, aggregates }: Algebra.Group): Relation | undefined {
  const keys = variables.map(({ value }) => value);
  // Numbers that are equal need not be the same term.
  if (!keys.every((name) => isIdentifying(rows.cells.get(name)?.type ?? 'number'))) return undefined;
  const found = new Map<string, Aggregated>();
  for (const aggregate of aggregates) {
    const one = aggregated(aggregate, rows);
    if (one === undefined) return undefined;
    found.set(aggregate.variable.value, one);
  }
  return { ...rows, grouping: { keys, aggregates: found, renamed: new Map(), having: [] } };
}
