import type { DuckDBConnection } from '@duckdb/node-api';

/** The rows of a statement whose columns are numbers. */
export async function rowsOf(
  connection: DuckDBConnection,
  statement: string,
): Promise<readonly (readonly number[])[]> {
  const reader = await connection.runAndReadAll(statement);
  return reader.getRows().map((row) => row.map(Number));
}
