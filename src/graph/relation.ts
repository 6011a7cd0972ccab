/** Rows of the store that stand for the solutions of a part of a query, as a bag. */
import type { Algebra } from '@traqula/algebra-transformations-1-1';
import type { RowAggregate, RowCondition, RowSource } from '../evidence/index.js';
import { type Cell, type CellType, isIdentifying } from './cells.js';

/** A star of a relation: which patterns its source was made from, so that it can be bounded by what is known there. */
export interface RelationStar {
  readonly source: string;
  readonly leaf: Algebra.Bgp;
  readonly subject: string;
}

/** An aggregate of a grouped relation. */
export interface Aggregated {
  readonly aggregate: RowAggregate;
  readonly type: CellType;
}

/** How the rows of a relation are grouped: the variables that its groups have in common, and what is told of each. */
export interface Grouping {
  /** The keys' cells are those of the rows. */
  readonly keys: readonly string[];
  readonly aggregates: ReadonlyMap<string, Aggregated>;
  /** Other names for keys and aggregates. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Filters over the groups. */
  readonly having: readonly Algebra.Expression[];
}

/** Sources joined where conditions hold, with a cell for each variable; grouped or made distinct at its end. */
export interface Relation {
  readonly sources: readonly RowSource[];
  readonly stars: readonly RelationStar[];
  readonly conditions: readonly RowCondition[];
  readonly cells: ReadonlyMap<string, Cell>;
  readonly grouping?: Grouping;
  readonly isDistinct?: boolean;
}

/** Whether rows of a relation can still be joined and filtered. */
export function isOpen({ grouping, isDistinct }: Relation): boolean {
  return grouping === undefined && isDistinct !== true;
}

/** The names of the variables of a relation's answer. */
export function namesOf({ cells, grouping }: Relation): readonly string[] {
  return grouping === undefined
    ? [...cells.keys()]
    : [...grouping.keys, ...grouping.aggregates.keys(), ...grouping.renamed.keys()];
}

/** A relation with a variable added, or bound to a second value that must equal the first; undefined if uncertain. */
export function withCell(relation: Relation, name: string, cell: Cell): Relation | undefined {
  const known = relation.cells.get(name);
  if (known === undefined) {
    return { ...relation, cells: new Map([...relation.cells, [name, cell]]) };
  }
  if (known.type !== cell.type || !isIdentifying(cell.type) || known.isOptional || cell.isOptional) {
    return undefined;
  }
  const as = cell.type === 'instant' || cell.type === 'integer' ? cell.type : 'text';
  return {
    ...relation,
    conditions: [
      ...relation.conditions,
      { type: 'compare', operator: '=', left: known.value, right: cell.value, as },
    ],
  };
}

/** All pairs of rows of two relations that agree on the variables that they share; undefined if uncertain. */
export function joined(a: Relation, b: Relation): Relation | undefined {
  if (!isOpen(a) || !isOpen(b)) return undefined;
  let both: Relation | undefined = {
    sources: [...a.sources, ...b.sources],
    stars: [...a.stars, ...b.stars],
    conditions: [...a.conditions, ...b.conditions],
    cells: a.cells,
  };
  for (const [name, cell] of b.cells) both = both && withCell(both, name, cell);
  return both;
}
