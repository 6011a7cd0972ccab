/** Measures what an improvement did: its metric hour by hour of the week, before it and now. */
import type { EvidenceStore } from '../../evidence/index.js';
import { DAY_MS, HOUR_MS, type Instant, shift, type Window } from '../../model/index.js';
import type { Judgement, MetricTable } from '../metrics.js';
import { judgementOf, readPoints, seriesOf } from '../trend/read.js';
import type { Points } from '../trend/theil-sen.js';
import { compareWeeks, type WeekComparison } from '../trend/weeks.js';
import type { Improvement } from './improvement.js';

const WEEK_MS = 7 * DAY_MS;

/**
 * Whether an improvement holds: its metric is significantly better than before; it is not, a week after; or too little
 * is known. Judged again whenever it is asked, over the latest week.
 */
export type Holding = 'held' | 'not-held' | 'not-enough-data';

/** What an improvement did to its metric, by a time. */
export interface ImprovementMeasure {
  readonly holding: Holding;
  /** Why nothing can be measured, as a sentence; undefined where it can. */
  readonly missing: string | undefined;
  readonly before: Window | undefined;
  readonly after: Window | undefined;
  readonly comparison: WeekComparison | undefined;
  /** Whether the interval of the change reaches what was expected; undefined where nothing was, or nothing is known. */
  readonly isAsExpected: boolean | undefined;
}

/** What improvements are measured with. */
export interface MeasureSources {
  readonly store: EvidenceStore;
  readonly metrics: MetricTable;
}

const unmeasured = (holding: Holding, missing: string | undefined): ImprovementMeasure => ({
  holding,
  missing,
  before: undefined,
  after: undefined,
  comparison: undefined,
  isAsExpected: undefined,
});

/** What says which way is good: the metric itself, else what was expected of it. */
function judgedBy({ metric = '', expectedChangePercent = 0 }: Improvement, metrics: MetricTable): Judgement {
  const judged = judgementOf(metrics, metric);
  if (judged.better !== 'trend' || expectedChangePercent === 0) return judged;
  return { better: expectedChangePercent < 0 ? 'lower' : 'higher' };
}

/**
 * The week before the work began that is a whole number of weeks before it was done, and the latest week since, in whole
 * hours: so each hour meets its own kind.
 */
function windowsOf(
  { startedAt, doneAt }: Improvement,
  at: Instant,
): { before: Window; after: Window } | undefined {
  if (doneAt === undefined) return undefined;
  const workMs = Math.max(0, doneAt - (startedAt ?? doneAt));
  const from = shift(doneAt, -WEEK_MS * (1 + Math.ceil(workMs / WEEK_MS)));
  const hoursSince = Math.floor((at - doneAt) / HOUR_MS);
  const skipped = Math.max(0, hoursSince - WEEK_MS / HOUR_MS);
  const after = { from: shift(doneAt, skipped * HOUR_MS), to: shift(doneAt, hoursSince * HOUR_MS) };
  return hoursSince < 1 ? undefined : { before: { from, to: shift(from, WEEK_MS) }, after };
}

/** Points by their hour of the week, in its order, a week later for those after. */
function folded(
  { at, value }: Points,
  origin: number,
  afterMs: number,
): readonly (readonly [number, number])[] {
  const hours = at.map((time, item) => [((time - origin) % WEEK_MS) + afterMs, value[item] ?? 0] as const);
  return hours.toSorted(([one], [other]) => one - other);
}

function holdingOf({ verdict, hours }: WeekComparison): Holding {
  switch (verdict) {
    case 'improving':
      return 'held';
    case 'degrading':
      return 'not-held';
    case 'steady':
    case 'rising':
    case 'falling':
      // A day that shows nothing may be too little to show it.
      return hours >= (WEEK_MS / HOUR_MS) * 0.8 ? 'not-held' : 'not-enough-data';
    case 'not-enough-data':
      return 'not-enough-data';
  }
}

function isReached({ shift: moved, medianBefore = 0 }: WeekComparison, expectedPercent: number | undefined) {
  if (expectedPercent === undefined || moved === undefined || medianBefore === 0) return undefined;
  const expected = (expectedPercent / 100) * Math.abs(medianBefore);
  return expectedPercent < 0 ? moved.low <= expected : moved.high >= expected;
}

/** What an experiment showed is what its receipts say. */
function ofExperiment({ state }: Improvement): ImprovementMeasure {
  switch (state) {
    case 'verified':
      return unmeasured('held', undefined);
    case 'not_held':
      return unmeasured('not-held', undefined);
    case 'done':
      return unmeasured('not-enough-data', 'The experiment did not show as much as was expected.');
    case 'proposed':
    case 'started':
    case 'abandoned':
      return unmeasured('not-enough-data', 'The experiment did not decide it.');
  }
}

/** Measures an improvement as of a time; that of an experiment is what its end recorded. */
export async function measureImprovement(
  { store, metrics }: MeasureSources,
  improvement: Improvement,
  at: Instant,
): Promise<ImprovementMeasure> {
  if (improvement.source === 'experiment') return ofExperiment(improvement);
  const { metric, service, expectedChangePercent } = improvement;
  if (metric === undefined || service === undefined) {
    return unmeasured('not-enough-data', 'It names no metric of a service.');
  }
  const windows = windowsOf(improvement, at);
  if (windows === undefined) return unmeasured('not-enough-data', 'It was not done an hour before.');
  const judged = judgedBy(improvement, metrics);
  if (judged.better === 'trend') {
    return unmeasured(
      'not-enough-data',
      `Nobody said which way is good: ${metric} has no good side of its own.`,
    );
  }
  const asked = seriesOf(store, [{ service, metric }]);
  const [before] = await readPoints(store, asked, windows.before, HOUR_MS);
  const [after] = await readPoints(store, asked, windows.after, HOUR_MS);
  const none: Points = { at: [], value: [] };
  const origin = windows.before.from;
  const pairs = [...folded(before ?? none, origin, 0), ...folded(after ?? none, origin, WEEK_MS)];
  const points = { at: pairs.map(([hour]) => hour), value: pairs.map(([, value]) => value) };
  const [comparison] = compareWeeks([{ points, seam: WEEK_MS, judged }]);
  if (comparison === undefined) return unmeasured('not-enough-data', undefined);
  return {
    holding: holdingOf(comparison),
    missing:
      comparison.verdict === 'not-enough-data'
        ? `${comparison.hours} hours of the week are known before and after; 24 are needed.`
        : undefined,
    ...windows,
    comparison,
    isAsExpected: isReached(comparison, expectedChangePercent),
  };
}

/** An improvement and whether it holds. */
export interface JudgedImprovement {
  readonly improvement: Improvement;
  readonly measure: ImprovementMeasure;
}
