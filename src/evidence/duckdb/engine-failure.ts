/** What a failure of the engine means to whoever asked. */
import { GenchiError } from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import { readOnlyFailure } from './disk.js';

/** What was tried: a read, or a commit, of which nothing is recorded when it fails. */
export type Tried = 'read' | 'commit';

const told: Readonly<Record<Tried, string>> = {
  read: 'The store could not be read.',
  commit: 'The store could not commit: nothing of this was recorded.',
};

const DAMAGED =
  /Corrupt database file|Could not read enough bytes|not a valid DuckDB database|Corrupt WAL|replaying WAL|Failed to load metadata/i;

/** What to do about a damaged store, as commands to run; `DIR` stands for its folder where that is not known. */
export const recoveryOf = (folder = 'DIR'): string =>
  `Restore the latest backup with \`genchi restore BACKUP --data NEW\`, or take out all that can be read with \`genchi recover ${folder} --into NEW\`; then \`genchi serve --data NEW\`.`;

/**
 * A failure of the engine as an error with a code: `store-broken` when it refuses everything until it is opened again,
 * `store-damaged` when blocks of it are not what was written, `store-full` for a full disk, `store-read-only` for one that takes no writes, `store-memory` when what was asked needs more memory than there is, else `store-failed`.
 * One that has a code already stays as it is. `folder` is that of the data, where it is known.
 */
export function failureOf(cause: unknown, tried: Tried, folder?: string): GenchiError {
  if (cause instanceof GenchiError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/has been invalidated|^FATAL/i.test(text)) {
    // A commit may be on disk although the checkpoint after it failed.
    const known =
      tried === 'read' ? told.read : 'Whether this was recorded is not known: send it again in a moment.';
    const message = `${known} The engine gave up after a fatal error, and has to be opened again.`;
    return new EvidenceError('store-broken', message, { cause });
  }
  if (DAMAGED.test(text)) {
    const [why = ''] = text.split('\n');
    return new EvidenceError('store-damaged', `The store is damaged: ${why} ${recoveryOf(folder)}`, {
      cause,
    });
  }
  if (/read-only file system/i.test(text)) return readOnlyFailure(cause);
  if (/no space left|disk full|out of disk|file too large/i.test(text)) {
    return new EvidenceError('store-full', `${told[tried]} The disk of the data folder is full.`, { cause });
  }
  if (/out of memory/i.test(text)) {
    const message = `${told[tried]} It needs more memory than the store may use: ask for a shorter span, or raise memoryMib.`;
    return new EvidenceError('store-memory', message, { cause });
  }
  return new EvidenceError('store-failed', told[tried], { cause });
}
