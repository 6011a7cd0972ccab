import type { DuckDBConnection } from '@duckdb/node-api';
import { EvidenceError } from '../errors.js';

/** Runs a statement unless the step has been ended; answers how many rows it changed. */
export type Run = (statement: string) => Promise<number>;

/** The signal ended a step; never leaves this file. */
class Ended extends EvidenceError {
  constructor() {
    super('store-failed', 'The step was ended.');
  }
}

/**
 * Runs one step of background work in a transaction that it begins and commits itself. Answers undefined when the
 * signal ended it, which undoes it, as a failure does; that one becomes `store-failed` with this sentence.
 */
export async function endableStep<T>(
  connection: DuckDBConnection,
  signal: AbortSignal,
  failure: string,
  step: (run: Run) => Promise<T | undefined>,
): Promise<T | undefined> {
  const interrupt = (): void => connection.interrupt();
  signal.addEventListener('abort', interrupt);
  try {
    return await step(async (statement) => {
      if (signal.aborted) throw new Ended();
      return (await connection.run(statement)).rowsChanged;
    });
  } catch (cause) {
    await connection.run('ROLLBACK').catch(() => undefined);
    if (signal.aborted) return undefined;
    throw cause instanceof EvidenceError ? cause : new EvidenceError('store-failed', failure, { cause });
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}
