/** Takes out of a damaged data folder all that can be read. */
import { copyFile, mkdir, readdir, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { EvidenceError } from '../../errors.js';
import { failureOf } from '../engine-failure.js';
import { hashOfFile } from '../retention/archive.js';
import { readArchive } from '../retention/archive-table.js';
import { RESTORING, STORE_FILE } from '../store-file.js';
import { damageOfFile } from '../wal.js';
import { carriedFiles, carry, sizeOf, syncFolders } from './files.js';

/** What was taken out of a table of the store, and how many rows could not be. */
export interface RecoveredTable {
  readonly table: string;
  readonly rows: number;
  readonly lost: number;
}

/** What came of a recovery. */
export interface Recovery {
  readonly tables: readonly RecoveredTable[];
  /** Bytes of the write-ahead log, and how many of them could be read. */
  readonly writeAheadLog: { readonly bytes: number; readonly read: number };
  readonly archive: {
    readonly sound: number;
    readonly damaged: readonly string[];
    readonly missing: readonly string[];
  };
}

/** Rows are read so many at once, and by halves of that where some cannot be, down to a vector of the engine. */
const ROWS_AT_ONCE = 122_880;
const FEWEST_ROWS = 2_048;

async function opened(path: string): Promise<DuckDBInstance> {
  return await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  }).then(async (instance) => {
    const connection = await instance.connect();
    try {
      await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS damaged`);
      return instance;
    } catch (cause) {
      instance.closeSync();
      throw cause;
    } finally {
      connection.closeSync();
    }
  });
}

/** Opens a copy of the store with as much of its write-ahead log as can be read. */
async function openCopy(copy: string, damaged: string) {
  const wal = `${copy}.wal`;
  const bytes = (await sizeOf(wal)) ?? 0;
  const damagedAt = await damageOfFile(wal);
  if (damagedAt !== undefined) await truncate(wal, damagedAt);
  let read = damagedAt ?? bytes;
  for (;;) {
    try {
      return { instance: await opened(copy), writeAheadLog: { bytes, read } };
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      const at = Number(/entry at byte position (\d+)/.exec(text)?.[1] ?? 0);
      if (read === 0 || !/WAL/.test(text)) throw failureOf(cause, 'read', damaged);
      read = at < read ? at : 0;
      await truncate(wal, read);
    }
  }
}

async function numbers(connection: DuckDBConnection, sql: string): Promise<readonly number[]> {
  const [row = []] = (await connection.runAndReadAll(sql)).getRows();
  return row.map(Number);
}

/** Copies the rows of a span of row numbers; answers how many were copied. */
async function copySpan(
  connection: DuckDBConnection,
  table: string,
  from: number,
  count: number,
): Promise<number> {
  try {
    const span = `rowid >= ${from} AND rowid < ${from + count}`;
    const done = await connection.run(
      `INSERT INTO fresh."${table}" SELECT * FROM damaged."${table}" WHERE ${span}`,
    );
    return done.rowsChanged;
  } catch {
    if (count <= FEWEST_ROWS) return 0;
    const half = count / 2;
    const first = await copySpan(connection, table, from, half);
    return first + (await copySpan(connection, table, from + half, half));
  }
}

async function copyTable(connection: DuckDBConnection, table: string): Promise<RecoveredTable> {
  const [all = 0, last = -1] = await numbers(
    connection,
    `SELECT count(*), max(rowid) FROM damaged."${table}"`,
  );
  let rows = 0;
  for (let from = 0; from <= last; from += ROWS_AT_ONCE) {
    rows += await copySpan(connection, table, from, ROWS_AT_ONCE);
  }
  return { table, rows, lost: all - rows };
}

async function copyStore(connection: DuckDBConnection, path: string) {
  await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS fresh`);
  await connection.run('COPY FROM DATABASE damaged TO fresh (SCHEMA)');
  const names = await connection.runAndReadAll(
    "SELECT table_name FROM duckdb_tables() WHERE database_name = 'damaged' ORDER BY table_name",
  );
  const tables: RecoveredTable[] = [];
  for (const [name] of names.getRows()) tables.push(await copyTable(connection, String(name)));
  if (tables.some(({ table, lost }) => table === 'meta' && lost > 0)) {
    throw new EvidenceError(
      'store-damaged',
      'The store is damaged: what it says of itself cannot be read, and nothing can be made of the rest by `genchi recover`. ' +
        'Restore the latest backup with `genchi restore BACKUP --data NEW`.',
    );
  }
  await connection.run('CHECKPOINT fresh');
  await connection.run('USE fresh');
  const archive = await readArchive(connection);
  await connection.run('USE memory');
  await connection.run('DETACH fresh');
  return { tables, archive };
}

/**
 * Makes a data folder of all that can be read of a damaged one, which is only read: the rows of every table, the files of
 * the archive that are what was written, keys and tokens. A folder that holds something is refused with
 * `data-folder-foreign`; a store of which nothing can be read fails with `store-damaged`.
 */
export async function recoverFolder(damaged: string, into: string): Promise<Recovery> {
  if ((await sizeOf(join(damaged, STORE_FILE))) === undefined) {
    throw new EvidenceError('data-folder-foreign', `${damaged} is no data folder: it has no ${STORE_FILE}.`);
  }
  const there = await readdir(into).catch((): string[] => []);
  if (there.some((name) => name !== RESTORING)) {
    throw new EvidenceError(
      'data-folder-foreign',
      `${into} is not empty: name a folder that is not there yet.`,
    );
  }
  const working = join(into, RESTORING);
  await rm(working, { recursive: true, force: true });
  await mkdir(working, { recursive: true, mode: 0o700 });
  const copy = join(working, 'copy.duckdb');
  try {
    await copyFile(join(damaged, STORE_FILE), copy);
    await copyFile(join(damaged, `${STORE_FILE}.wal`), `${copy}.wal`).catch(() => undefined);
    const { instance, writeAheadLog } = await openCopy(copy, damaged);
    const connection = await instance.connect();
    const { tables, archive } = await copyStore(connection, join(working, STORE_FILE)).finally(() => {
      connection.closeSync();
      instance.closeSync();
    });
    const [bad, missing]: [string[], string[]] = [[], []];
    for (const { file, sha256 } of archive) {
      if ((await sizeOf(join(damaged, file))) === undefined) missing.push(file);
      else if ((await hashOfFile(join(damaged, file))) === sha256) await carry(file, damaged, working);
      else bad.push(file);
    }
    for (const path of await carriedFiles(damaged, true)) await carry(path, damaged, working);
    await rm(copy);
    await rm(`${copy}.wal`, { force: true });
    await syncFolders(working);
    const names = (await readdir(working)).filter((name) => name !== STORE_FILE);
    for (const name of [...names, STORE_FILE]) await rename(join(working, name), join(into, name));
    const sound = archive.length - bad.length - missing.length;
    return { tables, writeAheadLog, archive: { sound, damaged: bad, missing } };
  } finally {
    await rm(working, { recursive: true, force: true });
  }
}
