/** Who listens to subscriptions: so many at once, one client half of them, each with so much that waits for it. */
import { ServeError } from '../errors.js';

/** How much may wait for one client; one that reads slower than that is dropped. */
const MOST_WAITING = 2_048;

/** What one client waits for, as an iterator that can be ended from outside while nobody has anything to tell. */
class Line<T> implements AsyncIterableIterator<T> {
  readonly #waiting: T[] = [];
  readonly #onEnd: () => void;
  #taker: ((result: IteratorResult<T>) => void) | undefined;
  #hasEnded = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Hands on an item; false when too many wait already. */
  push(item: T): boolean {
    if (this.#hasEnded) return true;
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker !== undefined) taker({ value: item, done: false });
    else if (this.#waiting.length >= MOST_WAITING) return false;
    else this.#waiting.push(item);
    return true;
  }

  /** Ends it after what waits, which is still handed on. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#taker?.({ value: undefined, done: true });
    this.#onEnd();
  }

  next(): Promise<IteratorResult<T>> {
    const item = this.#waiting.shift();
    if (item !== undefined) return Promise.resolve({ value: item, done: false });
    if (this.#hasEnded) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#taker = resolve;
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.#waiting.length = 0;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** What a client hears of: `start` is told where to put each item, and answers how to stop. */
export type Source<T> = (put: (item: T) => void) => () => void;

/** Who wants to listen. */
export interface Listener {
  /** Whom its place is counted by. */
  readonly client: string;
  /** Cuts it off, when it reads too slowly. */
  readonly drop: () => void;
  /** Ends it. */
  readonly until?: AbortSignal;
}

/** The clients of all subscriptions. */
export class Subscribers {
  readonly #most: number;
  /** Each with its client. */
  readonly #lines = new Map<Pick<Line<unknown>, 'end'>, string>();
  #closed = false;
  #dropped = 0;

  /** At most so many clients at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many listen, and how many were dropped since the process began. */
  figures(): { readonly listening: number; readonly dropped: number } {
    return { listening: this.#lines.size, dropped: this.#dropped };
  }

  /** Fails with `overloaded` when nobody else may listen, or the client has its half of the places. */
  admit(client: string): void {
    const why = this.#whyNot(client);
    if (why !== undefined) throw new ServeError('overloaded', `${why}; subscribe again in a moment.`);
  }

  #whyNot(client: string): string | undefined {
    if (this.#closed) return 'The server stops';
    if (this.#lines.size >= this.#most) return `All ${this.#most} places for subscriptions are taken`;
    const half = Math.ceil(this.#most / 2);
    const own = [...this.#lines.values()].filter((other) => other === client).length;
    return own >= half ? `You have ${half} subscriptions, half of all places` : undefined;
  }

  /** Lets a client listen until it is ended. Fails with `overloaded`. */
  listen<T>(source: Source<T>, { client, drop, until }: Listener): AsyncIterableIterator<T> {
    this.admit(client);
    let stop = (): void => undefined;
    const end = (): void => line.end();
    const line = new Line<T>(() => {
      until?.removeEventListener('abort', end);
      this.#lines.delete(line);
      stop();
    });
    this.#lines.set(line, client);
    until?.addEventListener('abort', end, { once: true });
    stop = source((item) => {
      if (line.push(item)) return;
      this.#dropped += 1;
      void line.return();
      drop();
    });
    // Who left while the question was being read would not be heard of again.
    if (until?.aborted === true) line.end();
    return line;
  }

  /** Ends all of them, each with `complete`, and admits nobody any more. */
  close(): void {
    this.#closed = true;
    for (const line of this.#lines.keys()) line.end();
  }
}
