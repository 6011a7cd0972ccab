import type { Candidate, Term } from './analysis.js';

/** A candidate before it has its place. */
export type Draft = Omit<Candidate, 'rank'>;

/** Rounds to three digits after the point, so that answers read well and compare exactly. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** A named part of a score; the value is brought into 0..1. */
export function term(name: string, value: number, weight: number, meaning: string): Term {
  const bounded = rounded(Math.min(1, Math.max(0, value)));
  return { name, meaning, value: bounded, weight, contribution: rounded(bounded * weight) };
}

/** The sum of the contributions, 0..1. */
export function scoreOf(terms: readonly Term[]): number {
  const sum = terms.reduce((total, { contribution }) => total + contribution, 0);
  return rounded(Math.min(1, Math.max(0, sum)));
}

/** A value that halves with every half-life. */
export function decayed(ms: number, halfLifeMs: number): number {
  return 2 ** (-Math.max(0, ms) / halfLifeMs);
}
