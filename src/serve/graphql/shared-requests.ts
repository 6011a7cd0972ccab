/** Requests that ask the same at the same time, as clients do that look at one incident: answered once, for all of them. */

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
  /** How much was recorded when its work began. */
  readonly revision: number;
  readonly answer: Promise<Answered>;
}

/**
 * Answers under way. One is told only to who asked while nothing was recorded since its work began: who was told of a
 * commit before asking sees it.
 */
export class SharedRequests {
  readonly #flights = new Map<string, Flight>();

  /** Answers by what is under way for the same key at the same revision, or by `work`; fails as that does. */
  async answer(key: string, revision: number, work: () => Promise<Answered>): Promise<Answered> {
    const under = this.#flights.get(key);
    if (under?.revision === revision) return await under.answer;
    const flight: Flight = { revision, answer: work() };
    this.#flights.set(key, flight);
    try {
      return await flight.answer;
    } finally {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    }
  }
}
