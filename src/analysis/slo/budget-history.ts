/** How the error budget of an objective went: what a status says of it, at even steps up to its moment. */
import type { EvidenceStore } from '../../evidence/index.js';
import { type Instant, instantOf } from '../../model/index.js';
import { type Count, countSteps, findSeriesOf } from './counting.js';
import { objectiveOf } from './objective.js';
import type { SloStatus } from './status.js';

/** The error budget as it was at one moment, over the window that ended then. */
export interface BudgetPoint {
  readonly at: Instant;
  /** Minutes with data as a share of the window, 0..1. */
  readonly coverage: number;
  /** Good ones in percent of those with data; undefined without data. */
  readonly attainmentPercent: number | undefined;
  /** 100 is untouched, below 0 is overspent; undefined without data, or where nothing may be bad. */
  readonly leftPercent: number | undefined;
}

/** Counts of even steps, and over how many of them a window goes. */
interface Steps {
  readonly counts: ReadonlyMap<number, Pick<Count, 'knownMs' | 'total' | 'bad'>>;
  /** Steps of one window; the steps are those of two. */
  readonly perWindow: number;
  readonly from: Instant;
  readonly stepMs: number;
  /** The share that must be good, 0..1. */
  readonly share: number;
}

/** What steps add up to, from step to step over the window that ends with each; pure. */
export function rollingBudget({ counts, perWindow, from, stepMs, share }: Steps): readonly BudgetPoint[] {
  const points: BudgetPoint[] = [];
  let [knownMs, total, bad] = [0, 0, 0];
  const add = (step: number, sign: 1 | -1): void => {
    const count = counts.get(step);
    if (count === undefined) return;
    knownMs += sign * count.knownMs;
    total += sign * count.total;
    bad += sign * count.bad;
  };
  for (let step = 0; step < 2 * perWindow; step += 1) {
    add(step, 1);
    if (step >= perWindow) add(step - perWindow, -1);
    if (step < perWindow - 1) continue;
    const hasData = knownMs > 0 && total > 0;
    // Counters are not all read at one instant: what is bad of a short step can be a little more than all of it.
    const spent = Math.max(0, Math.min(total, bad));
    const allowed = total * (1 - share);
    points.push({
      at: instantOf(from + (step + 1) * stepMs),
      coverage: Math.max(0, knownMs) / (perWindow * stepMs),
      attainmentPercent: hasData ? ((total - spent) / total) * 100 : undefined,
      leftPercent: hasData && allowed > 0 ? (1 - spent / allowed) * 100 : undefined,
    });
  }
  return points;
}

/** The largest number of steps, at most so many, of which each holds the same number of whole slices. */
function stepsOf(slices: number, most: number): number {
  for (let steps = Math.min(most, slices); steps > 1; steps -= 1) if (slices % steps === 0) return steps;
  return 1;
}

/**
 * The error budget of an objective at up to `points` even steps of its window, the last of them now, each over the
 * window that ended then and all judged by the revision in force. One statement over two windows; fails as the store
 * does.
 */
export async function budgetHistory(
  store: EvidenceStore,
  { slo: revision, window: { from, to } }: SloStatus,
  points: number,
): Promise<readonly BudgetPoint[]> {
  const objective = objectiveOf(revision);
  if (objective === undefined) return [];
  const { windowMs, sliceMs, share } = objective;
  const perWindow = stepsOf(Math.floor(windowMs / sliceMs), points);
  const stepMs = windowMs / perWindow;
  const twice = { from: instantOf(to - 2 * perWindow * stepMs), to };
  const part = { revision, objective, window: { from: instantOf(Math.min(twice.from, from)), to } };
  const [series = { main: [], counted: [] }] = await findSeriesOf(store, [part]);
  if (series.main.length === 0) return [];
  const counts = await countSteps(store, { part, series, stretches: [] }, twice, stepMs);
  return rollingBudget({ counts, perWindow, from: twice.from, stepMs, share });
}
