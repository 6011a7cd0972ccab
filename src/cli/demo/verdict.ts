import { formatInstant, parsePath } from '../../model/index.js';
import type { Candidate } from './incident.js';
import type { Plan } from './plan.js';

/** The path below `/id/` of an IRI, whichever base it has. */
export function pathOfIri(iri: string): string {
  return iri.slice(iri.indexOf('/id/') + '/id/'.length);
}

/** Whether a candidate blames exactly what was planted: the receipt of that kind, of that service, at that time. */
export function blamesPlanted(candidate: Candidate, { cause }: Plan): boolean {
  const blamed = candidate.cause === null ? undefined : parsePath(pathOfIri(candidate.cause.iri));
  return (
    candidate.causeKind === cause.kind &&
    candidate.service === cause.service &&
    blamed?.type === 'event' &&
    blamed.kind === cause.kind &&
    blamed.at === cause.at
  );
}

/** Whether the planted cause is ranked first, and a sentence that says where it stands. */
export interface Verdict {
  readonly found: boolean;
  readonly text: string;
}

/** Looks for the planted cause among the candidates. */
export function verdictOn(candidates: readonly Candidate[], plan: Plan): Verdict {
  const { cause } = plan;
  const place = candidates.findIndex((candidate) => blamesPlanted(candidate, plan));
  const planted = `the ${cause.kind} of ${cause.service} at ${formatInstant(cause.at)} (${cause.key} ${cause.fromSize} -> ${cause.toSize})`;
  if (place === 0) return { found: true, text: `The planted cause, ${planted}, is ranked first.` };
  const where = place < 0 ? 'is not among the candidates' : `is ranked ${place + 1}, not first`;
  return { found: false, text: `The planted cause, ${planted}, ${where}.` };
}
