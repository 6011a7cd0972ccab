/** How much a series remembers: neighbours that are alike are worth less evidence than as many independent values. */
import { mean } from './statistics.js';

/** The correlation of values with the ones `lag` before them, -1..1, with the divisor n; 0 for a constant series. */
export function autocorrelation(values: readonly number[], lag: number): number {
  const middle = mean(values) ?? 0;
  let together = 0;
  let whole = 0;
  for (const [item, value] of values.entries()) {
    whole += (value - middle) ** 2;
    if (item >= lag) together += (value - middle) * ((values[item - lag] ?? 0) - middle);
  }
  return whole === 0 ? 0 : together / whole;
}

/** Memory is never taken to be greater; beyond it a window says next to nothing anyway. */
const MOST_MEMORY = 0.95;

/**
 * How many values of a first-order autoregressive series are worth one independent value, >= 1: (1 + r) / (1 - r), for
 * values around a constant level or what is left of them beside a fitted line. The estimate of r from n values is too
 * small, by (1 + 3 r) / n around a level (Kendall, Biometrika 41, 1954) and by (2 + 4 r) / n beside a line (van
 * Giersbergen, Economics Letters 89, 2005), which is put back. It widens the variance of Kendall's score and of the
 * rank sum (Yue and Wang, Water Resources Management 18, 2004).
 */
export function valuesPerIndependentOne(
  values: readonly number[],
  around: 'level' | 'line' = 'level',
): number {
  const n = values.length;
  if (n < 4) return 1;
  const estimate = autocorrelation(values, 1);
  const bias = around === 'level' ? (1 + 3 * estimate) / n : (2 + 4 * estimate) / n;
  const memory = Math.min(MOST_MEMORY, Math.max(0, estimate + bias));
  return (1 + memory) / (1 - memory);
}
