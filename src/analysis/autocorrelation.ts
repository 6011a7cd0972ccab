/** How much a series remembers: neighbours that are alike are worth less evidence than as many independent values. */
import { mean } from './statistics.js';

/** The autocorrelation at lags 0..most, with the divisor n throughout; all 0 beyond lag 0 for a constant series. */
export function autocorrelations(values: readonly number[], most: number): readonly number[] {
  const middle = mean(values) ?? 0;
  const centred = Float64Array.from(values, (value) => value - middle);
  const at = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < centred.length; i++) sum += (centred[i] ?? 0) * (centred[i - lag] ?? 0);
    return sum;
  };
  const whole = at(0);
  return Array.from({ length: Math.min(most, values.length - 1) + 1 }, (_, lag) =>
    lag === 0 ? 1 : whole === 0 ? 0 : at(lag) / whole,
  );
}

/** Memory is never taken to be greater; beyond it a window says next to nothing anyway. */
const MOST_MEMORY = 0.95;

/**
 * How many values of a first-order autoregressive series are worth one independent value, >= 1: (1 + r) / (1 - r). The
 * estimate of r from n values is too small by (1 + 3 r) / n (Kendall, Note on bias in the estimation of
 * autocorrelation, Biometrika 41, 1954), which is put back.
 */
export function valuesPerIndependentOne(values: readonly number[]): number {
  if (values.length < 3) return 1;
  const estimate = autocorrelations(values, 1)[1] ?? 0;
  const memory = Math.min(MOST_MEMORY, Math.max(0, estimate + (1 + 3 * estimate) / values.length));
  return (1 + memory) / (1 - memory);
}
