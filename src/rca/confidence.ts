import type { Candidate } from './analysis.js';
import { CONFIDENCE_KNOTS } from './weights.js';

/** Words for a confidence, the surest first. */
export const likelihoods = ['very likely', 'likely', 'possible', 'unlikely'] as const;

/** One of {@link likelihoods}. */
export type Likelihood = (typeof likelihoods)[number];

/** How sure an analysis is of its first candidate. */
export interface Confidence {
  /** Of answers with such a score, the share that was right, 0..1. */
  readonly share: number;
  readonly likelihood: Likelihood;
}

/**
 * How often a first candidate of this score was right, 0..1: straight lines between the knots in `weights.ts`, which
 * never fall.
 */
export function confidenceOf(score: number): number {
  const knots = CONFIDENCE_KNOTS;
  const above = knots.findIndex(([at]) => at >= score);
  const [, last] = knots.at(-1) ?? [1, 1];
  if (above < 0) return last;
  const [at, value] = knots[above] ?? [1, 1];
  const [from, low] = knots[above - 1] ?? [0, value];
  const share = at === from ? 1 : (score - from) / (at - from);
  return Math.round((low + share * (value - low)) * 1_000) / 1_000;
}

function likelihoodOf(share: number): Likelihood {
  if (share >= 0.9) return 'very likely';
  if (share >= 0.7) return 'likely';
  return share >= 0.3 ? 'possible' : 'unlikely';
}

/**
 * The confidence in a candidate; undefined for all but the first, and for one that was ruled out: what was measured is
 * how often first candidates were right.
 */
export function confidenceIn({
  rank,
  score,
  rejected,
}: Pick<Candidate, 'rank' | 'score' | 'rejected'>): Confidence | undefined {
  if (rank !== 1 || rejected !== undefined) return undefined;
  const share = confidenceOf(score);
  return { share, likelihood: likelihoodOf(share) };
}
