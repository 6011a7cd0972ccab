/** Experiments in words. */
import type { ExperimentVerdict } from '../generated/graphql.js';
import type { Tone } from '../parts/marks.js';
import { figureOf } from '../time/format.js';

interface VerdictWords {
  readonly tone: Tone;
  readonly word: string;
  /** What to do about it. */
  readonly advice: string;
}

/** What a verdict means. */
export const verdictWords: Readonly<Record<ExperimentVerdict, VerdictWords>> = {
  SUCCESS: { tone: 'good', word: 'success', advice: 'It does at least what was expected: roll it out.' },
  MARGINAL: { tone: 'strained', word: 'marginal', advice: 'It helps, and less than was expected.' },
  NEGATIVE: { tone: 'bad', word: 'negative', advice: 'It moves the wrong way: roll it back.' },
  UNDECIDED: { tone: 'unknown', word: 'undecided', advice: 'Nobody can tell yet.' },
};

/** A change in percent with its sign. */
export const changeOf = (percent: number | null | undefined): string =>
  percent == null ? '–' : `${percent > 0 ? '+' : ''}${figureOf(percent)} %`;

/** An interval in percent; an end that is not known is open. */
export function intervalOf(
  interval: { readonly low: number | null; readonly high: number | null } | null | undefined,
): string {
  if (interval == null) return 'not known yet';
  const [low, high] = [interval.low, interval.high];
  return `${low === null ? '…' : changeOf(low)} to ${high === null ? '…' : changeOf(high)}`;
}
