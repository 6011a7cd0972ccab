/**
 * Reads the figures of the pillars as the rules settle them, over windows and steps of any length. A metric without data
 * is absent from the answer: no data is never good news.
 */
import { type EvidenceStore, type StepColumns, type StepQuery, stepFigures } from '../evidence/index.js';
import { formatInstant, type Instant, instantOf, type Window } from '../model/index.js';
import { AnalysisError } from './errors.js';
import type { PillarMetric } from './metrics.js';

/** The metrics that have data, by name. */
export type Readings = ReadonlyMap<PillarMetric, number>;

/** Which part of the system, over which time. */
export interface Scope {
  /** The whole system when absent. */
  readonly service?: string;
  readonly window: Window;
}

/** What was measured of a service, or of the whole system, over a step of time. */
export interface Measured {
  readonly service: string | undefined;
  /** The end of the step. */
  readonly at: Instant;
  readonly readings: Readings;
  /** How many receipts it was measured from; a state that lasts counts in each step. */
  readonly receipts: number;
}

/** How steps are measured beside their time: from which series, and with which minutes closed. */
export type Sources = Pick<StepQuery, 'closings' | 'signals'>;

/** At most so many scopes and steps are measured at once. */
export const MOST_MEASURED = 100_000;

function readingsOf({ figures }: StepColumns, row: number): Readings {
  const readings = new Map<PillarMetric, number>();
  for (const metric of stepFigures) {
    const value = figures[metric][row];
    if (value !== undefined && !Number.isNaN(value)) readings.set(metric, value);
  }
  return readings;
}

function check({ from, to }: Window): void {
  if (from < to) return;
  throw new AnalysisError(
    'bad-window',
    `expected a window that ends after it starts at ${formatInstant(from)}`,
  );
}

/**
 * Measures every service and the whole system, or some services, over each step of a window, in the order of time and
 * with the whole system first; what has no data is not there. Fails with `bad-window` when the window is empty.
 */
export async function measureSteps(
  store: EvidenceStore,
  query: Omit<StepQuery, 'limit'>,
  signal?: AbortSignal,
): Promise<readonly Measured[]> {
  check(query.window);
  const columns = await store.steps({ ...query, limit: MOST_MEASURED }, signal);
  return columns.service.map((service, row) => ({
    service,
    at: instantOf(columns.at[row] ?? 0),
    readings: readingsOf(columns, row),
    receipts: columns.receipts[row] ?? 0,
  }));
}

/** Measures one scope over one window; fails as {@link measureSteps} does. */
export async function measure(store: EvidenceStore, scope: Scope, sources: Sources = {}): Promise<Measured> {
  const { service, window } = scope;
  const stepMs = window.to - window.from;
  const services = service === undefined ? {} : { services: [service] };
  const all = await measureSteps(store, { window, stepMs, ...services, ...sources });
  const found = all.find((measured) => measured.service === service);
  return found ?? { service, at: window.to, readings: new Map(), receipts: 0 };
}
