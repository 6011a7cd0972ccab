/** A table of texts: names of the columns, and rows with as many cells. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A text on one line, without the control characters by which evidence could move a terminal's cursor. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

function width(text: string): number {
  return [...text].length;
}

/** Writes a table with aligned columns and a line below their names. */
export function formatTable({ columns, rows }: Table): string {
  const cells = [columns, ...rows].map((row) => columns.map((_, index) => printable(row[index] ?? '')));
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => width(row[index] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = cells;
  return [line(head), widths.map((wide) => '-'.repeat(wide)).join('  '), ...body.map(line), ''].join('\n');
}
