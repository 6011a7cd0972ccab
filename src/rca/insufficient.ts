/** What evidence would be needed to be sure of the first candidate, where it is not enough. */
import type { Candidate } from './analysis.js';
import { confidenceOf } from './confidence.js';
import { LEAST_CONFIDENCE } from './weights.js';

function termValue({ terms }: Candidate, name: string): number {
  return terms.find((one) => one.name === name)?.value ?? 0;
}

const CHANGES = new Set(['deployment', 'config_change', 'flag_change', 'experiment']);

/** Sentences on what is missing for the first of these candidates; none when enough speaks for it. */
export function missingForFirst(candidates: readonly Candidate[]): readonly string[] {
  const [first] = candidates;
  if (first === undefined) return [];
  const { title, score, causeKind } = first;
  const confidence = confidenceOf(score);
  const weak =
    confidence < LEAST_CONFIDENCE
      ? [
          `Not enough evidence: the best candidate, ${title}, is right in about ${Math.round(confidence * 100)} of 100 such answers. Needed: what failed on ${first.service === '' ? 'the services' : first.service} (failures with their reasons, logs by template), and what was changed there.`,
        ]
      : [];
  const untold =
    CHANGES.has(causeKind) && termValue(first, 'words') === 0 && termValue(first, 'named') > 0
      ? [
          `What ${title} changed has nothing in common with what went wrong, as far as it is recorded. Needed: its diff.`,
        ]
      : [];
  const silent =
    causeKind === 'deployment' &&
    first.terms.some(({ name, meaning }) => name === 'mechanism' && meaning.startsWith('Nothing is recorded'))
      ? [
          `Nothing is recorded of what ${title} did. Needed: its message and its diff (message, diff of the deployment).`,
        ]
      : [];
  return [...weak, ...(silent.length > 0 ? silent : untold)];
}
