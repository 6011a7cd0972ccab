/** Answers that are told to everyone who asks the same of the same evidence. */
import type { QueryAnswer } from './graph.js';

/** All kept answers together have at most so many bytes, and none of them more than a quarter of that. */
const KEPT_BYTES = 32 * 1024 * 1024;

/** A question with what its answer depends on. */
export interface SharedQuestion {
  /** The same for questions that have the same answer. */
  readonly key: string;
  /** Changes with everything that is recorded or known. */
  readonly state: string;
}

/** An answer that is being worked out, and for how many. */
interface Flight {
  readonly answer: Promise<QueryAnswer>;
  readonly work: AbortController;
  waiting: number;
  /** Takes it out of what may be joined. */
  readonly leave: () => void;
}

/** The same answer to another one, for whom nothing had to be done. */
function again({ contentType, body }: QueryAnswer): QueryAnswer {
  return { contentType, body, cost: { receipts: 0, sliceBytes: 0, sliceMs: 0, queryMs: 0 } };
}

/**
 * Works out once what many ask at the same time, and keeps answers until something is recorded. An answer is told only
 * to who asked in the state in which its work began: who was told of a commit before asking sees it.
 */
export class SharedAnswers {
  readonly #keptBytes: number;
  #state = '';
  #flights = new Map<string, Flight>();
  /** In the order of their last use. */
  #kept = new Map<string, QueryAnswer>();
  #bytes = 0;

  /** `keptBytes` bounds what is kept. */
  constructor(keptBytes: number = KEPT_BYTES) {
    this.#keptBytes = keptBytes;
  }

  /**
   * Answers a question: by what is kept, by what is under way, or by `work`. Fails with the reason of `signal` when that
   * stops; the work itself goes on for as long as anybody waits for it, and is stopped by the signal it was given then.
   */
  async ask(
    { key, state }: SharedQuestion,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<QueryAnswer>,
  ): Promise<QueryAnswer> {
    signal.throwIfAborted();
    if (state !== this.#state) this.#begin(state);
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return again(kept);
    }
    const flight = this.#flights.get(key);
    if (flight !== undefined) return again(await waitFor(flight, signal));
    return await waitFor(this.#start(key, work), signal);
  }

  /** Forgets the answers of an older state; those under way go on for who waits for them. */
  #begin(state: string): void {
    this.#state = state;
    this.#flights = new Map();
    this.#kept = new Map();
    this.#bytes = 0;
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<QueryAnswer>): Flight {
    const flights = this.#flights;
    const controller = new AbortController();
    const leave = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const flight: Flight = { answer: work(controller.signal), work: controller, waiting: 0, leave };
    flights.set(key, flight);
    const landed = (answer: QueryAnswer): void => {
      leave();
      if (flights === this.#flights) this.#keep(key, answer);
    };
    flight.answer.then(landed, leave);
    return flight;
  }

  #keep(key: string, answer: QueryAnswer): void {
    const bytes = sizeOf(key, answer);
    if (bytes > this.#keptBytes / 4) return;
    this.#kept.set(key, answer);
    this.#bytes += bytes;
    for (const [oldest, one] of this.#kept) {
      if (this.#bytes <= this.#keptBytes) return;
      this.#kept.delete(oldest);
      this.#bytes -= sizeOf(oldest, one);
    }
  }
}

/** The bytes of an answer and its question, which may have two a character. */
function sizeOf(key: string, { body }: QueryAnswer): number {
  return body.byteLength + 2 * key.length;
}

/** Waits for an answer under way, until a signal stops the waiting; who leaves last stops the work. */
function waitFor(flight: Flight, signal: AbortSignal): Promise<QueryAnswer> {
  flight.waiting += 1;
  return new Promise((resolve, reject) => {
    const stopped = (): void => {
      // Whoever comes now starts anew: so no work lasts longer than two deadlines.
      flight.leave();
      flight.waiting -= 1;
      if (flight.waiting === 0) flight.work.abort(signal.reason);
      reject(signal.reason);
    };
    signal.addEventListener('abort', stopped);
    const ended = (): void => signal.removeEventListener('abort', stopped);
    flight.answer.then(resolve, reject).finally(ended);
  });
}
