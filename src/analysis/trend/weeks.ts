/** This week against the one before, hour by hour of the week, so that days and weekends meet their own kind. */
import { DAY_MS } from '../../model/index.js';
import { valuesPerIndependentOne } from '../autocorrelation.js';
import type { Judgement } from '../metrics.js';
import { median } from '../order.js';
import { adjustForMany } from './false-discovery.js';
import { movementOf, type TrendVerdict } from './movement.js';
import { signedRank } from './signed-rank.js';
import type { Estimate, Points } from './theil-sen.js';

const WEEK_MS = 7 * DAY_MS;

/** Fewer hours that both weeks have say too little: a day of them. */
const LEAST_HOURS = 24;

/** Hourly medians of the two weeks before a time, in the order of time. */
export interface WeeksInput {
  readonly points: Points;
  /** Where the second week begins. */
  readonly seam: number;
  readonly judged: Judgement;
}

/** How a week compares with the one before. */
export interface WeekComparison {
  readonly verdict: TrendVerdict;
  /** Hours that both weeks have data for. */
  readonly hours: number;
  readonly medianBefore: number | undefined;
  readonly medianAfter: number | undefined;
  /** From one week to the other at the same hour, with its 95 % interval; in the unit of the metric. */
  readonly shift: Estimate | undefined;
  /** The shift in % of the week before; undefined where that is 0. */
  readonly changePercent: number | undefined;
  readonly p: number | undefined;
  /** Corrected for all the metrics looked at together. */
  readonly adjustedP: number | undefined;
}

/** The values of the same hours in both weeks. */
function pairsOf({ points: { at, value }, seam }: WeeksInput): readonly (readonly [number, number])[] {
  const first = new Map<number, number>();
  for (const [item, time] of at.entries()) if (time < seam) first.set(time + WEEK_MS, value[item] ?? 0);
  return at.flatMap((time, item) => {
    const before = time >= seam ? first.get(time) : undefined;
    return before === undefined ? [] : [[before, value[item] ?? 0] as const];
  });
}

function compare(input: WeeksInput): Omit<WeekComparison, 'verdict' | 'adjustedP'> {
  const pairs = pairsOf(input);
  const differences = pairs.map(([before, after]) => after - before);
  const enough = pairs.length >= LEAST_HOURS;
  const test = enough ? signedRank(differences, valuesPerIndependentOne(differences)) : undefined;
  const medianBefore = median(pairs.map(([before]) => before));
  const share = medianBefore === undefined || medianBefore === 0 ? undefined : 100 / Math.abs(medianBefore);
  return {
    hours: pairs.length,
    medianBefore,
    medianAfter: median(pairs.map(([, after]) => after)),
    shift: test?.shift,
    changePercent: share === undefined || test === undefined ? undefined : test.shift.value * share,
    p: test?.p,
  };
}

/** Compares the weeks of series that are looked at together, in the order given. */
export function compareWeeks(inputs: readonly WeeksInput[]): readonly WeekComparison[] {
  const compared = inputs.map((input) => ({ judged: input.judged, ...compare(input) }));
  const adjusted = adjustForMany(compared.flatMap(({ p }) => (p === undefined ? [] : [p]))).values();
  return compared.map(({ judged, ...comparison }) => {
    const { shift, medianBefore = 0, p } = comparison;
    const adjustedP = p === undefined ? undefined : adjusted.next().value;
    if (shift === undefined || adjustedP === undefined) {
      return { ...comparison, verdict: 'not-enough-data', adjustedP: undefined };
    }
    const verdict = movementOf(judged, medianBefore, medianBefore + shift.value, adjustedP);
    return { ...comparison, verdict, adjustedP };
  });
}
