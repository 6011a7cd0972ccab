/** How metrics did this week against the last one, from their figures by the hour. */
import type { EvidenceStore } from '../../evidence/index.js';
import { HOUR_MS, instantOf, shift, type Window } from '../../model/index.js';
import type { Health } from '../health.js';
import { type MetricTable, metricNames, type PillarMetric } from '../metrics.js';
import { type Measured, MOST_MEASURED, measureSteps, type Sources } from '../pillars.js';
import { compareWeeks, type WeekComparison } from '../trend/weeks.js';

/** Services whose metrics are compared, beside those of the whole system: those of the worst health, at most so many. */
export const MOST_COMPARED = 20;

/** A metric of a service, or of the whole system, this week against the last. */
export interface MetricCourse {
  readonly service: string | undefined;
  readonly metric: PillarMetric;
  readonly weeks: WeekComparison;
}

/** Figures by the hour of the week and the one before. */
export interface HourlyFigures {
  /** By scope, in the order of time. */
  readonly scopes: ReadonlyMap<string | undefined, readonly Measured[]>;
}

/** Reads figures by the hour, in as few statements as rows allow. */
export async function readHours(
  store: EvidenceStore,
  window: Window,
  scopeCount: number,
  sources: Sources = {},
): Promise<HourlyFigures> {
  const hours = Math.max(1, Math.floor(MOST_MEASURED / 2 / (scopeCount + 1)));
  const scopes = new Map<string | undefined, Measured[]>();
  for (let from = window.from; from < window.to; from = shift(from, hours * HOUR_MS)) {
    const to = instantOf(Math.min(window.to, from + hours * HOUR_MS));
    if (to - from < HOUR_MS) break;
    for (const step of await measureSteps(store, { window: { from, to }, stepMs: HOUR_MS, ...sources })) {
      const steps = scopes.get(step.service);
      if (steps === undefined) scopes.set(step.service, [step]);
      else steps.push(step);
    }
  }
  return { scopes };
}

/** The whole system, and the services that did worst, whose metrics are compared. */
function comparedScopes(health: readonly Health[]): readonly (string | undefined)[] {
  const services = health
    .filter(({ service, score }) => service !== undefined && score !== undefined)
    .sort((a, b) => (a.score ?? 0) - (b.score ?? 0) || ((a.service ?? '') < (b.service ?? '') ? -1 : 1));
  return [undefined, ...services.slice(0, MOST_COMPARED).map(({ service }) => service)];
}

/**
 * Compares the metrics that have a good side of the system and of the services of the worst health; all of them count as
 * looked at together. Those that neither week has data of are left out. `seam` is where this week begins.
 */
export function compareCourses(
  hours: HourlyFigures,
  health: readonly Health[],
  metrics: MetricTable,
  seam: number,
): readonly MetricCourse[] {
  const subjects = comparedScopes(health).flatMap((service) => {
    const steps = hours.scopes.get(service) ?? [];
    return metricNames.flatMap((metric) => {
      const known = steps.flatMap(({ at, readings }) => {
        const value = readings.get(metric);
        // A step is named by its end; the hour that it is of is that of its begin.
        return value === undefined ? [] : [{ at: at - HOUR_MS, value }];
      });
      const { judged } = metrics[metric];
      if (judged.better === 'trend' || known.length === 0) return [];
      const points = { at: known.map(({ at }) => at), value: known.map(({ value }) => value) };
      return [{ service, metric, input: { points, seam, judged } }];
    });
  });
  const weeks = compareWeeks(subjects.map(({ input }) => input));
  return subjects.flatMap(({ service, metric }, item) => {
    const found = weeks[item];
    return found === undefined ? [] : [{ service, metric, weeks: found }];
  });
}

/** What is counted anew each hour; states last, and tell nothing of whether a service speaks. */
const COUNTED = ['kanban_throughput_per_min', 'jidoka_failure_rate', 'kanban_queue_depth'] as const;

/** Hours of a window in which a service had tasks, failures or readings of queues. */
export function hoursWithData(
  { scopes }: HourlyFigures,
  service: string | undefined,
  window: Window,
): number {
  return (scopes.get(service) ?? []).filter(
    ({ at, readings }) =>
      at > window.from && at <= window.to && COUNTED.some((metric) => readings.has(metric)),
  ).length;
}
