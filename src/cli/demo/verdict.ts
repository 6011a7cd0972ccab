import { formatInstant, parseInstant } from '../../model/index.js';
import type { Candidate } from './incident.js';
import type { Plan } from './plan.js';

/** Whether a candidate blames exactly what was planted: the change itself, by kind, service and time. */
export function blamesPlanted(candidate: Candidate, { cause }: Plan): boolean {
  return (
    candidate.causeKind === cause.kind &&
    candidate.service === cause.service &&
    candidate.cause !== null &&
    parseInstant(candidate.cause.at) === cause.at
  );
}

/** What the ranking should have found and where it stands in it, as a sentence. */
export function verdict(
  candidates: readonly Candidate[],
  plan: Plan,
): { readonly found: boolean; readonly text: string } {
  const { cause } = plan;
  const place = candidates.findIndex((candidate) => blamesPlanted(candidate, plan));
  const planted = `the ${cause.kind} of ${cause.service} at ${formatInstant(cause.at)} (${cause.key} ${cause.fromSize} -> ${cause.toSize})`;
  if (place === 0) return { found: true, text: `The planted cause, ${planted}, is ranked first.` };
  const where = place < 0 ? 'is not among the candidates' : `is ranked ${place + 1}, not first`;
  return { found: false, text: `The planted cause, ${planted}, ${where}.` };
}
