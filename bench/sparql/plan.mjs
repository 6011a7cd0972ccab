/** What the benchmark's data are: their sizes, and the times that the questions ask about. */

/** Grows with every change of what is built, so that a kept folder of another build is not taken for this one. */
export const BUILD = 1;
const FROM = Date.parse('2026-01-01T00:00:00.000Z');
const STEP_MS = 108_000;
const SERVICES = 50;
const METRICS = 50;
export const BASE = 'http://127.0.0.1:4600';

/** @typedef {{ from: number, stepMs: number, steps: number, days: number, events: number, services: number, metrics: number }} Plan */

/**
 * The sizes of the data: in full, or about a sixteenth.
 * @param {boolean} quick
 * @returns {Plan}
 */
export function planOf(quick) {
  const days = quick ? 2 : 30;
  const steps = (days * 86_400_000) / STEP_MS;
  const events = quick ? 66_000 : 1_000_000;
  return { from: FROM, stepMs: STEP_MS, steps, days, events, services: SERVICES, metrics: METRICS };
}

const MINUTE_MS = 60_000;

/**
 * The times that the questions ask about: on a day that is sorted, and near the end, where it is not.
 * @param {Plan} plan
 */
export function timesOf({ from, days }) {
  const spike = from + Math.floor((days - 1) * 0.6) * 86_400_000 + 10 * 3_600_000;
  const end = from + days * 86_400_000;
  return {
    spike,
    window: { since: spike - 5 * MINUTE_MS, until: spike },
    recent: { since: end - 35 * MINUTE_MS, until: end - 30 * MINUTE_MS },
    guide: { since: spike - 36 * MINUTE_MS, until: spike },
    changes: { since: spike - 120 * MINUTE_MS, spike },
    upstream: { since: spike - 60 * MINUTE_MS, until: spike },
  };
}
