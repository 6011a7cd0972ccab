/** Judges service level objectives at any moment, from what the store holds. */
import type { EvidenceStore } from '../../evidence/index.js';
import { type Instant, shift, type Window } from '../../model/index.js';
import {
  type Count,
  type CountOptions,
  count,
  findSeriesOf,
  type IndicatorSeries,
  NOTHING,
} from './counting.js';
import { objectiveOf } from './objective.js';
import { lengthsOf, planOf, type SloPlan } from './plan.js';
import type { SloHistory, SloRevision, SloStatus } from './status.js';
import { type PlanCounts, statusOf } from './verdict.js';

/** How objectives are judged. */
export interface JudgeOptions {
  /**
   * Leaves out slices of levels further than three robust deviations from the median; their number is in the status.
   * Events have no outliers.
   */
  readonly withoutOutliers?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Whether the metrics of the last revision that judges are known at all, whatever their values. */
export function hasSeries(
  store: EvidenceStore,
  { parts }: SloPlan,
  series: readonly (IndicatorSeries | undefined)[],
): boolean {
  const [part, own] = [parts.at(-1), series.at(-1)];
  // Nothing has judged it yet.
  if (part === undefined || own === undefined) return true;
  if (own.main.length === 0) return false;
  const { indicator } = part.objective;
  // A counter of errors may have no series with these labels before the first error, but its name should be known.
  return (
    indicator.type === 'level' ||
    own.counted.length > 0 ||
    store.findSeries({ metrics: [indicator.counted.metric] }).length > 0
  );
}

/** Whether what was found may be counted: a misspelt counter of errors would make everything good. */
export function countable(known: boolean, counts: readonly Count[]): readonly Count[] {
  return known ? counts : counts.map(() => NOTHING);
}

/**
 * Judges objectives at a moment, in the order given; those that were not in force then are left out. All of them take
 * one statement for levels and one for events per day of the longest window. Fails as the store does.
 */
export async function judgeSlos(
  store: EvidenceStore,
  histories: readonly SloHistory[],
  at: Instant,
  { withoutOutliers = false, signal }: JudgeOptions = {},
): Promise<readonly SloStatus[]> {
  const plans = histories.flatMap((history) => planOf(history, at) ?? []);
  const parts = plans.flatMap((plan) => plan.parts.map((part) => ({ plan, part })));
  const series = await findSeriesOf(
    store,
    parts.map(({ part }) => part),
  );
  const asked = parts.map(({ plan, part }, place) => ({
    part,
    series: series[place] ?? { main: [], counted: [] },
    stretches: lengthsOf(plan).map((lengthMs) => ({
      from: shift(plan.window.to, -lengthMs),
      to: plan.window.to,
    })),
  }));
  const counts = await count(store, asked, { withoutOutliers, signal });
  let next = 0;
  return plans.map((plan) => {
    const own = counts.slice(next, next + plan.parts.length);
    const known = hasSeries(store, plan, series.slice(next, next + plan.parts.length));
    next += plan.parts.length;
    const byLength: PlanCounts = new Map(
      lengthsOf(plan).map((lengthMs, place) => [
        lengthMs,
        countable(
          known,
          own.map((each) => each[place] ?? NOTHING),
        ),
      ]),
    );
    return statusOf(plan, byLength, known, withoutOutliers);
  });
}

/** Judges one objective at a moment; undefined when it was not in force then. Fails as the store does. */
export async function judgeSlo(
  store: EvidenceStore,
  history: SloHistory,
  at: Instant,
  options: JudgeOptions = {},
): Promise<SloStatus | undefined> {
  const [status] = await judgeSlos(store, [history], at, options);
  return status;
}

/** What one revision finds in a window of any length, with the samples that show what was bad; undefined when it names no metric. */
export async function countSlo(
  store: EvidenceStore,
  revision: SloRevision,
  window: Window,
  options: CountOptions = {},
): Promise<(Count & { readonly hasSeries: boolean }) | undefined> {
  const objective = objectiveOf(revision);
  if (objective === undefined) return undefined;
  const part = { revision, objective, window };
  const [series = { main: [], counted: [] }] = await findSeriesOf(store, [part]);
  const [counts] = await count(store, [{ part, series, stretches: [window] }], { ...options, marks: true });
  return { ...(counts?.[0] ?? NOTHING), hasSeries: series.main.length > 0 };
}
