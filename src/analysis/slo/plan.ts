/** What is to be counted to judge an objective at a moment: which revision judges which part of the window. */
import { type Instant, instantOf, MINUTE_MS, shift, type Window } from '../../model/index.js';
import { type BurnRule, burnRulesFor } from './burn-rules.js';
import { type Objective, objectiveOf } from './objective.js';
import type { SloHistory, SloRevision } from './status.js';

/** The part of time that one revision judges. */
export interface PlannedPart {
  readonly revision: SloRevision;
  readonly objective: Objective;
  /** Slices that end within `from < t <= to`; it may begin before the window of the plan. */
  readonly window: Window;
}

/** An objective that is to be judged at a moment. */
export interface SloPlan {
  readonly slo: SloRevision;
  readonly objective: Objective;
  readonly at: Instant;
  readonly window: Window;
  readonly rules: readonly BurnRule[];
  /** How far back the latest level may lie. */
  readonly currentMs: number;
  /** The oldest first; the last one is that of the revision in force. */
  readonly parts: readonly PlannedPart[];
}

/** A level that is older is not the current one; as long as "stalled" takes. */
const CURRENT_MS = 5 * MINUTE_MS;

/**
 * The parts of a window. The first revision judges what was before it too, since nothing else did; while the objective
 * was retired nothing is judged.
 */
function partsOf(revisions: SloHistory, window: Window): readonly PlannedPart[] {
  return revisions.flatMap((revision, place) => {
    const objective = revision.retired === true ? undefined : objectiveOf(revision);
    if (objective === undefined) return [];
    const from = place === 0 ? instantOf(0) : revision.at;
    const to = instantOf(Math.min(window.to, revisions[place + 1]?.at ?? window.to));
    return Math.max(from, window.from) < to ? [{ revision, objective, window: { from, to } }] : [];
  });
}

/** The revision in force at a moment; undefined when there was none, or it was retired. */
export function revisionAt(history: SloHistory, at: Instant): SloRevision | undefined {
  const latest = history.findLast((revision) => revision.at <= at);
  return latest?.retired === true ? undefined : latest;
}

/**
 * Plans how an objective is judged at a moment, by what was said of it until then; undefined when it was not in force.
 * The window ends with the last slice of time that is over.
 */
export function planOf(history: SloHistory, at: Instant): SloPlan | undefined {
  const revisions = history.filter((revision) => revision.at <= at);
  const slo = revisions.at(-1);
  if (slo === undefined || slo.retired === true) return undefined;
  const objective = objectiveOf(slo);
  if (objective === undefined) return undefined;
  const { sliceMs, windowMs } = objective;
  const to = instantOf(Math.floor(at / sliceMs) * sliceMs);
  const rules = burnRulesFor(windowMs, sliceMs);
  const longest = rules.reduce((most, { longMs }) => Math.max(most, longMs), windowMs);
  return {
    slo,
    objective,
    at,
    window: { from: shift(to, -windowMs), to },
    rules,
    currentMs: Math.ceil(CURRENT_MS / sliceMs) * sliceMs,
    parts: partsOf(revisions, { from: shift(to, -longest), to }),
  };
}

/** How far back each count of a plan goes: the window, those of its rules and the latest level; longest first, each once. */
export function lengthsOf({ objective, rules, currentMs }: SloPlan): readonly number[] {
  const lengths = [
    objective.windowMs,
    currentMs,
    ...rules.flatMap(({ longMs, shortMs }) => [longMs, shortMs]),
  ];
  return [...new Set(lengths)].sort((a, b) => b - a);
}
