/** Copies the tables of an open store into a file of its own. */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { interruptible } from '../interrupt.js';
import { type ArchiveFile, readArchive } from '../retention/archive-table.js';

/** What a copy of the store holds. */
export interface Snapshot {
  readonly schema: number;
  readonly base: string;
  readonly commits: number;
  readonly events: number;
  readonly samples: number;
  /** The archive that belongs to it. */
  readonly archive: readonly ArchiveFile[];
}

const COUNTED = `
  SELECT (SELECT value FROM backup.meta WHERE key = 'schema'), (SELECT value FROM backup.meta WHERE key = 'base'),
    (SELECT coalesce(max(number), 0) FROM backup.batch), (SELECT count(*) FROM backup.event),
    (SELECT count(*) FROM backup.sample) + (SELECT count(*) FROM backup.sorted_sample)
`;

async function copied(connection: DuckDBConnection): Promise<Snapshot> {
  await connection.run('BEGIN');
  await connection.run('COPY FROM DATABASE evidence TO backup');
  const [row = []] = (await connection.runAndReadAll(COUNTED)).getRows();
  const [schema, base, commits, events, samples] = row;
  // Of the same moment as the copy, since it is the same transaction.
  const archive = await readArchive(connection);
  await connection.run('COMMIT');
  await connection.run('CHECKPOINT backup');
  return {
    schema: Number(schema),
    base: String(base),
    commits: Number(commits),
    events: Number(events),
    samples: Number(samples),
    archive,
  };
}

/**
 * Copies the store, as it is at one moment, into a new file, which is on disk then. It is one read beside which appends
 * and all background work go on.
 */
export async function writeSnapshot(
  instance: DuckDBInstance,
  path: string,
  signal: AbortSignal,
): Promise<Snapshot> {
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS backup`);
    try {
      return await interruptible(connection, signal, () => copied(connection));
    } catch (cause) {
      await connection.run('ROLLBACK').catch(() => undefined);
      throw cause;
    } finally {
      await connection.run('DETACH backup').catch(() => undefined);
    }
  } finally {
    connection.closeSync();
  }
}
