/** Statements with bound values, and how their rows come out of the store. */
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBValue,
  LIST,
  VARCHAR,
} from '@duckdb/node-api';
import { LongWork } from '../long-work.js';

/** A statement with the values bound to its `$1`, `$2` ... */
export interface Statement {
  readonly text: string;
  readonly values: readonly DuckDBValue[];
}

/** Rows that are taken out of the store between two looks at the time. */
const ROWS_A_LOOK = 32;

function typesOf(values: Statement['values']) {
  return Object.fromEntries(
    values.flatMap((value, index) =>
      typeof value === 'object' && value !== null && 'items' in value ? [[index + 1, LIST(VARCHAR)]] : [],
    ),
  );
}

/** Runs a statement and answers its rows. */
export async function run(connection: DuckDBConnection, { text, values }: Statement) {
  const reader = await connection.runAndReadAll(text, [...values], typesOf(values));
  return reader.getRows();
}

/** The rows of a chunk, some at a time. */
function* rowsOf(chunk: DuckDBDataChunk): Generator<readonly (readonly DuckDBValue[])[]> {
  const { columnCount, rowCount } = chunk;
  const columns = Array.from({ length: columnCount }, (_, column) => chunk.getColumnVector(column));
  for (let from = 0; from < rowCount; from += ROWS_A_LOOK) {
    const length = Math.min(ROWS_A_LOOK, rowCount - from);
    yield Array.from({ length }, (_, row) => columns.map((column) => column.getItem(from + row)));
  }
}

/** What a statement found, still in the store. */
export type Found = Awaited<ReturnType<typeof find>>;

/** Runs a statement; what it finds stays in the store until it is taken out. */
export async function find(connection: DuckDBConnection, { text, values }: Statement) {
  return await connection.run(text, [...values], typesOf(values));
}

/** Takes rows out some at a time, as long work; fails with the reason of a signal that stops it on the way. */
export async function* takeOut(
  found: Found,
  signal?: AbortSignal,
): AsyncGenerator<readonly (readonly DuckDBValue[])[]> {
  const work = new LongWork(signal);
  for (let chunk = await found.fetchChunk(); chunk !== null; chunk = await found.fetchChunk()) {
    if (chunk.rowCount === 0) return;
    for (const rows of rowsOf(chunk)) {
      yield rows;
      if (work.isPieceOver) await work.rest();
    }
  }
}
