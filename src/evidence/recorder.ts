import type { EventReceipt, SampleBlock } from '../model/index.js';
import type { Appended, Batch } from './batch.js';
import type { EvidenceStore } from './store.js';

/** What was just committed: the outcome and the events of the batch that were new. */
export interface Recorded {
  readonly appended: Appended;
  readonly events: readonly EventReceipt[];
  /** The events of the batch that had been recorded before, as they came in this time. */
  readonly repeated: readonly EventReceipt[];
  /** The samples of the batch, those that were refused or known before among them. */
  readonly samples?: SampleBlock;
  /** The door of the batch. */
  readonly door: string;
}

/** Hears of every commit, after it; must not throw and must not block. */
export type RecordedListener = (recorded: Recorded) => void;

/** The one way into the store for doors and for Genchi's own receipts: appends, then tells who listens. */
export class Recorder {
  readonly #store: EvidenceStore;
  readonly #listeners = new Set<RecordedListener>();

  constructor(store: EvidenceStore) {
    this.#store = store;
  }

  /** Records a batch; resolves after its commit, when the listeners have been told. */
  async record(batch: Batch, door: string): Promise<Appended> {
    const appended = await this.#store.append(batch);
    const known = new Set(appended.repeatedEvents.map((event) => event.item));
    const events = batch.events.filter((_, item) => !known.has(item));
    const repeated = batch.events.filter((_, item) => known.has(item));
    const { samples } = batch;
    const recorded = { appended, events, repeated, door, ...(samples === undefined ? {} : { samples }) };
    for (const listener of this.#listeners) listener(recorded);
    return appended;
  }

  /** Adds a listener; answers the function that takes it away. */
  subscribe(listener: RecordedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
