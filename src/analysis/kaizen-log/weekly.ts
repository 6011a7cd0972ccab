import { type Instant, shift, type Window } from '../../model/index.js';
import { type JudgedImprovement, type MeasureSources, measureImprovement } from './measure.js';
import { readKaizenLog } from './read.js';

/**
 * The improvements that were done, and the experiments that ended, within a window, each with whether it holds as of a
 * time: for a review of the week, that of its end; for a look back at it, a later one.
 */
export async function improvementsOfWindow(
  sources: MeasureSources,
  { from, to }: Window,
  at: Instant,
): Promise<readonly JudgedImprovement[]> {
  const judged: JudgedImprovement[] = [];
  for (const improvement of await readKaizenLog(sources.store, at)) {
    const { doneAt } = improvement;
    if (doneAt === undefined || doneAt < from || doneAt >= to) continue;
    judged.push({ improvement, measure: await measureImprovement(sources, improvement, at) });
  }
  return judged;
}

/** Whether what was done in the weeks before a window holds at its end: for `weeks` of them. */
export function improvementsBefore(
  sources: MeasureSources,
  { from, to }: Window,
  weeks: number,
): Promise<readonly JudgedImprovement[]> {
  return improvementsOfWindow(sources, { from: shift(from, -(to - from) * weeks), to: from }, to);
}
