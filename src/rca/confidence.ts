import { CONFIDENCE_KNOTS } from './weights.js';

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
