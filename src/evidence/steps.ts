/** What {@link EvidenceStore.steps} is asked and answers: the figures of the pillars, step by step. */
import {
  DAY_MS,
  type EventKind,
  HOUR_MS,
  type Instant,
  type SeriesRef,
  type Window,
} from '../model/index.js';
import type { SignalSeries } from './signals.js';

/**
 * How far before a step's start the state at its end is looked for, in milliseconds: circuits, workers and alerts that
 * last spoke earlier are no longer known. A week, because an alert that keeps firing is one receipt.
 */
export const LOOK_BACK_MS = 7 * DAY_MS;

/**
 * A receipt that came in after its minute was closed counts in the minute it came in, when it was at most so late, in
 * milliseconds; later ones count in no step.
 */
export const LATE_MS = HOUR_MS;

/** The bounds of the buckets of `kanban_latency_histogram`, in milliseconds; the last one is without bound. */
export const LATENCY_BOUNDS_MS = [10, 25, 50, 100, 200, 500, 1_000, 2_500, 10_000] as const;

/** The kinds that count only in the step that they fall into. */
export const countedKinds: readonly EventKind[] = [
  ...(['failure', 'task_completed', 'queue_depth', 'log_volume', 'circuit_opened', 'alert_fired'] as const),
];

/** The kinds whose latest receipt is a state that lasts. */
export const lastingKinds: readonly EventKind[] = [
  ...(['circuit_opened', 'circuit_closed', 'alert_fired', 'alert_cleared'] as const),
  ...(['worker_activated', 'worker_deactivated', 'incident'] as const),
];

/** Which steps of which services. */
export interface StepQuery {
  /** Whole steps of it are answered: `from + n * stepMs`. */
  readonly window: Window;
  readonly stepMs: number;
  /** Only these services, without the whole system; every service and the whole system when absent. */
  readonly services?: readonly string[];
  /** The series that tells when each minute was closed; see {@link StepColumns}. */
  readonly closings?: SeriesRef;
  /** What of a minute that is not closed yet came in after this time counts as late; nothing when absent. */
  readonly closesAt?: Instant;
  /** Series that figures are read from beside events. */
  readonly signals?: readonly SignalSeries[];
  /** At most so many rows; more are an error, never a part. */
  readonly limit: number;
}

/** The figures that a step may have, by column; their meaning is that of the metrics named so. */
export const stepFigures = [
  'jidoka_circuit_open_percent',
  'jidoka_failure_rate',
  'jidoka_success_rate',
  'jidoka_recovery_time_secs',
  'kanban_queue_depth',
  'kanban_latency_p50_ms',
  'kanban_latency_p95_ms',
  'kanban_latency_p99_ms',
  'kanban_throughput_per_min',
  'kanban_wait_time_secs',
  'kanban_queue_saturation',
  'andon_alerts_per_min',
  'andon_mttd_secs',
  'andon_alert_types_total',
  'andon_critical_alerts',
  'heijunka_load_balance_coeff',
  'heijunka_worker_utilization',
  'heijunka_queue_variance',
  'heijunka_workers_active',
  'heijunka_workers_idle',
] as const;

/** The name of a figure of a step. */
export type StepFigure = (typeof stepFigures)[number];

/** What grew within a step, to be added to the counters named so. */
export const stepIncreases = [
  'jidoka_circuit_opens_total',
  'jidoka_failures_total',
  'andon_log_volume_total',
  'kanban_latency_histogram_sum',
  'kanban_latency_histogram_count',
] as const;

/** The name of a counter that grows step by step. */
export type StepIncrease = (typeof stepIncreases)[number];

/** Steps by column, in the order of time and scope; NaN where a step has no such figure. */
export interface StepColumns {
  readonly length: number;
  /** The service; undefined for the whole system. */
  readonly service: readonly (string | undefined)[];
  /** The end of the step, in milliseconds since the epoch. */
  readonly at: Float64Array;
  /** Receipts that were counted in it; a state that lasts counts in each step. */
  readonly receipts: Float64Array;
  readonly figures: Readonly<Record<StepFigure, Float64Array>>;
  readonly increases: Readonly<Record<StepIncrease, Float64Array>>;
  /** Tasks of the step up to each of {@link LATENCY_BOUNDS_MS}. */
  readonly latencyBuckets: readonly Float64Array[];
}
