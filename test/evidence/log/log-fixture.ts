import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Runs statements on the closed store of a folder, as somebody would who can write to its disk. */
export async function tamper(folder: string, ...statements: readonly string[]): Promise<void> {
  await inside(folder, async (connection) => {
    for (const statement of statements) await connection.run(statement);
  });
}

/** Does some work on the closed store of a folder. */
export async function inside<T>(
  folder: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'));
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A statement that gives the parts of a batch another hash. */
export const otherHashes = (batch: number): string =>
  `UPDATE batch SET parts = regexp_replace(parts, '[0-9a-f]{64}', '${'ab'.repeat(32)}') WHERE number = ${batch}`;
