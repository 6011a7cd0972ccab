/** Where an axis of time has its ticks. */
import { clockOf, dayOf, zone } from './format.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const STEPS = [
  ...[1_000, 5_000, 15_000, 30_000],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5, 10, 30].map((days) => days * DAY_MS),
] as const;

/** A tick of the axis. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** How far the reader's clock is ahead of UTC at a time, in milliseconds. */
const offsetMs = (at: number): number =>
  zone.value === 'utc' ? 0 : -new Date(at).getTimezoneOffset() * MINUTE_MS;

/** Ticks at round times of the reader's clock, at most `most` of them. */
export function ticksOf(from: number, to: number, most: number): readonly Tick[] {
  const stepMs = STEPS.find((step) => (to - from) / step <= Math.max(1, most)) ?? 30 * DAY_MS;
  const shift = offsetMs(from);
  const first = Math.ceil((from + shift) / stepMs) * stepMs - shift;
  const count = Math.max(0, Math.floor((to - first) / stepMs) + 1);
  return Array.from({ length: count }, (_, place) => first + place * stepMs).map((at) => ({
    at,
    label: labelOf(at, stepMs),
  }));
}

function labelOf(at: number, stepMs: number): string {
  if (stepMs >= DAY_MS) return dayOf(at);
  const clock = clockOf(at, stepMs < MINUTE_MS);
  return clock === '00:00' ? dayOf(at) : clock;
}
