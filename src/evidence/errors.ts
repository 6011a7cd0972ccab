import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the evidence room throws. */
export type EvidenceCode = Extract<ErrorCode, `store-${string}` | `data-folder-${string}` | 'overloaded'>;

/** An error of the evidence room: the store failed, is closed, is full, or the data folder cannot be used. */
export class EvidenceError extends GenchiError<EvidenceCode> {}
