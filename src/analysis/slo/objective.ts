/** What a revision of an objective asks for, read from its receipt. */
import { type LabelMatcher, MINUTE_MS, parseMatchers } from '../../model/index.js';
import type { SloRevision, SloUnit } from './status.js';

/** Series by metric, service, component and labels. */
export interface SeriesSelector {
  readonly metric: string;
  readonly service: string | undefined;
  readonly component: string | undefined;
  readonly matchers: readonly LabelMatcher[];
}

/** What is good: a level that keeps a target, or events that others counted as good. */
export type Indicator =
  | {
      readonly type: 'level';
      readonly level: SeriesSelector;
      readonly direction: 'at_most' | 'at_least';
      readonly target: number;
    }
  | {
      readonly type: 'events';
      readonly total: SeriesSelector;
      readonly counted: SeriesSelector;
      readonly counts: 'good' | 'bad';
      /** The share of good events, 0..1, that makes a slice good; undefined where events are counted. */
      readonly sliceTarget: number | undefined;
    };

/** An objective whole enough to be judged. */
export interface Objective {
  readonly indicator: Indicator;
  /** The share that must be good, 0..1. */
  readonly share: number;
  readonly windowMs: number;
  readonly sliceMs: number;
  readonly unit: SloUnit;
}

/** The objective where none is given, in percent. */
export const USUAL_OBJECTIVE_PERCENT = 99;

/** The window where an old receipt has none, in minutes: 30 days. */
const USUAL_WINDOW_MINUTES = 43_200;

function selectorOf(
  { service, component, selector = '' }: SloRevision,
  metric: string,
  own = '',
): SeriesSelector {
  // Doors take no selector that cannot be read.
  const matchers = [selector, own].flatMap((text) => {
    const read = parseMatchers(text);
    return typeof read === 'string' ? [] : read;
  });
  return { metric, service, component, matchers };
}

function indicatorOf(revision: SloRevision): Indicator | undefined {
  const { metric, target, direction, totalMetric, goodMetric, badMetric } = revision;
  if (metric !== undefined) {
    if (target === undefined) return undefined;
    const kept = direction === 'at_least' ? 'at_least' : 'at_most';
    return { type: 'level', level: selectorOf(revision, metric), direction: kept, target };
  }
  const counted = goodMetric ?? badMetric;
  if (totalMetric === undefined || counted === undefined) return undefined;
  const counts = goodMetric === undefined ? 'bad' : 'good';
  const { totalSelector, goodSelector, badSelector, sliceTargetPercent } = revision;
  return {
    type: 'events',
    total: selectorOf(revision, totalMetric, totalSelector),
    counted: selectorOf(revision, counted, counts === 'good' ? goodSelector : badSelector),
    counts,
    sliceTarget: sliceTargetPercent === undefined ? undefined : sliceTargetPercent / 100,
  };
}

/** What a revision asks for; undefined when it names no metric, as one that retires an objective may. */
export function objectiveOf(revision: SloRevision): Objective | undefined {
  const indicator = indicatorOf(revision);
  if (indicator === undefined) return undefined;
  const {
    objectivePercent = USUAL_OBJECTIVE_PERCENT,
    windowMinutes = USUAL_WINDOW_MINUTES,
    sliceMinutes = 1,
  } = revision;
  const countsEvents = indicator.type === 'events' && indicator.sliceTarget === undefined;
  return {
    indicator,
    share: objectivePercent / 100,
    windowMs: windowMinutes * MINUTE_MS,
    sliceMs: sliceMinutes * MINUTE_MS,
    unit: countsEvents ? 'events' : 'minutes',
  };
}
