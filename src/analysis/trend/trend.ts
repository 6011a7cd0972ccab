import { DAY_MS, HOUR_MS, type Instant, instantOf, MINUTE_MS, type Window } from '../../model/index.js';
import type { Judgement } from '../metrics.js';
import { mean } from '../statistics.js';
import { adjustForMany } from './false-discovery.js';
import { growthPerMonth } from './growth.js';
import { type Line, lineThrough } from './line.js';
import { movementOf, SIGNIFICANCE, type TrendVerdict } from './movement.js';
import { outliers } from './outliers.js';
import { type GridValue, hasCycles, type Seasonality, seasonality } from './seasonality.js';
import { type Change, changesOf, type Reversal, reversalsOf, type Segment, segmentsOf } from './segments.js';
import type { Estimate, Points } from './theil-sen.js';

/** The windows that trends are looked at over, and the step that their points are medians of: at most 240 points each. */
export const trendWindows = {
  '1h': { lengthMs: HOUR_MS, stepMs: MINUTE_MS },
  '24h': { lengthMs: DAY_MS, stepMs: 10 * MINUTE_MS },
  '7d': { lengthMs: 7 * DAY_MS, stepMs: HOUR_MS },
  '30d': { lengthMs: 30 * DAY_MS, stepMs: 3 * HOUR_MS },
} as const;

/** The name of one of {@link trendWindows}. */
export type TrendWindowName = keyof typeof trendWindows;

/** Periods that seasons are looked for in: the day first, then the week in what the day leaves. */
const PERIODS_MS = [DAY_MS, 7 * DAY_MS] as const;

/** Over less time a rate a month says nothing. */
const GROWTH_FROM_MS = 7 * DAY_MS;

/** Fewer points, or points over less than half of the window, are not enough for a verdict. */
const LEAST_POINTS = 10;
const LEAST_SPAN = 0.5;

/** A series to look at: medians of even steps, in the order of time (milliseconds since the epoch). */
export interface TrendInput {
  readonly points: Points;
  readonly window: Window;
  readonly stepMs: number;
  readonly judged: Judgement;
}

/** A season that was found. */
export interface Season extends Seasonality {
  readonly periodMs: number;
}

/** What a series does over a window. Values are in the unit of the metric. */
export interface Trend {
  readonly window: Window;
  readonly stepMs: number;
  readonly verdict: TrendVerdict;
  readonly points: number;
  /** Steps with data of all steps of the window, 0..1. */
  readonly coverage: number;
  readonly current: number | undefined;
  readonly mean: number | undefined;
  /** (current - mean) / mean; undefined where the mean is 0. */
  readonly relativePosition: number | undefined;
  /** Per day, with its 95 % interval. */
  readonly slopePerDay: Estimate | undefined;
  /** Of no trend; corrected for the memory of the noise, then for all the metrics looked at together. */
  readonly p: number | undefined;
  readonly adjustedP: number | undefined;
  readonly changes: readonly Change[];
  readonly reversals: readonly Reversal[];
  /** Points further than three robust deviations from their segment's line; they are kept. */
  readonly outliers: readonly { readonly at: Instant; readonly value: number }[];
  /** The mean with the outliers left out; undefined without other points. */
  readonly meanWithoutOutliers: number | undefined;
  /** Periods with at least three cycles in the window that come again significantly. */
  readonly seasons: readonly Season[];
  /** As a share a month, 0.15 is +15 %; undefined where values are not all above 0, and over less than 7 days. */
  readonly growthPerMonth: Estimate | undefined;
}

/** A series measured, but not judged yet. */
export interface MeasuredTrend {
  readonly input: TrendInput;
  readonly line: Line | undefined;
  readonly seasons: readonly Season[];
  readonly segments: readonly Segment[];
  /** The points without their seasons. */
  readonly settled: Points;
}

function isEnough({ points: { at }, window }: TrendInput): boolean {
  const span = (at.at(-1) ?? 0) - (at[0] ?? 0);
  return at.length >= LEAST_POINTS && span >= LEAST_SPAN * (window.to - window.from);
}

function gridOf({ at, value }: Points, line: Line, stepMs: number): readonly GridValue[] {
  return value.map((one, item) => {
    const time = at[item] ?? 0;
    return { place: Math.floor(time / stepMs), value: one - line.at(time) };
  });
}

const hasCyclesOf = ({ at }: Points, periodMs: number, stepMs: number): boolean =>
  hasCycles(Math.floor((at[0] ?? 0) / stepMs), Math.floor((at.at(-1) ?? 0) / stepMs), periodMs / stepMs);

