import type { EvidenceStore } from '../../evidence/index.js';
import { parsePath } from '../../model/index.js';
import { type ReadReceipt, readReceipt } from '../receipt.js';
import type { Budget } from './budget.js';

/** Reads the receipts that one request asks for, each once. */
export class ReceiptReader {
  readonly #store: EvidenceStore;
  readonly #budget: Budget;
  readonly #read = new Map<string, Promise<ReadReceipt | undefined>>();

  constructor(store: EvidenceStore, budget: Budget) {
    this.#store = store;
    this.#budget = budget;
  }

  /** The receipt at a path below `/id/`; undefined when there is none, or the path names something else. */
  async read(path: string): Promise<ReadReceipt | undefined> {
    const earlier = this.#read.get(path);
    if (earlier !== undefined) return earlier;
    const named = parsePath(path);
    if (named === undefined) return undefined;
    this.#budget.spend('receipts');
    const reading = readReceipt(this.#store, named);
    this.#read.set(path, reading);
    return reading;
  }
}
