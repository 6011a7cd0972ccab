import { type Fault, GenchiError } from '../../model/index.js';

/** A file that cannot be imported, with what is wrong where. */
export class TransferError extends GenchiError<'bad-file'> {
  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly faults?: readonly Fault[] } = {},
  ) {
    super('bad-file', message, options);
  }
}

/** What is said of a file with blank nodes in it, or other terms that no receipt has. */
export function blankNodeIn(path: string, subject: string): TransferError {
  return new TransferError(`${path}: ${subject}: expected no blank nodes, of which receipts have none`);
}
