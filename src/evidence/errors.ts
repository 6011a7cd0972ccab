import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the evidence room throws. */
export type EvidenceCode = Extract<
  ErrorCode,
  `store-${string}` | `data-folder-${string}` | `archive-${string}` | `backup-${string}` | 'overloaded'
>;

/** An error of the evidence room: the store failed, is closed, is full, the data folder cannot be used, the archive, or a backup. */
export class EvidenceError extends GenchiError<EvidenceCode> {}
