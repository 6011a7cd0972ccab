import type { DuckDBResult } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/**
 * The columns of a result, all of them DOUBLE without NULL, taken as they lie in memory, a chunk at a time with a turn of
 * the event loop between any two: half a million rows take some milliseconds, where a value for each took half a second.
 */
export async function floatColumns(result: DuckDBResult): Promise<readonly Float64Array[]> {
  return (await readChunks(result, 0)).columns;
}

/** The same of a result whose first column names its rows. */
export function namedFloatColumns(result: DuckDBResult): Promise<NamedColumns> {
  return readChunks(result, 1);
}

/** The names of rows, and the columns beside them. */
export interface NamedColumns {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
}

async function readChunks(result: DuckDBResult, named: 0 | 1): Promise<NamedColumns> {
  const names: string[] = [];
  const pieces: Float64Array[][] = Array.from({ length: result.columnCount - named }, () => []);
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (chunk.rowCount === 0) break;
    if (named === 1) for (const name of chunk.getColumnValues(0)) names.push(String(name));
    for (const [column, own] of pieces.entries()) {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, column + named);
      const { buffer, byteOffset } = duckdb.vector_get_data(vector, chunk.rowCount * 8);
      own.push(new Float64Array(buffer, byteOffset, chunk.rowCount).slice());
    }
  }
  const columns = pieces.map((own) => {
    const whole = new Float64Array(own.reduce((sum, { length }) => sum + length, 0));
    let next = 0;
    for (const piece of own) {
      whole.set(piece, next);
      next += piece.length;
    }
    return whole;
  });
  return { names, columns };
}
