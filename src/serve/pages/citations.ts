import type { Incident, IncidentBook, RecordedCandidate } from '../../rca/index.js';

/** An incident that rests on a receipt, and in which part. */
export interface Mention {
  readonly incident: Incident;
  readonly role: string;
}

/** How many of the newest incidents are looked through. */
const INCIDENTS = 100;

function roleIn(candidate: RecordedCandidate, path: string): string | undefined {
  if (candidate.receipt === path) return `its candidate "${candidate.title}"`;
  if (candidate.cause === path) return `blamed by "${candidate.title}"`;
  const cites = ({ cites }: { readonly cites: readonly string[] }) => cites.includes(path);
  if (candidate.supporting.some(cites)) return `speaks for "${candidate.title}"`;
  return candidate.opposing.some(cites) ? `speaks against "${candidate.title}"` : undefined;
}

/** The newest incidents that cite the receipt at a path, each once for each part that does. */
export function mentionsOf(path: string, book: IncidentBook): readonly Mention[] {
  return book.list({ limit: INCIDENTS }).flatMap((incident) => {
    const roles = [...incident.candidates, ...incident.rejected].flatMap((candidate) => {
      const role = roleIn(candidate, path);
      return role === undefined ? [] : [role];
    });
    if (incident.alerts.includes(path)) roles.unshift('one of its alerts');
    return roles.map((role) => ({ incident, role }));
  });
}
