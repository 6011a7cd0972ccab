/** Rows of an answer; of many only those that can be seen are drawn. */
import { useMemo, useState } from 'preact/hooks';
import { useRowWindow } from '../parts/window-rows.js';
import { CellView } from './cell-view.js';
import { type Cell, sortedRows, type Table } from './results.js';

/** The height of every row, as the style sheet has it. */
const ROW_PX = 32;

interface Order {
  readonly column: number;
  readonly direction: 'ascending' | 'descending';
}

const isFigures = (rows: readonly (readonly Cell[])[], column: number): boolean =>
  rows.slice(0, 50).every((row) => row[column]?.type === 'number' || row[column]?.type === 'empty');

function Head({
  columns,
  figures,
  order,
  sort,
}: {
  readonly columns: readonly string[];
  readonly figures: readonly boolean[];
  readonly order: Order | undefined;
  readonly sort: (column: number) => void;
}) {
  return (
    <thead>
      <tr>
        {columns.map((name, column) => {
          const direction = order?.column === column ? order.direction : undefined;
          return (
            <th key={name} scope="col" class={figures[column] === true ? 'figure' : ''} aria-sort={direction}>
              <button type="button" onClick={() => sort(column)}>
                {name}
                <span aria-hidden="true">
                  {direction === undefined ? '' : direction === 'descending' ? ' ↓' : ' ↑'}
                </span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** A row that stands for those above or below what is drawn. */
function Spacer({ heightPx, columns }: { readonly heightPx: number; readonly columns: number }) {
  if (heightPx === 0) return null;
  return (
    <tr class="spacer">
      <td colSpan={columns} style={{ height: `${heightPx}px` }} />
    </tr>
  );
}

/** The table of an answer. */
export function AnswerTable({
  table,
  prefixes,
}: {
  readonly table: Table;
  readonly prefixes: ReadonlyMap<string, string>;
}) {
  const [order, setOrder] = useState<Order>();
  const rows = useMemo(
    () => (order === undefined ? table.rows : sortedRows(table, order.column, order.direction)),
    [table, order],
  );
  const figures = useMemo(() => table.columns.map((_, column) => isFigures(table.rows, column)), [table]);
  const { body, shown } = useRowWindow(rows.length, ROW_PX);
  const sort = (column: number): void =>
    setOrder({
      column,
      direction: order?.column === column && order.direction === 'ascending' ? 'descending' : 'ascending',
    });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll answer-table" aria-label="Rows of the answer" tabIndex={0}>
      <table class="data" aria-rowcount={rows.length + 1}>
        <Head columns={table.columns} figures={figures} order={order} sort={sort} />
        <tbody ref={body}>
          <Spacer heightPx={shown.beforePx} columns={table.columns.length} />
          {rows.slice(shown.first, shown.end).map((row, place) => (
            <tr key={shown.first + place} aria-rowindex={shown.first + place + 2}>
              {row.map((cell, column) => (
                <td key={table.columns[column]} class={figures[column] === true ? 'figure' : ''}>
                  <CellView cell={cell} prefixes={prefixes} />
                </td>
              ))}
            </tr>
          ))}
          <Spacer heightPx={shown.afterPx} columns={table.columns.length} />
        </tbody>
      </table>
    </section>
  );
}
