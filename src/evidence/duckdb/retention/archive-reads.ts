/** Reads over the store and the archive together. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { type EventReceipt, type Identity, type Instant, instantOf } from '../../../model/index.js';
import { type Archive, goneFiles, isWithin, type Reach } from './archive.js';
import { type ArchiveFile, readArchive } from './archive-table.js';

/** The tables of the store by their full names, which views of a connection cannot hide. */
const STORE = 'evidence.main';
/** A file has fewer rows than this. */
const MOST_ROWS = 1_000_000_000_000;

/** A list of files as SQL writes it. */
export function fileList(archive: Archive, files: readonly ArchiveFile[]): string {
  return `[${files.map((file) => `'${archive.pathOf(file).replaceAll("'", "''")}'`).join(', ')}]`;
}

/** Views of one connection that stand before the tables of the same name, with what lies in these files as well. */
async function makeViews(
  connection: DuckDBConnection,
  archive: Archive,
  files: readonly ArchiveFile[],
): Promise<readonly string[]> {
  const samples = files.filter(({ kind }) => kind === 'sample');
  const events = files.filter(({ kind }) => kind !== 'sample');
  const made: string[] = [];
  if (samples.length > 0) {
    await connection.run(
      `CREATE OR REPLACE TEMP VIEW samples AS SELECT series, "at", value, batch FROM ${STORE}.samples
       UNION ALL BY NAME SELECT COLUMNS(c -> c IN ('series', 'at', 'value', 'batch'))
       FROM read_parquet(${fileList(archive, samples)}, union_by_name = true)`,
    );
    made.push('samples');
  }
  if (events.length > 0) {
    // By name, since a file has the columns of its kind only, and those that there were when it was written. Rows have a
    // number of their own, as those of a table have.
    const list = fileList(archive, events);
    await connection.run(
      `CREATE OR REPLACE TEMP VIEW event AS SELECT *, rowid AS rowid FROM ${STORE}.event
       UNION ALL BY NAME SELECT * EXCLUDE (filename, file_row_number),
         -1 - file_row_number - list_position(${list}, filename) * ${MOST_ROWS} AS rowid
       FROM read_parquet(${list}, union_by_name = true, filename = true, file_row_number = true)`,
    );
    made.push('event');
  }
  return made;
}

/** A connection to read on. */
export interface ReadingOn {
  readonly connection: DuckDBConnection;
  /** Whether it is inside a transaction already, which then goes on after the read. */
  readonly isInTransaction: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the store and, where the reach of the read goes so far back, the archive. What is in the store and which files
 * belong to it are read in one transaction, so that nothing is missed or seen twice while receipts move. Fails with
 * `archive-damaged` when a file is not what was written; one that its owner deleted is not read, or fails the read with
 * `archive-gone` where that needs all of it.
 */
export async function withArchive<T>(
  archive: Archive,
  { connection, isInTransaction, signal }: ReadingOn,
  reach: Reach,
  work: () => Promise<T>,
): Promise<T> {
  if (!archive.mayHold(reach) && reach.isOneState !== true) return await archive.reading(work);
  // Outside of the transaction, since reading large files may take long.
  await archive.sound(
    archive.files.filter((file) => isWithin(reach, file)),
    signal,
  );
  if (!isInTransaction) await connection.run('BEGIN TRANSACTION READ ONLY');
  let views: readonly string[] = [];
  try {
    const files = (await readArchive(connection)).filter((file) => isWithin(reach, file));
    const there = await archive.sound(files, signal);
    if (reach.isWhole === true && there.length < files.length) {
      throw goneFiles(files.filter((file) => !there.includes(file)));
    }
    views = await makeViews(connection, archive, there);
    return await work();
  } finally {
    if (!isInTransaction) await connection.run('ROLLBACK');
    // Where an interruption has spoilt the transaction, its end takes the views away.
    else for (const view of views) await connection.run(`DROP VIEW temp.${view}`).catch(() => undefined);
  }
}

/** Of some events those that stand in the archive, with their times: only the files of their own kinds and times are read. */
export async function recordedInArchive(
  connection: DuckDBConnection,
  archive: Archive,
  events: readonly EventReceipt[],
): Promise<ReadonlyMap<Identity, Instant>> {
  const late = events.flatMap(({ kind, at, id }) => {
    const reach = { events: { kinds: [kind], from: at, until: at + 1 } };
    const files = archive.files.filter((file) => isWithin(reach, file));
    return files.length === 0 ? [] : [{ id, files }];
  });
  if (late.length === 0) return new Map();
  const files = await archive.sound([...new Set(late.flatMap((each) => each.files))]);
  if (files.length === 0) return new Map();
  const reader = await connection.runAndReadAll(
    `SELECT id, "at" FROM read_parquet(${fileList(archive, files)})
     WHERE id IN (SELECT unnest(from_json($ids, '["VARCHAR"]')))`,
    { ids: JSON.stringify(late.map(({ id }) => id)) },
  );
  return new Map(reader.getRows().map(([id, at]) => [String(id) as Identity, instantOf(Number(at))]));
}
