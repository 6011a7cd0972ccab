/** What webhooks are told of an incident. The shape is versioned: fields are added within a version, never changed. */
import { formatInstant, type Instant, type Iris, pathOf } from '../../model/index.js';
import {
  type Argument,
  confirmedCauseOf,
  type Incident,
  type IncidentChange,
  type RecordedCandidate,
  type RunbookMatches,
  stepsOf,
  titleOfCause,
} from '../../rca/index.js';

/** The name and version of the payload's shape. */
export const PAYLOAD_SCHEMA = 'genchi.incident/1';

/** Candidates told of; GraphQL has all. */
const MOST_CANDIDATES = 10;
const MOST_ALERTS = 100;

const timeOf = (at: Instant | undefined): string | null => (at === undefined ? null : formatInstant(at));

function argumentOf({ sentence, cites }: Argument, iris: Iris) {
  return { sentence, receipts: cites.map((path) => iris.ofPath(path)) };
}

function candidateOf(candidate: RecordedCandidate, iris: Iris) {
  const { rank, score, causeKind, title, service, component, metric, cause, remedy, onsetAt } = candidate;
  return {
    rank,
    score,
    causeKind,
    title,
    service,
    component: component ?? null,
    metric: metric ?? null,
    onsetAt: timeOf(onsetAt),
    remedy: remedy ?? null,
    cause: cause === undefined ? null : iris.ofPath(cause),
    receipt: iris.ofPath(candidate.receipt),
    terms: candidate.terms,
    for: candidate.supporting.map((one) => argumentOf(one, iris)),
    against: candidate.opposing.map((one) => argumentOf(one, iris)),
  };
}

function incidentOf(incident: Incident, iris: Iris) {
  const { id, state, title, severity, service, metric, alerts, acknowledgements, missing } = incident;
  const cause = confirmedCauseOf(incident);
  return {
    id,
    // The IRI is the address of its page too.
    iri: iris.of({ type: 'incident', id }),
    page: iris.ofPath(pathOf({ type: 'incident', id })),
    state,
    title,
    severity,
    service: service ?? null,
    metric: metric ?? null,
    startsAt: timeOf(incident.startsAt),
    onsetAt: timeOf(incident.onsetAt),
    endsAt: timeOf(incident.endsAt),
    runbookUrl: incident.runbookUrl ?? null,
    alertCount: alerts.length,
    alerts: alerts.slice(0, MOST_ALERTS).map((path) => iris.ofPath(path)),
    acknowledgedBy: [...new Set(acknowledgements.map(({ author }) => author ?? null))],
    confirmedCause: cause === undefined ? null : titleOfCause(cause),
    missing,
  };
}

/** The payload of a change, as JSON: the incident, its ranked candidates, its why chain and its runbooks. */
export function payloadOf(
  { id, type, at, incident }: IncidentChange,
  runbooks: RunbookMatches,
  iris: Iris,
): string {
  return JSON.stringify({
    schema: PAYLOAD_SCHEMA,
    id,
    event: type,
    at: formatInstant(at),
    incident: incidentOf(incident, iris),
    candidates: incident.candidates.slice(0, MOST_CANDIDATES).map((one) => candidateOf(one, iris)),
    whys:
      incident.why === undefined
        ? []
        : stepsOf(incident.why).map(({ place, kind, sentence, service, cites, query, end }) => ({
            place,
            kind,
            sentence,
            service,
            receipts: cites.map((path) => iris.ofPath(path)),
            query: query ?? null,
            end: end ?? null,
          })),
    runbooks: runbooks.matches.map(({ runbook, reason, ...match }) => ({
      name: runbook?.name ?? null,
      title: runbook?.title ?? null,
      url: runbook === undefined ? null : iris.of({ type: 'runbook', name: runbook.name }),
      named: match.type === 'named' ? match.url : null,
      reason,
    })),
  });
}
