/** The queries that were run in this browser, the latest first. */
import { signal } from '@preact/signals';
import { fieldsOf } from '../data/problem.js';

/** A query that was run. */
export interface PastQuery {
  readonly text: string;
  readonly at: number;
}

const NAME = 'explore-history';
const MOST = 50;
/** What a browser keeps for one server is a few megabytes. */
const LONGEST = 20_000;

function isPast(value: unknown): value is PastQuery {
  const { text, at } = fieldsOf(value);
  return typeof text === 'string' && typeof at === 'number';
}

function read(): readonly PastQuery[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isPast).slice(0, MOST) : [];
  } catch {
    // No storage, or something else wrote it.
    return [];
  }
}

/** With a query before those that were run earlier; what was run again moves to the front. */
export function withQuery(before: readonly PastQuery[], text: string, at: number): readonly PastQuery[] {
  if (text.trim() === '' || text.length > LONGEST) return before;
  return [{ text, at }, ...before.filter((past) => past.text !== text)].slice(0, MOST);
}

/** What was run, kept between visits. */
export const history = signal<readonly PastQuery[]>(read());

function keep(queries: readonly PastQuery[]): void {
  history.value = queries;
  try {
    localStorage.setItem(NAME, JSON.stringify(queries));
  } catch {
    // A browser that keeps nothing shows it until the page is left.
  }
}

/** Takes note of a query that is run. */
export const remember = (text: string, at: number): void => keep(withQuery(history.value, text, at));

/** Forgets all of them. */
export const forgetAll = (): void => keep([]);
