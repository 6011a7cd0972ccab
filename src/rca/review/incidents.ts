/** The worst incidents of a week, and what is known of their causes. */
import type { EventReceipt, Window } from '../../model/index.js';
import { pathOf } from '../../model/index.js';
import { severityRank } from '../alert-facts.js';
import { confidenceIn } from '../confidence.js';
import type { Incident } from '../incident.js';
import { confirmedCauseOf, titleOfCause } from '../verdicts.js';
import type { IncidentRow, ReviewClaim } from './review.js';
import { over, said } from './words.js';

/** So many incidents are told, at most. */
export const MOST_INCIDENTS = 5;

const lastedOf = (
  { startsAt, endsAt }: Pick<EventReceipt<'incident'>, 'startsAt' | 'endsAt'>,
  { from, to }: Window,
) => Math.max(0, Math.min(endsAt ?? to, to) - Math.max(startsAt, from));

/** The incidents of a window, the worst first: by severity, then by how long they went on. */
export function worstOf(
  incidents: readonly EventReceipt<'incident'>[],
  window: Window,
): readonly EventReceipt<'incident'>[] {
  return [...incidents].sort(
    (a, b) =>
      severityRank(b.severity) - severityRank(a.severity) ||
      lastedOf(b, window) - lastedOf(a, window) ||
      (a.incident < b.incident ? -1 : 1),
  );
}

function causeOf(incident: Incident): Pick<IncidentRow, 'certainty' | 'cause'> {
  const path = pathOf({ type: 'incident', id: incident.id });
  const confirmed = confirmedCauseOf(incident);
  if (confirmed !== undefined) {
    const by = confirmed.author === undefined ? '' : ` by ${confirmed.author}`;
    const candidate = confirmed.judgement === 'other' ? undefined : confirmed.candidate.receipt;
    return {
      certainty: 'confirmed',
      cause: said(`Confirmed${by}: ${titleOfCause(confirmed)}`, [confirmed.receipt, candidate, path]),
    };
  }
  const [first, second] = incident.candidates;
  if (first === undefined) {
    const [why] = incident.missing;
    return {
      certainty: 'unknown',
      cause: said(`No cause was found${why === undefined ? '' : `: ${why}`}`, [path]),
    };
  }
  const confidence = confidenceIn(first);
  const likely =
    confidence === undefined
      ? 'its likelihood is not known'
      : `${confidence.likelihood}: of first candidates with such a score ${Math.round(confidence.share * 100)} % were right`;
  const beside = second === undefined ? '' : `; next, ${second.title}`;
  return {
    certainty: 'ranked',
    cause: said(`Nobody has confirmed a cause. Ranked first: ${first.title} (${likely})${beside}`, [
      first.receipt,
      first.cause,
      path,
    ]),
  };
}

/** An incident as its review tells it. */
export function incidentRow(incident: Incident, window: Window): IncidentRow {
  const { id, title, service, severity, state, startsAt, endsAt } = incident;
  const end = endsAt === undefined ? {} : { endsAt };
  return {
    ...{ id, title, service, severity, state, startsAt },
    lastedMs: lastedOf({ startsAt, ...end }, window),
    ...causeOf(incident),
  };
}

/** The number of incidents as a sentence. */
export function incidentClaim(
  rows: readonly IncidentRow[],
  count: number,
  open: number,
  window: Window,
): ReviewClaim {
  const paths = rows.map(({ id }) => pathOf({ type: 'incident', id }));
  const confirmed = rows.filter(({ certainty }) => certainty === 'confirmed').length;
  const told =
    count === 0
      ? 'No incident was on.'
      : `${count} ${count === 1 ? 'incident was' : 'incidents were'} on, ${open} of them still open; of the ${rows.length} worst the cause of ${confirmed} is confirmed.`;
  return said(told, paths, ...(count === 0 ? [over('correlation/around-time', window)] : []));
}
