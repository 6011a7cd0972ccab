import type { DuckDBConnection } from '@duckdb/node-api';
import type { RowPlan, Selected } from '../rows.js';
import type { LineTemplate, RowBounds, RowReads, Totals } from '../store.js';
import { interruptible } from './interrupt.js';
import { failureOf, type Readers } from './readers.js';
import { readTotals } from './reads.js';
import { countRows, render } from './render.js';
import { select } from './select.js';
import type { FindRefs } from './select-sources.js';

/** Reads on a connection until a signal stops it. */
type Run = <T>(
  signal: AbortSignal | undefined,
  work: (connection: DuckDBConnection) => Promise<T>,
) => Promise<T>;

/** Reads of rows, each as `run` runs it. */
export class DuckDbRowReads implements RowReads {
  readonly #run: Run;
  readonly #find: FindRefs;

  constructor(run: Run, find: FindRefs) {
    this.#run = run;
    this.#find = find;
  }

  totals(): Promise<Totals> {
    return this.#run(undefined, readTotals);
  }

  countRows(bounds: RowBounds, limit: number, signal?: AbortSignal): Promise<number> {
    return this.#run(signal, (connection) => countRows(connection, bounds, limit));
  }

  render(
    bounds: RowBounds,
    lines: readonly LineTemplate[],
    signal?: AbortSignal,
  ): Promise<readonly Uint8Array[]> {
    return this.#run(signal, (connection) => render(connection, bounds, lines));
  }

  select(plan: RowPlan, signal?: AbortSignal): Promise<Selected> {
    return this.#run(signal, (connection) => select(connection, plan, this.#find));
  }
}

/** Does some work over one committed state of the store; what fails in the work itself is passed on as it is. */
export async function withSnapshot<T>(
  readers: Readers,
  find: FindRefs,
  work: (reads: RowReads) => Promise<T>,
): Promise<T> {
  const ended = await readers.read(async (connection) => {
    const reads = new DuckDbRowReads((signal, read) => readWith(connection, signal, read), find);
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

async function readWith<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  read: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  try {
    return await interruptible(connection, signal, () => read(connection));
  } catch (cause) {
    signal?.throwIfAborted();
    throw failureOf(cause);
  }
}
