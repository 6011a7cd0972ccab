import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { EvidenceError } from '../errors.js';
import type { EvidenceTransfer, ForeignRow, ParquetFile, RowSpan, TransferBounds } from '../transfer.js';
import { readParquet, writeParquet } from './parquet.js';
import type { Archive, Reach } from './retention/archive.js';
import { withArchive } from './retention/archive-reads.js';
import { ofTransfer } from './retention/reaches.js';
import { rowSpans } from './row-spans.js';
import { DuckDbStaging } from './staging.js';

function isAbort(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'AbortError';
}

/** Exports and imports of the embedded store, each on a connection of its own, so that no query waits for them. */
export class DuckDbTransfer implements EvidenceTransfer {
  readonly #instance: DuckDBInstance;
  readonly #archive: Archive;

  constructor(instance: DuckDBInstance, archive: Archive) {
    this.#instance = instance;
    this.#archive = archive;
  }

  async #connected<T>(
    reach: Reach,
    work: (connection: DuckDBConnection) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const connection = await this.#instance.connect();
    try {
      const reading = { connection, isInTransaction: false, signal };
      return await withArchive(this.#archive, reading, reach, () => work(connection));
    } catch (cause) {
      if (cause instanceof EvidenceError || isAbort(cause)) throw cause;
      const why = cause instanceof Error ? `: ${cause.message.split('\n')[0]}` : '.';
      throw new EvidenceError('store-failed', `The store could not carry this out${why}`, { cause });
    } finally {
      connection.closeSync();
    }
  }

  spans(table: 'event' | 'sample', bounds: TransferBounds, rows: number): Promise<readonly RowSpan[]> {
    const reach = ofTransfer(table, bounds);
    return this.#connected(reach, (connection) => rowSpans(connection, table, bounds, rows));
  }

  writeParquet(file: ParquetFile, signal?: AbortSignal): Promise<void> {
    const reach = ofTransfer(file.table, file.bounds);
    return this.#connected(reach, (connection) => writeParquet(connection, file, signal), signal);
  }

  async *readParquet(path: string, columns?: readonly string[]): AsyncGenerator<readonly ForeignRow[]> {
    const connection = await this.#instance.connect();
    try {
      yield* readParquet(connection, path, columns);
    } finally {
      connection.closeSync();
    }
  }

  async openStaging(): Promise<DuckDbStaging> {
    return DuckDbStaging.open(await this.#instance.connect());
  }
}
