/** Tables that are sorted by the reader; how is in the address. */
import { useSearchParams } from 'wouter-preact';

/** By which column, and which way. */
export interface Sorting {
  readonly by: string;
  readonly isDown: boolean;
}

/** What a column is sorted by; nothing known comes last either way. */
export type SortKey = string | number | null | undefined;

/** How a table is sorted, and what sorts it by another column. */
export function useSorting(usual: Sorting): readonly [Sorting, (by: string) => void] {
  const [search, setSearch] = useSearchParams();
  const [by, way] = (search.get('sort') ?? '').split('.');
  const sorting = by === undefined || by === '' ? usual : { by, isDown: way === 'down' };
  const sort = (column: string): void => {
    const isDown = sorting.by === column ? !sorting.isDown : false;
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        next.set('sort', `${column}.${isDown ? 'down' : 'up'}`);
        return next;
      },
      { replace: true },
    );
  };
  return [sorting, sort];
}

function compare(a: SortKey, b: SortKey): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

/** Items in the order of a key. */
export function sorted<T>(items: readonly T[], keyOf: (item: T) => SortKey, isDown: boolean): readonly T[] {
  return items.toSorted((one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)];
    if (a == null || b == null) return Number(a == null) - Number(b == null);
    return isDown ? compare(b, a) : compare(a, b);
  });
}

/** The heading of a column that sorts by it. */
export function SortHead({
  name,
  label,
  sorting,
  sort,
  isFigure = false,
}: {
  readonly name: string;
  readonly label: string;
  readonly sorting: Sorting;
  readonly sort: (by: string) => void;
  readonly isFigure?: boolean;
}) {
  const isBy = sorting.by === name;
  return (
    <th
      scope="col"
      class={isFigure ? 'figure' : undefined}
      aria-sort={isBy ? (sorting.isDown ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" onClick={() => sort(name)}>
        {label}
        <span aria-hidden="true">{isBy ? (sorting.isDown ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}
