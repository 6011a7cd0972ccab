/** Requests that ask the same at nearly the same time, as clients do that look at one incident: answered once, for all. */

import type { Scope } from '../../access/index.js';

/** An answer as it goes out. */
export interface Answered {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** A request as it came in. */
export interface Asked {
  readonly method: string;
  /** The query string with its `?`; empty without one. */
  readonly search: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What who asks may do. */
  readonly scopes: readonly Scope[];
}

/** A text in which an operation may stand that is more than a query, or that JSON may hide in escapes. */
const MORE_THAN_A_QUERY = /mutation|subscription|\\u/i;

/**
 * The same for requests that one answer will do for, of those who may ask the same; undefined for those that must be
 * answered alone.
 */
export function shareKeyOf({ method, search, headers, body, scopes }: Asked): string | undefined {
  // What is asked by GET changes nothing; an operation that is known by its id alone may.
  const isQuery =
    method === 'GET' || (body?.includes('"query"') === true && !MORE_THAN_A_QUERY.test(body + search));
  return isQuery ? JSON.stringify([method, search, headers, body, scopes]) : undefined;
}

interface Flight {
  /** What was known when its work began. */
  readonly revision: string;
  readonly answer: Promise<Answered>;
}

interface Kept {
  readonly revision: string;
  readonly untilMs: number;
  readonly answer: Answered;
}

/** An answer does for so long after its work ended, in milliseconds, while nothing new is known: times are that much off. */
const KEPT_MS = 1_000;

/** Answers that are kept have so many bytes in all, with what was asked, and each at most so many. */
const MOST_BYTES = 8_388_608;
const MOST_BYTES_OF_ONE = 262_144;

const bytesOf = (key: string, { body }: Answered): number => 2 * key.length + body.length;

/**
 * Answers under way, and those of the last second. One is told only to who asked while nothing was recorded and nothing
 * evaluated since its work began: who was told of a commit before asking sees it.
 */
export class SharedRequests {
  readonly #stopwatch: () => number;
  readonly #flights = new Map<string, Flight>();
  readonly #kept = new Map<string, Kept>();
  #keptBytes = 0;

  /** `stopwatch` reads a clock that only goes forward, in milliseconds. */
  constructor(stopwatch: () => number) {
    this.#stopwatch = stopwatch;
  }

  /** Answers by what is known or under way for the same key at the same revision, or by `work`; fails as that does. */
  async answer(key: string, revision: string, work: () => Promise<Answered>): Promise<Answered> {
    const kept = this.#kept.get(key);
    if (kept?.revision === revision && this.#stopwatch() < kept.untilMs) return kept.answer;
    const under = this.#flights.get(key);
    if (under?.revision === revision) return await under.answer;
    const flight: Flight = { revision, answer: work() };
    this.#flights.set(key, flight);
    try {
      const answer = await flight.answer;
      if (this.#flights.get(key) === flight) this.#keep(key, revision, answer);
      return answer;
    } finally {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    }
  }

  #keep(key: string, revision: string, answer: Answered): void {
    this.#forget(key);
    if (answer.status !== 200 || bytesOf(key, answer) > MOST_BYTES_OF_ONE) return;
    this.#kept.set(key, { revision, untilMs: this.#stopwatch() + KEPT_MS, answer });
    this.#keptBytes += bytesOf(key, answer);
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= MOST_BYTES) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#keptBytes -= bytesOf(key, kept.answer);
    this.#kept.delete(key);
  }
}
