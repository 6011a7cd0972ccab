/** Counters as what they grow by. */
import type { Line } from './line.js';

/** What the names of counters end with: https://prometheus.io/docs/practices/naming/ */
const COUNTER = /_(?:total|count|sum|bucket)$/;

/** Whether a metric is a counter, by its name. */
export const isCounter = (metric: string): boolean => COUNTER.test(metric);

/**
 * By how much a counter grew a second, from each sample to the next; null where the line breaks. A counter that fell
 * began anew at zero.
 */
export function rateOf({ name, times, values }: Line): Line {
  const rates = values.map((value, place): number | null => {
    const [before, from, to] = [values[place - 1], times[place - 1], times[place]];
    if (value === null || before == null || from === undefined || to === undefined || to <= from) return null;
    return (1_000 * (value >= before ? value - before : value)) / (to - from);
  });
  return { name, times: times.slice(1), values: rates.slice(1) };
}
