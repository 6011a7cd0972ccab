import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { EvidenceError } from '../errors.js';
import { failureOf } from './engine-failure.js';

/** A few connections for reading; a read waits for a free one. Each read sees one committed state. */
export class Readers {
  readonly #free: DuckDBConnection[];
  readonly #waiting: ((connection: DuckDBConnection) => void)[] = [];
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
    if (this.#closed) throw new EvidenceError('store-closed', 'The store is closed.');
    const connection =
      this.#free.pop() ?? (await new Promise<DuckDBConnection>((resolve) => this.#waiting.push(resolve)));
    try {
      return await work(connection);
    } catch (cause) {
      throw failureOf(cause, 'read');
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(connection);
      else next(connection);
      if (this.#free.length === this.#all.length) this.#whenIdle?.();
    }
  }

  /** Refuses further reads, waits for those under way, and closes the connections. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#free.length < this.#all.length) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    for (const connection of this.#all) connection.closeSync();
  }
}
