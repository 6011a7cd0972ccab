/** The rows of a compiled query as a few triples and a query over them, so that the engine writes every answer. */
import type { EvidenceStore, RowCell, Rows } from '../evidence/index.js';
import { encodeSegment, formatInstant, type Iris, instantOf } from '../model/index.js';
import type { Compiled, CompiledColumn } from './compile.js';
import { doubleText, escapeLiteral } from './ntriples.js';
import { XSD_DATE_TIME, XSD_DOUBLE, XSD_INTEGER } from './vocabulary.js';

/** What the engine is given in place of a query and its slice. */
export interface CompiledQuery {
  readonly query: string;
  readonly chunks: readonly Uint8Array[];
  readonly rows: number;
}

const COLUMN = 'urn:genchi:column:';
const ROW = 'urn:genchi:row:';
const ROWS_PER_CHUNK = 4_096;

function timeSegment(at: RowCell): string {
  return formatInstant(instantOf(Number(at)))
    .replaceAll('-', '')
    .replaceAll(':', '');
}

function termOf({ type, cells }: CompiledColumn, row: readonly RowCell[], iris: Iris): string {
  const [first, second, third] = cells.map((cell) => row[cell]);
  switch (type) {
    case 'event':
      return `<${iris.prefix}${first}/${timeSegment(second)}/${third}>`;
    case 'sample':
      return `<${iris.prefix}sample/${timeSegment(first)}/${second}>`;
    case 'text':
      return `"${escapeLiteral(String(first))}"`;
    case 'service':
      return `<${iris.prefix}service/${encodeSegment(String(first))}>`;
    case 'instant':
      return `"${formatInstant(instantOf(Number(first)))}"^^<${XSD_DATE_TIME}>`;
    case 'number':
      return `"${doubleText(Number(first))}"^^<${XSD_DOUBLE}>`;
    case 'integer':
      return `"${first}"^^<${XSD_INTEGER}>`;
  }
}

/** Whether every aggregate of the rows is one that both engines have alike. */
function isSound({ columns, checks }: Compiled, rows: Rows): boolean {
  return rows.every(
    (row) =>
      // Sums, means and ends of no rows have values of their own; NaN, infinities and signed zeros have orders.
      columns.every(({ aggregate, cells, type }) => {
        const cell = row[cells[0] ?? 0];
        if (aggregate === undefined) return true;
        const isZeroEnd = type === 'number' && cell === 0 && (aggregate === 'min' || aggregate === 'max');
        return cell !== undefined && !isZeroEnd;
      }) && checks.every((cell) => Number.isFinite(row[cell])),
  );
}

function restOf({ columns, rest }: Compiled): string {
  const patterns = columns.map(({ name }, index) => `<${COLUMN}${index}> ?${name}`).join(' ; ');
  const row = columns.some(({ name }) => name === 'row') ? freshName(columns) : 'row';
  const order = rest.order.map(({ name, isDescending }) => (isDescending ? `DESC(?${name})` : `?${name}`));
  return [
    `SELECT ${rest.isDistinct ? 'DISTINCT ' : ''}${rest.variables.map((name) => `?${name}`).join(' ')}`,
    `{ ?${row} ${patterns} }`,
    ...(order.length === 0 ? [] : [`ORDER BY ${order.join(' ')}`]),
    ...(rest.length === undefined ? [] : [`LIMIT ${rest.length}`]),
    ...(rest.start === 0 ? [] : [`OFFSET ${rest.start}`]),
  ].join('\n');
}

function freshName(columns: readonly CompiledColumn[]): string {
  return `row${columns.map(({ name }) => name).join('')}`;
}

function chunksOf({ columns }: Compiled, rows: Rows, iris: Iris): readonly Uint8Array[] {
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < rows.length; from += ROWS_PER_CHUNK) {
    const text = rows
      .slice(from, from + ROWS_PER_CHUNK)
      .map((row, index) =>
        columns
          .map((column, at) => `<${ROW}${from + index}> <${COLUMN}${at}> ${termOf(column, row, iris)} .\n`)
          .join(''),
      )
      .join('');
    chunks.push(encoder.encode(text));
  }
  return chunks;
}

/**
 * Fetches the rows of a compiled query; undefined when they are too many to be handed on, or hold an aggregate on which
 * engines differ: the query then goes the way of the slice.
 */
export async function fetchRows(
  store: EvidenceStore,
  compiled: Compiled,
  iris: Iris,
  signal?: AbortSignal,
): Promise<CompiledQuery | undefined> {
  const { plan } = compiled;
  const rows = await store.select(plan, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  if (rows.length >= plan.limit || !isSound(compiled, rows)) return undefined;
  return { query: restOf(compiled), chunks: chunksOf(compiled, rows, iris), rows: rows.length };
}