const without = ({ at, value }: Points, { profile }: Seasonality, stepMs: number): Points => ({
  at,
  value: value.map(
    (one, item) => one - (profile[Math.floor((at[item] ?? 0) / stepMs) % profile.length] ?? 0),
  ),
});

/** Looks for seasons and takes them out before the next one is looked for; what is left, with the line through it. */
function seasonsOf(
  { points, stepMs }: TrendInput,
  random: () => number,
): Pick<MeasuredTrend, 'seasons' | 'settled'> & { readonly whole: Line | undefined } {
  const seasons: Season[] = [];
  let settled = points;
  let whole = lineThrough(settled);
  for (const periodMs of PERIODS_MS) {
    const period = periodMs / stepMs;
    if (whole === undefined || !Number.isInteger(period) || !hasCyclesOf(points, periodMs, stepMs)) continue;
    const found = seasonality(gridOf(settled, whole, stepMs), period, random);
    if (found === undefined || found.p > SIGNIFICANCE) continue;
    seasons.push({ ...found, periodMs });
    settled = without(settled, found, stepMs);
    whole = lineThrough(settled);
  }
  return { seasons, settled, whole };
}

/**
 * Measures a series, up to some milliseconds of work. `random` gives numbers 0 <= x < 1 for the tests of seasons, from a
 * fixed seed for an answer that can be reproduced.
 */
export function measureTrend(input: TrendInput, random: () => number): MeasuredTrend {
  const { seasons, settled, whole } = seasonsOf(input, random);
  return {
    input,
    seasons,
    settled,
    line: isEnough(input) ? whole : undefined,
    segments: segmentsOf(settled, input.judged, whole),
  };
}

function outlierPlaces({ settled, segments }: MeasuredTrend): readonly number[] {
  const left = settled.value.map((value, item) => {
    const time = settled.at[item] ?? 0;
    const segment = segments.find(({ from, to }) => time >= from && time <= to);
    return segment === undefined ? 0 : value - segment.line.at(time);
  });
  return outliers(left);
}

/** The outliers, and what the mean is without them. */
function outliersOf(measured: MeasuredTrend): Pick<Trend, 'outliers' | 'meanWithoutOutliers'> {
  const { at, value } = measured.input.points;
  const places = new Set(outlierPlaces(measured));
  return {
    outliers: [...places].map((item) => ({ at: instantOf(at[item] ?? 0), value: value[item] ?? Number.NaN })),
    meanWithoutOutliers: mean(value.filter((_, item) => !places.has(item))),
  };
}

function verdictOf({ input: { judged, window }, line }: MeasuredTrend, p: number | undefined): TrendVerdict {
  if (line === undefined || p === undefined) return 'not-enough-data';
  return movementOf(judged, line.at(window.from), line.at(window.to), p);
}

function trendOf(measured: MeasuredTrend, adjustedP: number | undefined): Trend {
  const { input, line, segments, seasons, settled } = measured;
  const { points, window, stepMs } = input;
  const current = points.value.at(-1);
  const middle = mean(points.value);
  const perDay = (slope: number): number => slope * DAY_MS;
  return {
    window,
    stepMs,
    verdict: verdictOf(measured, adjustedP),
    points: points.at.length,
    coverage: Math.min(1, points.at.length / Math.ceil((window.to - window.from) / stepMs)),
    current,
    mean: middle,
    relativePosition:
      middle === undefined || middle === 0 || current === undefined ? undefined : (current - middle) / middle,
    slopePerDay: line && {
      value: perDay(line.slope.value),
      low: perDay(line.slope.low),
      high: perDay(line.slope.high),
    },
    p: line?.p,
    adjustedP,
    changes: changesOf(segments),
    reversals: reversalsOf(segments),
    ...outliersOf(measured),
    seasons,
    growthPerMonth: line && window.to - window.from >= GROWTH_FROM_MS ? growthPerMonth(settled) : undefined,
  };
}

/**
 * Judges series that are looked at together, in the order given: the more of them, the more a trend needs to count, so
 * that at most 5 % of those called trends are none.
 */
export function judgeTrends(measured: readonly MeasuredTrend[]): readonly Trend[] {
  const tested = measured.flatMap(({ line }) => (line === undefined ? [] : [line.p]));
  const adjusted = adjustForMany(tested).values();
  return measured.map((each) => trendOf(each, each.line === undefined ? undefined : adjusted.next().value));
}

/** Measures and judges series at once: see {@link measureTrend} and {@link judgeTrends}. */
export function trendsOf(inputs: readonly TrendInput[], random: () => number): readonly Trend[] {
  return judgeTrends(inputs.map((input) => measureTrend(input, random)));
}
