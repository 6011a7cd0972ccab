import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { Instant } from '../../../model/index.js';
import type { LogPart } from '../../log/entry.js';
import { partsText } from './tables.js';

/** What the table of batches keeps of a commit. */
export interface BatchRow {
  readonly number: number;
  readonly committedAt: Instant;
  readonly events: number;
  readonly samples: number;
  readonly parts: readonly LogPart[];
}

/**
 * Writes the table of batches, a row a commit, by a statement that is prepared once: 0.16 ms off the event loop, where
 * an appender for one row takes 0.31 ms on it.
 */
export class BatchTable {
  readonly #connection: DuckDBConnection;
  #insert: DuckDBPreparedStatement | undefined;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Writes a row, in the transaction of the connection. */
  async write({ number, committedAt, events, samples, parts }: BatchRow): Promise<void> {
    this.#insert ??= await this.#connection.prepare(
      'INSERT INTO batch (number, "committedAt", events, samples, parts) VALUES ($1, $2, $3, $4, $5)',
    );
    const insert = this.#insert;
    insert.bindUInteger(1, number);
    insert.bindBigInt(2, BigInt(committedAt));
    insert.bindUInteger(3, events);
    insert.bindUInteger(4, samples);
    insert.bindVarchar(5, partsText(parts));
    await insert.run();
  }

  /** Lets go of the statement, which would keep the store open. */
  close(): void {
    this.#insert?.destroySync();
    this.#insert = undefined;
  }
}
