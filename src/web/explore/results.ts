/** Answers of the SPARQL 1.1 Protocol as tables that can be shown, sorted, drawn and copied. */
import { fieldsOf } from '../data/problem.js';

/** A value in a row; `empty` where the query bound nothing. */
export type Cell =
  | { readonly type: 'iri'; readonly text: string }
  | { readonly type: 'number'; readonly text: string; readonly value: number }
  | { readonly type: 'time'; readonly text: string; readonly at: number }
  | { readonly type: 'text'; readonly text: string; readonly language?: string }
  | { readonly type: 'empty'; readonly text: '' };

/** Rows under the names of their columns. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a query answers. */
export type Result =
  | { readonly type: 'table'; readonly table: Table }
  | { readonly type: 'truth'; readonly holds: boolean }
  | { readonly type: 'graph'; readonly text: string };

const EMPTY: Cell = { type: 'empty', text: '' };
const XSD = 'http://www.w3.org/2001/XMLSchema#';
const NUMBERS: ReadonlySet<string> = new Set(
  ['double', 'float', 'decimal', 'integer', 'int', 'long', 'short', 'nonNegativeInteger'].map(
    (name) => XSD + name,
  ),
);

/** XML Schema writes infinities in its own way. */
function numberIn(text: string): number {
  if (text === 'INF' || text === '+INF') return Number.POSITIVE_INFINITY;
  return text === '-INF' ? Number.NEGATIVE_INFINITY : Number(text);
}

function cellOf(term: unknown): Cell {
  const { type, value: given, datatype, 'xml:lang': language } = fieldsOf(term);
  if (typeof given !== 'string') return EMPTY;
  if (type === 'uri') return { type: 'iri', text: given };
  if (typeof datatype === 'string' && NUMBERS.has(datatype)) {
    return { type: 'number', text: given, value: numberIn(given) };
  }
  if (datatype === `${XSD}dateTime`) {
    const at = Date.parse(given);
    if (!Number.isNaN(at)) return { type: 'time', text: given, at };
  }
  return { type: 'text', text: given, ...(typeof language === 'string' ? { language } : {}) };
}

/** Reads an answer in the SPARQL 1.1 Query Results JSON Format. */
export function resultOf(answer: unknown): Result {
  const { head, boolean, results } = fieldsOf(answer);
  if (typeof boolean === 'boolean') return { type: 'truth', holds: boolean };
  const { vars } = fieldsOf(head);
  const { bindings } = fieldsOf(results);
  const columns = Array.isArray(vars) ? vars.map(String) : [];
  const rows = Array.isArray(bindings)
    ? bindings.map((binding) => {
        const fields = fieldsOf(binding);
        return columns.map((name) => cellOf(fields[name]));
      })
    : [];
  return { type: 'table', table: { columns, rows } };
}

/** What rows are sorted by: empty cells come last either way. */
export function compareCells(a: Cell, b: Cell): number {
  if (a.type === 'empty' || b.type === 'empty')
    return Number(a.type === 'empty') - Number(b.type === 'empty');
  if (a.type === 'number' && b.type === 'number') return a.value - b.value;
  if (a.type === 'time' && b.type === 'time') return a.at - b.at;
  return a.text.localeCompare(b.text, 'en', { numeric: true });
}

/** Rows by a column; those that are alike keep their order. */
export function sortedRows(
  { rows }: Table,
  column: number,
  direction: 'ascending' | 'descending',
): readonly (readonly Cell[])[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [one, other] = [a[column] ?? EMPTY, b[column] ?? EMPTY];
    if (one.type === 'empty' || other.type === 'empty') return compareCells(one, other);
    return sign * compareCells(one, other);
  });
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A table as CSV (RFC 4180), as spreadsheets take it. */
export function csvOf({ columns, rows }: Table): string {
  const lines = [columns.map(quoted), ...rows.map((row) => row.map(({ text }) => quoted(text)))];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}
