import { valuesPerIndependentOne } from '../autocorrelation.js';
import type { Arms } from './mann-whitney.js';

/**
 * How many minutes in a row are worth one independent minute, >= 1: of the arm that remembers more. That is the factor of
 * the variance of the rank comparison. What both arms share, as the load, counts as memory too: such a comparison finds less
 * than it could. Crediting it by the memory of the differences instead was tried, and called one in four equal pairs of
 * arms different where minutes keep 0.9 of themselves.
 */
export function minutesPerIndependentOne({ treated, control }: Arms): number {
  return Math.max(valuesPerIndependentOne(treated), valuesPerIndependentOne(control));
}
