/** Reads what an experiment is judged by through the evidence port: its baseline, and the minutes of both arms. */
import type { EvidenceStore } from '../../evidence/index.js';
import { HOUR_MS, type Instant, MINUTE_MS, type SeriesRef, shift, type Window } from '../../model/index.js';
import { AnalysisError } from '../errors.js';
import type { Arms } from './mann-whitney.js';

/** A baseline is measured over at least this. */
export const LEAST_BASELINE_MS = HOUR_MS;

/** A day and a half of minutes for two arms is the most that is compared. */
const MOST_MINUTES = 2_000;

/** What a metric was before the experiment, in its unit. */
export interface Baseline {
  readonly window: Window;
  readonly samples: number;
  readonly mean: number;
  readonly p95: number;
  readonly p99: number;
  /** What a counter of completed work grew by, per minute; undefined without one, or without data. */
  readonly throughputPerMin: number | undefined;
}

/** The series that a baseline is measured from. */
export interface BaselineSeries {
  readonly metric: readonly SeriesRef[];
  /** Counters of completed work. */
  readonly completed?: readonly SeriesRef[];
}

async function throughputOf(
  store: EvidenceStore,
  completed: readonly SeriesRef[],
  window: Window,
): Promise<number | undefined> {
  const lengthMs = window.to - window.from;
  const { sum } = await store.buckets({
    groups: [completed],
    window,
    stepMs: lengthMs,
    origin: window.from,
    figure: 'increase',
    limit: 1,
  });
  const [increase] = sum;
  return increase === undefined ? undefined : increase / (lengthMs / MINUTE_MS);
}

/**
 * Measures a baseline from all samples of a window of at least an hour; undefined without samples. Fails with
 * `bad-window` on a shorter one.
 */
export async function readBaseline(
  store: EvidenceStore,
  { metric, completed = [] }: BaselineSeries,
  window: Window,
): Promise<Baseline | undefined> {
  const lengthMs = window.to - window.from;
  if (!(lengthMs >= LEAST_BASELINE_MS)) {
    throw new AnalysisError(
      'bad-window',
      `expected a baseline of at least ${LEAST_BASELINE_MS / MINUTE_MS} minutes, not ${lengthMs / MINUTE_MS}`,
    );
  }
  const { count, sum, quantiles } = await store.buckets({
    groups: [metric],
    window,
    stepMs: lengthMs,
    origin: window.from,
    figure: 'value',
    quantiles: [0.95, 0.99],
    limit: 1,
  });
  const [samples] = count;
  if (samples === undefined) return undefined;
  const throughputPerMin = completed.length === 0 ? undefined : await throughputOf(store, completed, window);
  return {
    window,
    samples,
    mean: (sum[0] ?? Number.NaN) / samples,
    p95: quantiles[0]?.[0] ?? Number.NaN,
    p99: quantiles[1]?.[0] ?? Number.NaN,
    throughputPerMin,
  };
}

/** The series of both arms: those of the canary, and those of the control beside it. */
export interface ArmSeries {
  readonly treated: readonly SeriesRef[];
  readonly control: readonly SeriesRef[];
}

/**
 * The arms of an experiment by the minute: the median of each whole minute since its start in which both arms have
 * samples, so that whatever the load did, it did to both. Fails with `bad-window` where more minutes lie in the window
 * than are compared.
 */
export async function readArms(
  store: EvidenceStore,
  { treated, control }: ArmSeries,
  startedAt: Instant,
  at: Instant,
): Promise<Arms> {
  const minutes = Math.floor((at - startedAt) / MINUTE_MS);
  if (minutes < 1) return { treated: [], control: [] };
  if (minutes > MOST_MINUTES) {
    throw new AnalysisError(
      'bad-window',
      `an experiment is compared over at most ${MOST_MINUTES} minutes, not ${minutes}`,
    );
  }
  const window: Window = { from: startedAt, to: shift(startedAt, minutes * MINUTE_MS) };
  const columns = await store.buckets({
    groups: [treated, control],
    window,
    stepMs: MINUTE_MS,
    origin: startedAt,
    figure: 'value',
    quantiles: [0.5],
    limit: 2 * MOST_MINUTES,
  });
  const [medians = new Float64Array()] = columns.quantiles;
  const arms = [new Map<number, number>(), new Map<number, number>()] as const;
  for (const [row, group] of columns.group.entries()) {
    (group === 0 ? arms[0] : arms[1]).set(columns.at[row] ?? 0, medians[row] ?? Number.NaN);
  }
  const pairs = [...arms[0]].flatMap(([minute, one]) => {
    const other = arms[1].get(minute);
    return other === undefined ? [] : [[one, other] as const];
  });
  return { treated: pairs.map(([one]) => one), control: pairs.map(([, other]) => other) };
}
