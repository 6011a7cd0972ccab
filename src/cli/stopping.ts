import { CliError, EXIT } from './exit.js';
import type { Outside } from './outside.js';

/** Runs work that a first signal asks to end, and a second one ends at once; tells what the first one did. */
export async function untilStopped<T>(
  outside: Pick<Outside, 'onSignal' | 'exitNow'>,
  work: (signal: AbortSignal) => Promise<T>,
  told: string,
): Promise<T> {
  const controller = new AbortController();
  const forget = outside.onSignal(() => {
    if (controller.signal.aborted) outside.exitNow(EXIT.failed);
    controller.abort();
  });
  try {
    return await work(controller.signal);
  } catch (cause) {
    if (!controller.signal.aborted) throw cause;
    throw new CliError('stopped', told, { cause });
  } finally {
    forget();
  }
}
