import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventReceipt } from '../../model/index.js';
import type { EventQuery } from '../events.js';
import { interruptible } from './interrupt.js';
import type { Readers } from './readers.js';
import { readEvents } from './reads.js';
import type { Archive, Reach } from './retention/archive.js';
import { withArchive } from './retention/archive-reads.js';
import * as reaches from './retention/reaches.js';

/** Reads of the store and of the archive as one. */
export class Reading {
  readonly #readers: Readers;
  readonly #archive: Archive;

  constructor(readers: Readers, archive: Archive) {
    this.#readers = readers;
    this.#archive = archive;
  }

  /** Reads as far as the reach goes until a signal stops it, whose reason it then fails with. */
  async read<T>(
    reach: Reach,
    work: (connection: DuckDBConnection) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      return await this.#readers.read((connection) =>
        withArchive(this.#archive, { connection, isInTransaction: false, signal }, reach, () =>
          interruptible(connection, signal, () => work(connection)),
        ),
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  /** The newest events are nearly always in the store, and then the archive is left alone. */
  async events(query: EventQuery): Promise<readonly EventReceipt[]> {
    const reach = reaches.ofEvents(query);
    const read = (connection: DuckDBConnection) => readEvents(connection, query);
    if (query.order === 'newest-first' && this.#archive.mayHold(reach)) {
      const found = await this.read({}, read);
      const last = found.at(-1);
      if (last !== undefined && found.length >= query.limit && last.at >= this.#archive.until(reach)) {
        return found;
      }
    }
    return await this.read(reach, read);
  }
}
