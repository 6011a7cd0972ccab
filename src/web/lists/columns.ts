/** The columns of a list, and its rows in the reader's order; pure. */
import type { ComponentChildren } from 'preact';
import { type Sorting, type SortKey, sorted } from '../parts/sorting.js';

/** A column: what its cells show, and what it is sorted by where it can be. */
export interface Column<T> {
  /** Its name in the address, as `sort=NAME.down`. */
  readonly name: string;
  readonly label: string;
  readonly cell: (item: T) => ComponentChildren;
  /** What it is sorted by; a column without it does not sort. */
  readonly key?: (item: T) => SortKey;
  /** Whether its cells are figures that stand under each other. */
  readonly isFigure?: boolean;
  /** Whether its cells name the row. */
  readonly isHead?: boolean;
}

/** The items in the order that is asked for; as they came where nothing is sorted by. */
export function inOrder<T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  { by, isDown }: Sorting,
): readonly T[] {
  const key = columns.find(({ name }) => name === by)?.key;
  return key === undefined ? items : sorted(items, key, isDown);
}
