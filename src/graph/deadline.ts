import { GraphError } from './errors.js';

/** The end of a query's time: after so many milliseconds, or when its client goes away. */
export class Deadline {
  /** Tells when the time is over; its reason is a `query-timeout`. */
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #gone: () => void;
  readonly #client: AbortSignal | undefined;

  constructor(timeoutMs: number, client: AbortSignal | undefined) {
    const controller = new AbortController();
    const stop = (message: string) => () => controller.abort(new GraphError('query-timeout', message));
    this.signal = controller.signal;
    this.#client = client;
    this.#gone = stop('The query was given up by its client.');
    this.#timer = setTimeout(stop(`The query took longer than ${Math.round(timeoutMs)} ms.`), timeoutMs);
    client?.addEventListener('abort', this.#gone);
    if (client?.aborted === true) this.#gone();
  }

  /** Stops watching, when the query has ended. */
  end(): void {
    clearTimeout(this.#timer);
    this.#client?.removeEventListener('abort', this.#gone);
  }
}
