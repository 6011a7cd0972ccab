import { HOUR_MS, type Instant, MINUTE_MS, shift, type Window } from '../model/index.js';
import type { Question } from './analysis.js';
import { RcaError } from './errors.js';

/** The two windows that an analysis compares. */
export interface Windows {
  readonly baseline: Window;
  readonly recent: Window;
}

/** The longest window of an analysis. */
export const LONGEST_WINDOW_MS = 7 * 24 * HOUR_MS;

/**
 * The recent window ends with the question's time, that moment included; the baseline is what came before it, three
 * times as long and two hours at least. Fails with `bad-window` when it is under a minute or over a week.
 */
export function windowsOf(question: Question): Windows {
  const { at, windowMs } = question;
  if (!(windowMs >= MINUTE_MS && windowMs <= LONGEST_WINDOW_MS)) {
    throw new RcaError('bad-window', 'The window of an analysis is between one minute and seven days long.');
  }
  const from = shift(at, -windowMs);
  return {
    baseline: { from: shift(from, -Math.max(3 * windowMs, 2 * HOUR_MS)), to: from },
    recent: { from, to: shift(at, 1) },
  };
}

/** The earliest of some times; undefined of none. */
export function earliest(times: readonly Instant[]): Instant | undefined {
  return times.toSorted((a, b) => a - b)[0];
}
