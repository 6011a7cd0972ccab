/** What failures of the engine mean. */
import { GenchiError } from '../../model/index.js';
import { EvidenceError } from '../errors.js';

const DAMAGED =
  /Corrupt database file|Could not read enough bytes|not a valid DuckDB database|Corrupt WAL|replaying WAL|Failed to load metadata/i;
/** The engine answers nothing any more until it is opened again; what was committed is there then. */
const BROKEN = /FATAL Error|has been invalidated/i;
const FULL = /no space left|disk full|out of disk|file too large|disk quota/i;

/** What to do about a damaged store, as sentences. */
export const RECOVERY =
  'Restore the latest backup with `genchi restore`, or take out all that can be read with `genchi recover DIR --into NEW`.';

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/**
 * A failure of the engine as an error with a code: `store-damaged`, `store-broken` or `store-full` where it says so,
 * else `store-failed` with this sentence. One that has a code already stays as it is.
 */
export function failureOf(cause: unknown, sentence = 'The store could not be read.'): GenchiError {
  if (cause instanceof GenchiError) return cause;
  const text = textOf(cause);
  if (BROKEN.test(text)) {
    const why = /Original error: "?(.*)/.exec(text)?.[1] ?? text;
    return new EvidenceError(
      'store-broken',
      `The store has stopped and must be opened again; what was acknowledged is safe. ${why}`,
      { cause },
    );
  }
  if (DAMAGED.test(text)) {
    const [why = ''] = text.split('\n');
    return new EvidenceError('store-damaged', `The store is damaged: ${why} ${RECOVERY}`, { cause });
  }
  if (FULL.test(text)) {
    return new EvidenceError(
      'store-full',
      'The disk of the data folder is full: nothing of this was recorded.',
      {
        cause,
      },
    );
  }
  return new EvidenceError('store-failed', sentence, { cause });
}
