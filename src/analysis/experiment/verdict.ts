import { median } from '../order.js';
import type { Estimate } from '../trend/theil-sen.js';
import { type Arms, hodgesLehmann, mannWhitney } from './mann-whitney.js';
import { minutesPerIndependentOne } from './memory.js';
import { type Against, alwaysValidP, boundaryOf, criticalZ, type Peeking, pairsOfArms } from './peeking.js';

/** What an experiment is to show. */
export interface Expectation {
  /** Which way the metric is to go. */
  readonly wanted: 'lower' | 'higher';
  /** By how much of the control's median, in %, >= 0. */
  readonly byPercent: number;
}

/**
 * How an experiment came out: `success` a significant change of at least the size expected; `marginal` one of less, or
 * shown to be less; `negative` a significant change the wrong way, to be rolled back; `undecided` not enough data.
 */
export type ExperimentVerdict = 'success' | 'marginal' | 'negative' | 'undecided';

/** The level at which a difference is significant, over all looks together. */
export const LEVEL = 0.05;

/** What the arms of an experiment show. */
export interface Outcome {
  readonly verdict: ExperimentVerdict;
  /** The minutes of either arm, what they are worth in pairs, and how many in a row are worth one independent minute. */
  readonly treatedMinutes: number;
  readonly controlMinutes: number;
  readonly pairs: number;
  readonly minutesPerIndependentOne: number;
  readonly controlMedian: number;
  readonly treatedMedian: number;
  /** The shift in the metric's unit; its interval holds at every look at once. */
  readonly shift: Estimate;
  /** The same in % of the control's median; undefined when that is 0. */
  readonly changePercent: Estimate | undefined;
  /** Valid at every look. */
  readonly p: number;
}

function percentOf({ value, low, high }: Estimate, reference: number): Estimate | undefined {
  const percent = 100 / Math.abs(reference);
  return reference === 0 ? undefined : { value: value * percent, low: low * percent, high: high * percent };
}

/** A change as seen from the expectation: positive is what was wanted. */
function turned({ value, low, high }: Estimate, wanted: Expectation['wanted']): Estimate {
  return wanted === 'higher' ? { value, low, high } : { value: -value, low: -high, high: -low };
}

function verdictOf(
  p: number,
  shift: Estimate,
  change: Estimate | undefined,
  { wanted, byPercent }: Expectation,
): ExperimentVerdict {
  const isSignificant = p <= LEVEL;
  if (isSignificant && turned(shift, wanted).value < 0) return 'negative';
  const gain = change === undefined ? undefined : turned(change, wanted);
  if (isSignificant) return gain !== undefined && gain.value >= byPercent ? 'success' : 'marginal';
  return gain !== undefined && gain.high < byPercent ? 'marginal' : 'undecided';
}

/** The minutes that count: of a plan no more than it has. */
function counted({ treated, control }: Arms, peeking: Peeking, against: Against): Arms {
  const most = peeking.kind === 'planned' ? peeking.pairs : Number.POSITIVE_INFINITY;
  if (against === 'before') return { treated: treated.slice(0, most), control };
  const pairs = Math.min(treated.length, control.length, most);
  return { treated: treated.slice(0, pairs), control: control.slice(0, pairs) };
}

/**
 * Judges an experiment by its minutes, each the median of its minute, in the order of time: beside a control those that
 * both arms have, `Arms` of equal length; against the time before those since the start and those of the baseline. Of a
 * planned experiment only the minutes planned count. Neighbouring minutes are alike, so the variance is widened by the
 * memory of the arm that has more of it. Undefined while an arm has none.
 */
export function judge(
  arms: Arms,
  expectation: Expectation,
  peeking: Peeking,
  against: Against = 'control',
): Outcome | undefined {
  const taken = counted(arms, peeking, against);
  const [treatedMinutes, controlMinutes] = [taken.treated.length, taken.control.length];
  const pairs = pairsOfArms(treatedMinutes, controlMinutes);
  const boundary = boundaryOf(peeking, against, controlMinutes);
  const inflation = minutesPerIndependentOne(taken);
  const comparison = mannWhitney(taken, inflation);
  const shift = hodgesLehmann(taken, criticalZ(boundary, pairs, LEVEL), inflation);
  if (comparison === undefined || shift === undefined) return undefined;
  const controlMedian = median(taken.control) ?? 0;
  const changePercent = percentOf(shift, controlMedian);
  const p = alwaysValidP(boundary, pairs, comparison.z);
  return {
    verdict: verdictOf(p, shift, changePercent, expectation),
    treatedMinutes,
    controlMinutes,
    pairs,
    minutesPerIndependentOne: inflation,
    controlMedian,
    treatedMedian: median(taken.treated) ?? 0,
    shift,
    changePercent,
    p,
  };
}
