/** Objectives in words. */
import type { SloFiguresFragment } from '../generated/graphql.js';
import type { Tone } from '../parts/marks.js';
import { durationOf, figureOf } from '../time/format.js';

const MINUTE_MS = 60_000;

type Burn = SloFiguresFragment['burns'][number];

/** The rules of which both windows burn too fast, those that wake somebody first. */
export function firing(burns: readonly Burn[]): readonly Burn[] {
  return burns.filter((burn) => burn.firing === true).sort((a, b) => Number(b.pages) - Number(a.pages));
}

/** How fast the budget burns, by the shortest window that is known. */
export function burnInWords(burns: readonly Burn[]): string {
  const [worst] = firing(burns);
  if (worst !== undefined) {
    const within = durationOf(worst.long.minutes * MINUTE_MS);
    return `${figureOf(worst.long.rate)}× too fast over ${within}, ${worst.pages ? 'pages' : 'a ticket'}`;
  }
  const known = burns.filter(({ long }) => long.rate !== null);
  const shortest = known.toSorted((a, b) => a.long.minutes - b.long.minutes)[0];
  if (shortest === undefined) return 'not known';
  return `${figureOf(shortest.long.rate)}× over ${durationOf(shortest.long.minutes * MINUTE_MS)}`;
}

/** What is left of an error budget, in words. */
export function budgetInWords(leftPercent: number | null): string {
  if (leftPercent === null) return 'nothing may be bad';
  return leftPercent < 0 ? `overspent by ${figureOf(-leftPercent)} %` : `${figureOf(leftPercent)} % left`;
}

/** The tone of what is left. */
export function toneOfBudget(leftPercent: number | null): Tone {
  if (leftPercent === null) return 'unknown';
  if (leftPercent <= 0) return 'bad';
  return leftPercent < 25 ? 'degraded' : leftPercent < 50 ? 'strained' : 'good';
}

/** A share of time or events with as many digits as tell it from the whole: 99.95 %. */
export function shareInWords(percent: number | null | undefined): string {
  if (percent == null) return '–';
  const left = 100 - percent;
  const digits = left <= 0 ? 0 : Math.min(5, Math.max(1, 1 - Math.floor(Math.log10(left))));
  return `${Number(percent.toFixed(digits))} %`;
}

/** A number of minutes in words, whole days rather than hours. */
export const minutesInWords = (minutes: number): string => durationOf(minutes * MINUTE_MS);
