import DataLoader from 'dataloader';
import type { EvidenceStore } from '../../evidence/index.js';
import { parsePath } from '../../model/index.js';
import { type ReadReceipt, readReceipts } from '../receipt.js';
import type { Budget } from './budget.js';

/** How many receipts one statement names. */
const MOST_AT_ONCE = 5_000;

/**
 * Reads the receipts that one request asks for, each once, and all that are asked for at the same level of its answer
 * together: a page of many incidents reads as often as a page of one.
 */
export class ReceiptReader {
  readonly #budget: Budget;
  readonly #loader: DataLoader<string, ReadReceipt | undefined>;
  readonly #asked = new Set<string>();

  constructor(store: EvidenceStore, budget: Budget) {
    this.#budget = budget;
    this.#loader = new DataLoader(
      async (paths) => {
        const named = paths.flatMap((path) => parsePath(path) ?? []);
        const found = await readReceipts(store, named);
        return paths.map((path) => found.get(path));
      },
      { maxBatchSize: MOST_AT_ONCE },
    );
  }

  /** The receipt at a path below `/id/`; undefined when there is none, or the path names something else. */
  async read(path: string): Promise<ReadReceipt | undefined> {
    if (parsePath(path) === undefined) return undefined;
    if (!this.#asked.has(path)) {
      this.#asked.add(path);
      this.#budget.spend('receipts');
    }
    return await this.#loader.load(path);
  }
}
