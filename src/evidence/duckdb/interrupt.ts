import type { DuckDBConnection } from '@duckdb/node-api';

/** An interruption that comes before a statement has begun is lost, so it is repeated until the statement ends. */
const AGAIN_MS = 5;

/** Runs statements on a connection until a signal says to stop; fails with its reason then. */
export async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (signal === undefined) return await work();
  signal.throwIfAborted();
  let again: NodeJS.Timeout | undefined;
  const stop = () => {
    connection.interrupt();
    again = setInterval(() => connection.interrupt(), AGAIN_MS);
  };
  signal.addEventListener('abort', stop);
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(again);
    signal.removeEventListener('abort', stop);
  }
}
