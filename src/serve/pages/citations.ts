import type { Argument, Incident, IncidentBook, RecordedCandidate } from '../../rca/index.js';

/** An incident that rests on a receipt, and in which part. */
export interface Mention {
  readonly incident: Incident;
  readonly role: string;
}

/** How many of the newest incidents are looked through. */
const INCIDENTS = 100;

function rolesIn(candidate: RecordedCandidate, path: string): readonly string[] {
  const title = `"${candidate.title}"`;
  const cites = (argument: Argument): boolean => argument.cites.includes(path);
  return [
    ...(candidate.receipt === path ? [`its candidate ${title}`] : []),
    ...(candidate.cause === path ? [`blamed by ${title}`] : []),
    ...(candidate.supporting.some(cites) ? [`speaks for ${title}`] : []),
    ...(candidate.opposing.some(cites) ? [`speaks against ${title}`] : []),
  ];
}

/** The newest incidents that cite the receipt at a path, each once for each part that does. */
export function mentionsOf(path: string, book: IncidentBook): readonly Mention[] {
  return book.list({ limit: INCIDENTS }).flatMap((incident) => {
    const alert = incident.alerts.includes(path) ? ['one of its alerts'] : [];
    const candidates = [...incident.candidates, ...incident.rejected];
    const roles = [...alert, ...candidates.flatMap((candidate) => rolesIn(candidate, path))];
    return roles.map((role) => ({ incident, role }));
  });
}
