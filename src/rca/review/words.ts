/** How things are said in a review. */
import type { Window } from '../../model/index.js';
import { formatInstant, pathOf } from '../../model/index.js';
import type { ReviewClaim, ReviewQuestion } from './review.js';

/** A sentence that rests on things. */
export function said(
  sentence: string,
  cites: readonly (string | undefined)[],
  ...questions: ReviewQuestion[]
): ReviewClaim {
  return { sentence, cites: [...new Set(cites.flatMap((path) => path ?? []))], questions };
}

/** A question over a window. */
export function over(pack: string, { from, to }: Window): ReviewQuestion {
  return { pack, parameters: { since: formatInstant(from), until: formatInstant(to) } };
}

/** The path of a service; of none for the whole system. */
export const ofService = (service: string | undefined): string | undefined =>
  service === undefined ? undefined : pathOf({ type: 'service', name: service });

/** A number for people: at most three digits that count, whole ones all. */
export function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** A change with its sign. */
export const signed = (value: number): string => `${value > 0 ? '+' : ''}${number(value)}`;

/** A number with its noun. */
export const many = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;

/** Where something is. */
export const where = (service: string | undefined): string => service ?? 'the system';
