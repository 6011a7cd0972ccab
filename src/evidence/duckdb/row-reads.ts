import type { DuckDBConnection } from '@duckdb/node-api';
import type { LineTemplate, RowBounds } from '../lines.js';
import type { RowPlan, Selected } from '../rows.js';
import type { RowReads, Totals } from '../store.js';
import { failureOf } from './engine-failure.js';
import { interruptible } from './interrupt.js';
import type { Readers } from './readers.js';
import { readTotals } from './reads.js';
import { countRows, render } from './render.js';
import type { Archive, Reach } from './retention/archive.js';
import { withArchive } from './retention/archive-reads.js';
import { ofPlan, ofRows } from './retention/reaches.js';
import { select } from './select.js';
import type { FindRefs } from './select-sources.js';

/** Reads on a connection, as far as the reach goes, until a signal stops it. */
type Run = <T>(
  signal: AbortSignal | undefined,
  reach: Reach,
  work: (connection: DuckDBConnection) => Promise<T>,
) => Promise<T>;

/** Reads of rows, each as `run` runs it. */
export class DuckDbRowReads implements RowReads {
  readonly #run: Run;
  readonly #find: FindRefs;
  readonly #archive: Archive;

  constructor(run: Run, find: FindRefs, archive: Archive) {
    this.#run = run;
    this.#find = find;
    this.#archive = archive;
  }

  totals(): Promise<Totals> {
    return this.#run(undefined, {}, readTotals);
  }

  async countRows(bounds: RowBounds, limit: number, signal?: AbortSignal): Promise<number> {
    const count = (connection: DuckDBConnection) => countRows(connection, bounds, limit);
    // What is too much already without the archive needs no look into it.
    const inStore = await this.#run(signal, {}, count);
    const reach = ofRows(bounds);
    return inStore > limit || !this.#archive.mayHold(reach) ? inStore : await this.#run(signal, reach, count);
  }

  render(
    bounds: RowBounds,
    lines: readonly LineTemplate[],
    signal?: AbortSignal,
  ): Promise<readonly Uint8Array[]> {
    return this.#run(signal, ofRows(bounds), (connection) => render(connection, bounds, lines));
  }

  select(plan: RowPlan, signal?: AbortSignal): Promise<Selected> {
    return this.#run(signal, ofPlan(plan), (connection) => select(connection, plan, this.#find, signal));
  }
}

/** Does some work over one committed state of the store; what fails in the work itself is passed on as it is. */
export async function withSnapshot<T>(
  readers: Readers,
  find: FindRefs,
  archive: Archive,
  work: (reads: RowReads) => Promise<T>,
): Promise<T> {
  const ended = await readers.read(async (connection) => {
    const run: Run = (signal, reach, read) =>
      readWith(signal, () =>
        withArchive(archive, { connection, isInTransaction: true, signal }, reach, () =>
          interruptible(connection, signal, () => read(connection)),
        ),
      );
    const reads = new DuckDbRowReads(run, find, archive);
    await connection.run('BEGIN TRANSACTION READ ONLY');
    try {
      return { value: await work(reads) };
    } catch (error) {
      return { error };
    } finally {
      // Nothing was written; this ends a transaction too that an interruption has spoilt.
      await connection.run('ROLLBACK');
    }
  });
  if ('error' in ended) throw ended.error;
  return ended.value;
}

async function readWith<T>(signal: AbortSignal | undefined, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    signal?.throwIfAborted();
    throw failureOf(cause, 'read');
  }
}
