/** Reads what an experiment is judged by through the evidence port: its baseline, and the minutes of both arms. */
import type { EvidenceStore } from '../../evidence/index.js';
import { HOUR_MS, type Instant, MINUTE_MS, type SeriesRef, shift, type Window } from '../../model/index.js';
import { AnalysisError } from '../errors.js';
import { quantile } from '../statistics.js';
import type { Arms } from './mann-whitney.js';
import { type Against, MOST_PAIRS } from './peeking.js';
import type { ArmSeries } from './series.js';

/** A baseline is measured over at least an hour, and over a week at most. */
export const LEAST_BASELINE_MS = HOUR_MS;
export const MOST_BASELINE_MS = 7 * 24 * HOUR_MS;

/** What a metric was over a window, in its unit; of a counter, its increase per minute. */
export interface Levels {
  readonly window: Window;
  /** Samples, or minutes in which a counter was told twice. */
  readonly samples: number;
  readonly mean: number;
  readonly p95: number;
  readonly p99: number;
  /** Completed work per minute; undefined without a series of it, or without data. */
  readonly throughputPerMin: number | undefined;
}

/** The series that levels are measured from. */
export interface LevelSeries {
  readonly metric: readonly SeriesRef[];
  /** Whether the metric is a counter, of which the increase per minute is looked at. */
  readonly isRate?: boolean;
  /** Series of the throughput per minute. */
  readonly throughput?: readonly SeriesRef[];
}

type Figures = Pick<Levels, 'samples' | 'mean' | 'p95' | 'p99'>;

/** All of a window as one bucket. */
async function valuesOf(
  store: EvidenceStore,
  series: readonly SeriesRef[],
  window: Window,
): Promise<Figures | undefined> {
  const { count, sum, quantiles } = await store.buckets({
    groups: [series],
    window,
    stepMs: window.to - window.from,
    origin: window.from,
    figure: 'value',
    quantiles: [0.95, 0.99],
    limit: 1,
  });
  const [samples] = count;
  if (samples === undefined) return undefined;
  return {
    samples,
    mean: (sum[0] ?? Number.NaN) / samples,
    p95: quantiles[0]?.[0] ?? Number.NaN,
    p99: quantiles[1]?.[0] ?? Number.NaN,
  };
}

async function ratesOf(
  store: EvidenceStore,
  series: readonly SeriesRef[],
  window: Window,
): Promise<Figures | undefined> {
  const { sum } = await store.buckets({
    groups: [series],
    window,
    stepMs: MINUTE_MS,
    origin: window.from,
    figure: 'increase',
    limit: Math.ceil((window.to - window.from) / MINUTE_MS),
  });
  if (sum.length === 0) return undefined;
  const sorted = [...sum.toSorted()];
  return {
    samples: sum.length,
    mean: sum.reduce((total, one) => total + one, 0) / sum.length,
    p95: quantile(sorted, 0.95) ?? Number.NaN,
    p99: quantile(sorted, 0.99) ?? Number.NaN,
  };
}

/** Measures the levels of a metric over a window; undefined without samples. */
export async function readLevels(
  store: EvidenceStore,
  { metric, isRate = false, throughput = [] }: LevelSeries,
  window: Window,
): Promise<Levels | undefined> {
  if (window.to <= window.from) return undefined;
  const figures = await (isRate ? ratesOf : valuesOf)(store, metric, window);
  if (figures === undefined) return undefined;
  const done = throughput.length === 0 ? undefined : await valuesOf(store, throughput, window);
  return { window, ...figures, throughputPerMin: done?.mean };
}

/** Checks the window of a baseline; fails with `bad-window` on one that is shorter than an hour or longer than a week. */
export function checkBaseline({ from, to }: Window): void {
  const minutes = (to - from) / MINUTE_MS;
  if (to - from >= LEAST_BASELINE_MS && to - from <= MOST_BASELINE_MS) return;
  const [least, most] = [LEAST_BASELINE_MS / MINUTE_MS, MOST_BASELINE_MS / MINUTE_MS];
  throw new AnalysisError('bad-window', `expected a baseline of ${least} to ${most} minutes, not ${minutes}`);
}

/** Both arms of an experiment, and what its own minutes are held against. */
export interface ReadArms {
  readonly arms: Arms;
  readonly against: Against;
}

/** Where the minutes of the arms lie. */
export interface ArmsSpan {
  readonly startedAt: Instant;
  /** Minutes before the start that are compared with where there is no control. */
  readonly baselineFrom: Instant;
  readonly at: Instant;
  readonly isRate: boolean;
}

/** The value of each minute of both arms, by the begin of the minute. */
async function minutesOf(
  store: EvidenceStore,
  { treated, control }: ArmSeries,
  window: Window,
  { startedAt, isRate }: ArmsSpan,
): Promise<readonly [ReadonlyMap<number, number>, ReadonlyMap<number, number>]> {
  const minutes = [new Map<number, number>(), new Map<number, number>()] as const;
  if (window.to <= window.from) return minutes;
  const columns = await store.buckets({
    groups: control.length === 0 ? [treated] : [treated, control],
    window,
    stepMs: MINUTE_MS,
    origin: startedAt,
    figure: isRate ? 'increase' : 'value',
    ...(isRate ? {} : { quantiles: [0.5] }),
    limit: 2 * MOST_PAIRS,
  });
  const values = columns.quantiles[0] ?? columns.sum;
  for (const [row, group] of columns.group.entries()) {
    (group === 0 ? minutes[0] : minutes[1]).set(columns.at[row] ?? 0, values[row] ?? Number.NaN);
  }
  return minutes;
}

/**
 * The arms of an experiment by the minute, the median of each or the increase of a counter. Beside a control those whole
 * minutes since the start in which both have samples, so that whatever the load did, it did to both; against the time
 * before those since the start, and those of the baseline. Of longer ones the first {@link MOST_PAIRS} minutes since the
 * start, and as many before it, so that a verdict once reached stands.
 */
export async function readArms(store: EvidenceStore, series: ArmSeries, span: ArmsSpan): Promise<ReadArms> {
  const { startedAt, baselineFrom, at } = span;
  const minutes = Math.min(MOST_PAIRS, Math.max(0, Math.floor((at - startedAt) / MINUTE_MS)));
  const until = shift(startedAt, minutes * MINUTE_MS);
  if (series.control.length === 0) {
    const before = Math.min(MOST_PAIRS, Math.floor((startedAt - baselineFrom) / MINUTE_MS));
    const window = { from: shift(startedAt, -before * MINUTE_MS), to: until };
    const [all] = await minutesOf(store, series, window, span);
    const valuesWhere = (isTaken: (minute: number) => boolean) =>
      [...all].flatMap(([minute, value]) => (isTaken(minute) ? [value] : []));
    const arms = {
      treated: valuesWhere((minute) => minute >= startedAt),
      control: valuesWhere((minute) => minute < startedAt),
    };
    return { arms, against: 'before' };
  }
  const [treated, control] = await minutesOf(store, series, { from: startedAt, to: until }, span);
  const pairs = [...treated].flatMap(([minute, one]) => {
    const other = control.get(minute);
    return other === undefined ? [] : [[one, other] as const];
  });
  const arms = { treated: pairs.map(([one]) => one), control: pairs.map(([, other]) => other) };
  return { arms, against: 'control' };
}
