import { type Instant, MINUTE_MS, shift, type Window } from '../../model/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';

/** The longest window that a question may have: a day. */
const MOST_MINUTES = 1_440;

/** A half-open span of time. */
export const TimeWindow = builder.objectRef<Window>('TimeWindow').implement({
  description: 'A half-open span of time: from <= t < to.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'The first instant of it.' }),
    to: t.expose('to', { type: 'DateTime', description: 'The first instant after it.' }),
  }),
});

/** Minutes of a window as milliseconds; fails with `bad-request` beyond 1..1440. */
export function windowMsOf(minutes: number): number {
  if (minutes >= 1 && minutes <= MOST_MINUTES) return minutes * MINUTE_MS;
  throw new ServeError('bad-request', `expected windowMinutes between 1 and ${MOST_MINUTES}, not ${minutes}`);
}

/** The window of so many minutes that ends at an instant. */
export function windowBefore(at: Instant, minutes: number): Window {
  return { from: shift(at, -windowMsOf(minutes)), to: at };
}

/** The longest span that metrics are compared with: a week. */
const LONGEST_BASELINE_MS = 7 * 24 * 60 * MINUTE_MS;

/** What metrics are compared with, when it is asked for; fails with `bad-request` when half of it is, or it is none. */
export function baselineOf(
  from: Instant | null | undefined,
  to: Instant | null | undefined,
): Window | undefined {
  if (from == null && to == null) return undefined;
  if (from == null || to == null || to - from < MINUTE_MS || to - from > LONGEST_BASELINE_MS) {
    throw new ServeError(
      'bad-request',
      'expected both baselineFrom and baselineTo, the second one minute to seven days after the first',
    );
  }
  return { from, to };
}
