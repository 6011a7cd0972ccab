/** Who listens to subscriptions: so many at once, each with so much that waits for it. */
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

/** The clients of all subscriptions. */
export class Subscribers {
  readonly #most: number;
  readonly #lines = new Set<Pick<Line<unknown>, 'end'>>();
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

  /** Fails with `overloaded` when nobody else may listen. */
  admit(): void {
    if (!this.#closed && this.#lines.size < this.#most) return;
    const why = this.#closed ? 'The server stops' : `All ${this.#most} places for subscriptions are taken`;
    throw new ServeError('overloaded', `${why}; subscribe again in a moment.`);
  }

  /**
   * Lets a client listen, until the signal ends it; `drop` cuts off one that reads too slowly. Fails with `overloaded`.
   */
  listen<T>(source: Source<T>, drop: () => void, until?: AbortSignal): AsyncIterableIterator<T> {
    this.admit();
    let stop = (): void => undefined;
    const end = (): void => line.end();
    const line = new Line<T>(() => {
      until?.removeEventListener('abort', end);
      this.#lines.delete(line);
      stop();
    });
    this.#lines.add(line);
    until?.addEventListener('abort', end, { once: true });
    stop = source((item) => {
      if (line.push(item)) return;
      this.#dropped += 1;
      void line.return();
      drop();
    });
    return line;
  }

  /** Ends all of them, each with `complete`, and admits nobody any more. */
  close(): void {
    this.#closed = true;
    for (const line of this.#lines) line.end();
  }
}
