import { access, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Clock, GenchiError } from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import { originOf } from '../log/checkpoint.js';
import { LOG_FOLDER } from '../log/key-files.js';
import { Notary } from '../log/notary.js';
import type { EvidenceStore } from '../store.js';
import { CommitTurns } from './commit-turns.js';
import { Disk } from './disk.js';
import { failureOf } from './engine-failure.js';
import { EventIdentities } from './event-identities.js';
import { makeStoreFile } from './fresh-file.js';
import { BatchLog } from './log/batch-log.js';
import { Readers } from './readers.js';
import { Archive } from './retention/archive.js';
import { SampleHorizons } from './sample-horizons.js';
import { prepareSchema } from './schema.js';
import { SeriesTable } from './series-table.js';
import { DuckDbStore } from './store.js';
import { RESTORING, STORE_FILE } from './store-file.js';
import { checkWriteAheadLog } from './wal.js';
import { Writer, type WriterState } from './writer.js';

/** Settings of the embedded store. */
export interface DuckDbOptions {
  /** The folder of the store, made when it is missing. */
  readonly folder: string;
  readonly clock: Clock;
  /** Memory that DuckDB may use, in MiB. */
  readonly memoryMiB: number;
  /** How large the write-ahead log may grow, in MiB. */
  readonly checkpointMiB?: number;
  /** Threads that DuckDB may use. */
  readonly threads: number;
  /** The base IRI of a fresh folder; an old one keeps the one it was made with. */
  readonly publicUrl: string;
  /** Hears why the log is not signed any more. */
  readonly onLogFault?: (why: string) => void;
}

/** An open embedded store with the base IRI that its folder was made for. */
export interface OpenedStore {
  readonly store: EvidenceStore;
  readonly baseIri: string;
  /** The version of the schema that the folder had, where this opening brought it to the present one. */
  readonly migratedFrom: number | undefined;
}

/** Queries by SPARQL hold four of them at the most unless more are allowed; pages and evaluations have the others. */
const READERS = 8;
/** What does not fit into the memory goes to disk, up to so much: a statement that needs more fails, and alone. */
const SPILL_LIMIT = '8GiB';
/**
 * How large the write-ahead log may grow before it is folded into the store, in MiB, unless it is said. A large one
 * makes commits even and the next start after a crash longer: 64 MiB are some 2.5 million samples.
 */
const CHECKPOINT_MIB = 64;

/**
 * Opens the embedded store of a data folder, making it when it is missing.
 * Fails with `data-folder-in-use` while another process has it open, and with `data-folder-foreign` when the
 * folder cannot be used.
 */
export async function openDuckDbStore(options: DuckDbOptions): Promise<OpenedStore> {
  await refuseHalfRestored(options.folder);
  await checkWriteAheadLog(join(options.folder, `${STORE_FILE}.wal`));
  const instance = await openInstance(options);
  const writing = await instance.connect();
  try {
    return await openWithin(instance, writing, options);
  } catch (error) {
    // Nobody else can close it, and the folder would stay in use until the process ends.
    writing.closeSync();
    instance.closeSync();
    throw failureOf(error, 'read', options.folder);
  }
}

async function refuseHalfRestored(folder: string): Promise<void> {
  const isHalf = await access(join(folder, RESTORING)).then(
    () => true,
    () => false,
  );
  if (!isHalf) return;
  throw new EvidenceError(
    'data-folder-foreign',
    `A backup was being restored into ${folder} and it did not come to its end: run \`genchi restore\` again.`,
  );
}

async function openWithin(
  instance: DuckDBInstance,
  writing: DuckDBConnection,
  options: DuckDbOptions,
): Promise<OpenedStore> {
  const { baseIri, migratedFrom } = await prepareSchema(writing, options.publicUrl);
  const state = await loadState(writing, options);
  const origin = originOf(baseIri);
  const notary = await openNotary(writing, state.log, origin, options);
  const writer = new Writer(writing, state, options.clock);
  const readers = await Readers.open(instance, READERS);
  const sorting = await instance.connect();
  const { folder, clock } = options;
  const parts = { folder, instance, writing, writer, readers, sorting, clock, state, notary, origin };
  return { store: new DuckDbStore(parts), baseIri, migratedFrom };
}

async function openNotary(
  writing: DuckDBConnection,
  log: BatchLog,
  origin: string,
  { folder, clock, onLogFault = () => undefined }: DuckDbOptions,
): Promise<Notary> {
  try {
    return await Notary.open({
      ...{ folder: join(folder, LOG_FOLDER), origin, clock, levels: log.levels, onFault: onLogFault },
      rebuild: () => log.rebuild(writing),
    });
  } catch (error) {
    await log.levels.close();
    throw error;
  }
}

async function openInstance(options: DuckDbOptions): Promise<DuckDBInstance> {
  try {
    await mkdir(options.folder, { recursive: true });
    await makeStoreFile(options.folder);
    return await DuckDBInstance.create(join(options.folder, STORE_FILE), {
      threads: String(options.threads),
      memory_limit: `${options.memoryMiB}MiB`,
      temp_directory: join(options.folder, 'spill'),
      max_temp_directory_size: SPILL_LIMIT,
      checkpoint_threshold: `${options.checkpointMiB ?? CHECKPOINT_MIB}MiB`,
      // Nothing that a query could say may reach beyond this one file.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
  } catch (cause) {
    throw openingFailure(options.folder, cause);
  }
}

function openingFailure(folder: string, cause: unknown): GenchiError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/Could not set lock/i.test(text)) {
    return new EvidenceError(
      'data-folder-in-use',
      `The data folder ${folder} is in use by another process.`,
      {
        cause,
      },
    );
  }
  const failure = failureOf(cause, 'read', folder);
  if (failure.code === 'store-damaged' || failure.code === 'store-read-only') return failure;
  return new EvidenceError('data-folder-foreign', `The data folder ${folder} cannot be opened: ${text}`, {
    cause,
  });
}

async function loadState(
  connection: DuckDBConnection,
  { folder, checkpointMiB = CHECKPOINT_MIB }: DuckDbOptions,
): Promise<WriterState> {
  const series = await SeriesTable.load(connection);
  const reader = await connection.runAndReadAll('SELECT coalesce(max(number), 0) FROM batch');
  const batches = Number(reader.getRows()[0]?.[0]);
  return {
    series,
    horizons: await SampleHorizons.load(connection),
    identities: await EventIdentities.load(connection),
    archive: await Archive.load(connection, resolve(folder)),
    log: await BatchLog.load(connection, folder, batches),
    disk: await Disk.of(folder, checkpointMiB),
    commits: new CommitTurns(),
    batches,
  };
}
