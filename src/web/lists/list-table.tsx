/** The table of a list: columns that sort, rows that keys go through. */
import './lists.css';
import { useRef } from 'preact/hooks';
import { SortHead, useSorting } from '../parts/sorting.js';
import { type Column, inOrder } from './columns.js';
import { useRowKeys } from './row-keys.js';

interface RowProps<T> {
  readonly item: T;
  readonly columns: readonly Column<T>[];
}

function Row<T>({ item, columns }: RowProps<T>) {
  return (
    <tr>
      {columns.map(({ name, cell, isHead, isFigure }) =>
        isHead === true ? (
          <th scope="row" key={name}>
            {cell(item)}
          </th>
        ) : (
          <td key={name} class={isFigure === true ? 'figure' : undefined}>
            {cell(item)}
          </td>
        ),
      )}
    </tr>
  );
}

/** Shows items; `by` is the column they are sorted by unless the address names another, none as they came. */
export function ListTable<T>({
  label,
  items,
  columns,
  idOf,
  by = '',
}: {
  /** What is listed, for those who do not see it. */
  readonly label: string;
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly idOf: (item: T) => string;
  readonly by?: string;
}) {
  const [sorting, sort] = useSorting({ by, isDown: false });
  const table = useRef<HTMLTableElement>(null);
  useRowKeys(table);
  return (
    <div class="scroll">
      <table class="data list" ref={table} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ name, label: head, key, isFigure = false }) =>
              key === undefined ? (
                <th scope="col" key={name} class={isFigure ? 'figure' : undefined}>
                  {head}
                </th>
              ) : (
                <SortHead key={name} label={head} {...{ name, sorting, sort, isFigure }} />
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {inOrder(items, columns, sorting).map((item) => (
            <Row key={idOf(item)} {...{ item, columns }} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
