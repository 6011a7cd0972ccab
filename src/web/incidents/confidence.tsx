/** How sure an answer is: a word, a figure, and what the figure means. */
import type { Likelihood } from '../generated/graphql.js';
import type { Tone } from '../parts/marks.js';
import { percentOf } from '../time/format.js';

const tones: Readonly<Record<Likelihood, Tone>> = {
  very_likely: 'good',
  likely: 'accent',
  possible: 'strained',
  unlikely: 'unknown',
};

/** The word for a likelihood. */
export const likelihoodWord = (likelihood: Likelihood): string => likelihood.replace('_', ' ');

/** What a confidence means, as a sentence. */
export const reliabilityOf = (confidence: number): string =>
  `On recorded failures, ${Math.round(100 * confidence)} of 100 first answers with such a score were right.`;

/** A likelihood with its figure; nothing where none is known. */
export function Confidence({
  confidence,
  likelihood,
}: {
  readonly confidence: number | null;
  readonly likelihood: Likelihood | null;
}) {
  if (confidence === null || likelihood === null) return null;
  return (
    <span class={`badge tone-${tones[likelihood]}`} title={reliabilityOf(confidence)}>
      {likelihoodWord(likelihood)} · {percentOf(confidence)}
    </span>
  );
}
