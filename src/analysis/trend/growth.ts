import { DAY_MS } from '../../model/index.js';
import { lineThrough } from './line.js';
import type { Estimate, Points } from './theil-sen.js';

/** The mean month of the Gregorian calendar. */
export const MONTH_MS = (365.2425 / 12) * DAY_MS;

/** How a level is expected to move: by an amount a day, or by a share of itself a month (0.15 is +15 %). */
export type Course =
  | { readonly kind: 'linear'; readonly perDay: Estimate }
  | { readonly kind: 'growth'; readonly perMonth: Estimate };

const each = ({ value, low, high }: Estimate, change: (rate: number) => number): Estimate => ({
  value: change(value),
  low: change(low),
  high: change(high),
});

/**
 * The rate at which values grow per month, as a share (0.15 is +15 %): the Theil-Sen slope of their logarithms over time
 * in milliseconds, with its interval. Undefined where a value is not above 0, which has no rate, and for few points.
 */
export function growthPerMonth({ at, value }: Points): Estimate | undefined {
  if (!value.every((one) => one > 0)) return undefined;
  const first = at[0] ?? 0;
  const line = lineThrough({
    at: at.map((time) => (time - first) / MONTH_MS),
    value: value.map((one) => Math.log(one)),
  });
  return line && each(line.slope, Math.expm1);
}

/** The level after so many months of growth: 35 k at +15 % is 187 k after twelve. */
export function project(current: number, perMonth: Estimate, months: number): Estimate {
  return each(perMonth, (rate) => current * (1 + rate) ** months);
}

/** How a trend goes on: by its growth where it has a rate, else by its slope; undefined without either. */
export function courseOf({ growthPerMonth: perMonth, slopePerDay: perDay }: Going): Course | undefined {
  if (perMonth !== undefined) return { kind: 'growth', perMonth };
  return perDay === undefined ? undefined : { kind: 'linear', perDay };
}

/** The rates of a trend. */
export interface Going {
  readonly slopePerDay: Estimate | undefined;
  readonly growthPerMonth: Estimate | undefined;
}

/** The level after so many months of a course, with the interval of its rate. */
export function projectAlong(current: number, course: Course, months: number): Estimate {
  return course.kind === 'growth'
    ? project(current, course.perMonth, months)
    : each(course.perDay, (perDay) => current + (perDay * months * MONTH_MS) / DAY_MS);
}

/** Days until a level reaches a limit; undefined is never, at this rate. */
export interface Reach {
  readonly expectedDays: number | undefined;
  readonly earliestDays: number | undefined;
  readonly latestDays: number | undefined;
}

function daysAt(current: number, limit: number, kind: Course['kind'], rate: number): number | undefined {
  const days =
    kind === 'linear'
      ? (limit - current) / rate
      : (Math.log(limit / current) / Math.log1p(rate)) * (MONTH_MS / DAY_MS);
  return days >= 0 && Number.isFinite(days) ? days : undefined;
}

/** When a level will reach a limit that lies above or below it: the expected day, and the earliest and latest of its interval. */
export function reachOf(current: number, limit: number, course: Course): Reach {
  if (current === limit) return { expectedDays: 0, earliestDays: 0, latestDays: 0 };
  const rates = course.kind === 'linear' ? course.perDay : course.perMonth;
  const days = (rate: number) => daysAt(current, limit, course.kind, rate);
  const ends = [days(rates.low), days(rates.high)].filter((end) => end !== undefined);
  return {
    expectedDays: days(rates.value),
    earliestDays: ends.length === 0 ? undefined : Math.min(...ends),
    latestDays: ends.length < 2 ? undefined : Math.max(...ends),
  };
}
