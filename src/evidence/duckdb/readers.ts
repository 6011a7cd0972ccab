import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { EvidenceError } from '../errors.js';
import { failureOf } from './engine-failure.js';

/** An interruption that comes before a statement has begun is lost, so it is repeated until all have ended. */
const AGAIN_MS = 5;

interface Waiting {
  readonly resolve: (connection: DuckDBConnection) => void;
  readonly reject: (failure: EvidenceError) => void;
}

const closedFailure = (cause?: unknown): EvidenceError =>
  new EvidenceError('store-closed', 'The store is closed.', { cause });

/** A few connections for reading; a read waits for a free one. Each read sees one committed state. */
export class Readers {
  readonly #free: DuckDBConnection[];
  readonly #waiting: Waiting[] = [];
  readonly #all: readonly DuckDBConnection[];
  #closed = false;
  #whenIdle: (() => void) | undefined;

  private constructor(connections: readonly DuckDBConnection[]) {
    this.#all = connections;
    this.#free = [...connections];
  }

  static async open(instance: DuckDBInstance, count: number): Promise<Readers> {
    return new Readers(await Promise.all(Array.from({ length: count }, () => instance.connect())));
  }

  /** Runs a read on a connection of its own; a failure of the engine becomes `store-failed`. */
  async read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (this.#closed) throw closedFailure();
    const connection =
      this.#free.pop() ??
      (await new Promise<DuckDBConnection>((resolve, reject) => this.#waiting.push({ resolve, reject })));
    try {
      return await work(connection);
    } catch (cause) {
      throw this.#closed ? closedFailure(cause) : failureOf(cause, 'read');
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(connection);
      else next.resolve(connection);
      if (this.#free.length === this.#all.length) this.#whenIdle?.();
    }
  }

  /** Refuses further reads and those that wait, ends those under way, and closes the connections. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closedFailure());
    if (this.#free.length < this.#all.length) {
      const again = setInterval(() => {
        for (const connection of this.#all) if (!this.#free.includes(connection)) connection.interrupt();
      }, AGAIN_MS);
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
      clearInterval(again);
    }
    for (const connection of this.#all) connection.closeSync();
  }
}
