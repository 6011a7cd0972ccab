/** Weeks as ISO 8601 numbers them, in a time zone: they begin on Monday, and week 1 has the year's first Thursday. */
import { DAY_MS, type Instant, instantOf, shift, type Window } from '../../model/index.js';
import { AnalysisError } from '../errors.js';

/** A day of the calendar, without a time zone. */
interface Day {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly day: number;
}

/** A week of the calendar in a time zone. */
export interface Week {
  /** Its name, such as `2026-W04`. */
  readonly name: string;
  /** A time zone of the IANA database. */
  readonly timeZone: string;
  readonly window: Window;
  /** Its seven days, the first of which is a Monday; 23 or 25 hours where clocks are changed. */
  readonly days: readonly Window[];
  readonly previous: string;
  readonly next: string;
}

const NAME = /^(\d{4})-?W(\d{2})$/;

const bad = (message: string): AnalysisError => new AnalysisError('bad-window', message);

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, calendar: 'gregory', hourCycle: 'h23', year: 'numeric', month: 'numeric' },
      ...{ day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  } catch (cause) {
    throw new AnalysisError('bad-window', `expected a time zone such as Europe/Berlin, not ${timeZone}`, {
      cause,
    });
  }
}

/** What the clocks of a time zone show, as if it were UTC. */
function shown(formatter: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(formatter.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
}

/** When a day begins: at midnight, or as soon after it as there is a time where clocks are changed at midnight. */
function beginOf({ year, month, day }: Day, formatter: Intl.DateTimeFormat): Instant {
  const wanted = Date.UTC(year, month - 1, day);
  // What the clocks show lies at most a day from UTC; the second look meets a change of clocks between the two.
  const first = wanted - (shown(formatter, wanted) - wanted);
  const begin = first - (shown(formatter, first) - wanted);
  return instantOf(shown(formatter, begin) < wanted ? first : begin);
}

const dayOf = (utc: number): Day => {
  const date = new Date(utc);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

/** The Monday, as a time in UTC, of the first week of a year: that of the 4th of January. */
function firstMonday(year: number): number {
  const fourth = Date.UTC(year, 0, 4);
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS;
}

/** The name of the week of a Monday in UTC: the year is that of its Thursday. */
function nameOf(monday: number): string {
  const year = new Date(monday + 3 * DAY_MS).getUTCFullYear();
  const number = Math.round((monday - firstMonday(year)) / (7 * DAY_MS)) + 1;
  return `${String(year).padStart(4, '0')}-W${String(number).padStart(2, '0')}`;
}

function weekOfMonday(monday: number, timeZone: string): Week {
  const formatter = formatterOf(timeZone);
  const begins = Array.from({ length: 8 }, (_, place) => beginOf(dayOf(monday + place * DAY_MS), formatter));
  const days = begins.slice(1).map((to, place) => ({ from: begins[place] ?? to, to }));
  const [from, to] = [begins[0], begins.at(-1)];
  if (from === undefined || to === undefined) throw bad('a week has seven days');
  return {
    ...{ name: nameOf(monday), timeZone, window: { from, to }, days },
    previous: nameOf(monday - 7 * DAY_MS),
    next: nameOf(monday + 7 * DAY_MS),
  };
}

/** The week of a name such as `2026-W04`; fails with `bad-window` where there is no such week, or no such time zone. */
export function weekNamed(name: string, timeZone = 'UTC'): Week {
  const [, year = '', number = ''] = NAME.exec(name) ?? [];
  const monday = firstMonday(Number(year)) + (Number(number) - 1) * 7 * DAY_MS;
  if (year === '' || Number(year) < 1970 || nameOf(monday) !== `${year}-W${number}`) {
    throw bad(`expected a week as ISO 8601 writes it, such as 2026-W04, not ${name}`);
  }
  return weekOfMonday(monday, timeZone);
}

/** The week that a time lies in; fails with `bad-window` where there is no such time zone. */
export function weekAt(at: Instant, timeZone = 'UTC'): Week {
  const local = shown(formatterOf(timeZone), at);
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  const monday = midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * DAY_MS;
  return weekOfMonday(monday, timeZone);
}

/** The seven days before a week, hour against hour. */
export function weekBefore({ window: { from } }: Week): Window {
  return { from: shift(from, -7 * DAY_MS), to: from };
}
