import { EvidenceError } from '../errors.js';

/** Background work on the store, one piece after the other, until the store closes. */
export class BackgroundWork {
  /** The piece under way; the next one waits for it. */
  #working: Promise<unknown> = Promise.resolve();
  readonly #ending = new AbortController();

  /** Does a piece when no other is done; its signal tells when the caller or the end of the store ends it. */
  async alone<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#ending.signal.aborted) throw new EvidenceError('store-closed', 'The store is closed.');
    const ends = signal === undefined ? [this.#ending.signal] : [this.#ending.signal, signal];
    const step = this.#working.then(() => work(AbortSignal.any(ends)));
    this.#working = step.catch(() => undefined);
    return await step;
  }

  /** Ends what is under way, and takes no more. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#working;
  }
}
