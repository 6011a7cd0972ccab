/** A point in time: whole milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly __brand: 'Instant' };

/** Reads the present time; the only clock is the one `app.ts` hands out. */
export type Clock = () => Instant;

/** A half-open span of time, `from <= t < to`. */
export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

/** Durations in milliseconds. */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** The earliest time that evidence may carry, 2000-01-01T00:00:00Z: earlier ones are clocks that were never set. */
export const EARLIEST = 946_684_800_000 as Instant;

/** How far ahead of the server's clock a time may lie before it counts as wrong, in milliseconds. */
export const FUTURE_TOLERANCE_MS = 10 * MINUTE_MS;

/** The calendar repeats itself after 400 years. */
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097 * DAY_MS;

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,12}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * Reads an RFC 3339 time with its offset; digits below the millisecond are cut off.
 * Answers undefined for anything else, the 30th of February and a missing offset included.
 */
export function parseInstant(text: string): Instant | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match;
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const utc = Date.UTC(
    // `Date.UTC` takes the years 0 to 99 for 1900 to 1999.
    Number(year) + CYCLE_YEARS,
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    // A leap second is written 60; the scale here has none, so it is the last second of its minute.
    Math.min(Number(second), 59),
    milliseconds,
  );
  const date = new Date(utc);
  const real = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!real || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return undefined;
  const offset = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * MINUTE_MS;
  return (utc - CYCLE_MS - (sign === '-' ? -offset : offset)) as Instant;
}

/** Writes a time as RFC 3339 in UTC with milliseconds, for example `2026-01-02T03:04:05.678Z`. */
export function formatInstant(at: Instant): string {
  return new Date(at).toISOString();
}

/** An instant moved by a duration in milliseconds. */
export function shift(at: Instant, byMs: number): Instant {
  return (at + byMs) as Instant;
}

/** Takes a number of milliseconds since the epoch as an instant, cutting off fractions. */
export function instantOf(epochMs: number): Instant {
  return Math.trunc(epochMs) as Instant;
}

/** Why a time cannot be that of evidence received at `now`, as a sentence; undefined when it can. */
export function faultOfTime(at: number, now: Instant): string | undefined {
  if (!Number.isFinite(at)) return 'expected a time';
  if (at < EARLIEST) return `expected a time after ${formatInstant(EARLIEST)}`;
  if (at > now + FUTURE_TOLERANCE_MS) {
    return `expected a time at most ${FUTURE_TOLERANCE_MS / MINUTE_MS} minutes ahead of the server's ${formatInstant(now)}`;
  }
  return undefined;
}
