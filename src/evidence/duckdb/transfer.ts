import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { EvidenceError } from '../errors.js';
import type { EvidenceTransfer, ForeignRow, ParquetFile, RowSpan, TransferBounds } from '../transfer.js';
import { readParquet, writeParquet } from './parquet.js';
import { rowSpans } from './row-spans.js';
import { DuckDbStaging } from './staging.js';

function isAbort(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'AbortError';
}

/** Exports and imports of the embedded store, each on a connection of its own, so that no query waits for them. */
export class DuckDbTransfer implements EvidenceTransfer {
  readonly #instance: DuckDBInstance;

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  async #connected<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect();
    try {
      return await work(connection);
    } catch (cause) {
      if (cause instanceof EvidenceError || isAbort(cause)) throw cause;
      const why = cause instanceof Error ? `: ${cause.message.split('\n')[0]}` : '.';
      throw new EvidenceError('store-failed', `The store could not carry this out${why}`, { cause });
    } finally {
      connection.closeSync();
    }
  }

  spans(table: 'event' | 'sample', bounds: TransferBounds, rows: number): Promise<readonly RowSpan[]> {
    return this.#connected((connection) => rowSpans(connection, table, bounds, rows));
  }

  writeParquet(file: ParquetFile, signal?: AbortSignal): Promise<void> {
    return this.#connected((connection) => writeParquet(connection, file, signal));
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
