import { z } from 'zod';
import {
  type CauseKind,
  causeKinds,
  type EventReceipt,
  type Identity,
  type Instant,
  identityOf,
  pathOfEvent,
} from '../model/index.js';
import { type Candidate, type Remedy, remedies } from './analysis.js';
import type { Incident, RecordedCandidate } from './incident.js';
import { whyOf } from './whys/index.js';

/** The door of Genchi's own receipts. */
export const OWN_DOOR = 'genchi';

/** The short name of an incident: the day it began, its service, and six digits of its first alert's identity. */
export function incidentIdOf(startsAt: Instant, service: string | undefined, firstAlert: string): string {
  const day = new Date(startsAt).toISOString().slice(0, 10).replaceAll('-', '');
  const name = (service ?? 'unknown')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `${day}-${name === '' ? 'unknown' : name}-${identityOf('incident', firstAlert).slice(0, 6)}`;
}

/** The receipt of an incident's state. */
export function incidentReceipt(
  incident: Incident,
  sequence: number,
  now: Instant,
): EventReceipt<'incident'> {
  const { id, state, title, severity, service, metric, startsAt, onsetAt, endsAt, runbookUrl } = incident;
  return {
    kind: 'incident',
    id: identityOf('incident', id, String(sequence)),
    at: now,
    receivedAt: now,
    door: OWN_DOOR,
    ...(service === undefined ? {} : { service }),
    incident: id,
    state,
    title,
    severity,
    ...(metric === undefined ? {} : { metric }),
    startsAt,
    ...(onsetAt === undefined ? {} : { onsetAt }),
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
    ...(incident.evidenceUntil === undefined ? {} : { evidenceUntil: incident.evidenceUntil }),
    analysis: incident.analysis,
    cites: incident.alerts,
    ...(incident.missing.length === 0 ? {} : { missing: JSON.stringify(incident.missing) }),
    ...(incident.closed?.author === undefined ? {} : { author: incident.closed.author }),
    ...(incident.closed?.message === undefined ? {} : { message: incident.closed.message }),
  };
}

function citedBy(candidate: Candidate): readonly string[] {
  const cites = [...candidate.supporting, ...candidate.opposing].flatMap((argument) => argument.cites);
  return [...new Set([...(candidate.cause === undefined ? [] : [candidate.cause]), ...cites])];
}

/** The receipt of a candidate, as the given analysis of an incident ranked it. */
export function candidateReceipt(
  candidate: Candidate,
  incident: string,
  analysis: number,
  now: Instant,
): EventReceipt<'candidate'> {
  const { rank, score, causeKind, title, component, metric, metricChangePercent, onsetAt, cause } = candidate;
  const { terms, supporting, opposing, rejected, commit, remedy, actsOn } = candidate;
  return {
    kind: 'candidate',
    id: identityOf('candidate', incident, String(analysis), String(rank)),
    at: now,
    receivedAt: now,
    door: OWN_DOOR,
    ...(candidate.service === '' ? {} : { service: candidate.service }),
    incident,
    analysis,
    rank,
    score,
    rejected: rejected !== undefined,
    causeKind,
    title,
    ...(component === undefined ? {} : { component }),
    ...(metric === undefined ? {} : { correlatedMetric: metric }),
    ...(metricChangePercent === undefined ? {} : { metricChangePercent }),
    ...(onsetAt === undefined ? {} : { onsetAt }),
    ...(cause === undefined ? {} : { cause }),
    ...(commit === undefined ? {} : { commit }),
    ...(remedy === undefined ? {} : { remedy }),
    cites: citedBy(candidate),
    reasoning: JSON.stringify({ terms, supporting, opposing, rejected, actsOn }),
  };
}

const argument = z.object({ sentence: z.string(), cites: z.array(z.string()) });
const remedyShape: z.ZodType<Remedy> = z.enum(remedies);
const reasoning = z.object({
  terms: z.array(
    z.object({
      name: z.string(),
      meaning: z.string(),
      value: z.number(),
      weight: z.number(),
      contribution: z.number(),
    }),
  ),
  supporting: z.array(argument),
  opposing: z.array(argument),
  rejected: z.string().optional(),
  actsOn: z.array(z.string()).optional(),
});
const sentences = z.array(z.string());
/** Reads what kind of thing is blamed. */
export const causeKindShape: z.ZodType<CauseKind> = z.enum(causeKinds);

/** Reads a candidate back from its receipt. */
export function candidateOf(receipt: EventReceipt<'candidate'>): RecordedCandidate {
  const { rank, score, title, service, component, correlatedMetric, metricChangePercent, onsetAt, cause } =
    receipt;
  const { commit, remedy } = receipt;
  const { rejected, actsOn, ...rest } = reasoning.parse(JSON.parse(receipt.reasoning));
  return {
    rank,
    score,
    causeKind: causeKindShape.parse(receipt.causeKind),
    title,
    service: service ?? '',
    ...(component === undefined ? {} : { component }),
    ...(correlatedMetric === undefined ? {} : { metric: correlatedMetric }),
    ...(metricChangePercent === undefined ? {} : { metricChangePercent }),
    ...(onsetAt === undefined ? {} : { onsetAt }),
    ...(cause === undefined ? {} : { cause }),
    ...rest,
    ...(commit === undefined ? {} : { commit }),
    ...(remedy === undefined ? {} : { remedy: remedyShape.parse(remedy) }),
    ...(actsOn === undefined ? {} : { actsOn }),
    ...(rejected === undefined ? {} : { rejected }),
    receipt: pathOfEvent(receipt),
  };
}

/** Reads an incident back from its latest receipt, without what was found and said of it. */
export function incidentOf(receipt: EventReceipt<'incident'>): Incident {
  const {
    incident: id,
    state,
    title,
    severity,
    service,
    metric,
    startsAt,
    onsetAt,
    endsAt,
    runbookUrl,
  } = receipt;
  const { author, message } = receipt;
  return {
    id,
    state: state === 'resolved' ? 'resolved' : 'open',
    title,
    severity,
    service,
    metric,
    startsAt,
    onsetAt,
    endsAt,
    runbookUrl,
    alerts: receipt.cites,
    evidenceUntil: receipt.evidenceUntil,
    analysis: receipt.analysis,
    missing: receipt.missing === undefined ? [] : sentences.parse(JSON.parse(receipt.missing)),
    closed: author === undefined && message === undefined ? undefined : { author, message },
    ...NOTHING_FOUND,
  };
}

/** What was found and said of an incident of which nothing was. */
export const NOTHING_FOUND = {
  candidates: [],
  rejected: [],
  why: undefined,
  acknowledgements: [],
  verdicts: [],
} as const;

/** The incident with what its latest analysis found: the receipts of its candidates and why steps. */
export function withFound(incident: Incident, found: readonly EventReceipt<'candidate' | 'why'>[]): Incident {
  const ranked = found
    .flatMap((one) => (one.kind === 'candidate' ? [candidateOf(one)] : []))
    .sort((a, b) => a.rank - b.rank);
  return {
    ...incident,
    candidates: ranked.filter(({ rejected }) => rejected === undefined),
    rejected: ranked.filter(({ rejected }) => rejected !== undefined),
    why: whyOf(found.flatMap((one) => (one.kind === 'why' ? [one] : []))),
  };
}

/** A sentence without the times of day in it, which move with every analysis. */
const timeless = (sentence: string): string => sentence.replace(/\b\d\d:\d\d(?::\d\d)?\b/g, '');

/**
 * What an analysis comes to: which candidates stand, in which order, about how strongly, and which are ruled out. A
 * later one that comes to the same, with figures a little different, is not worth receipts of its own.
 */
export function digestOf(
  found: Pick<Incident, 'onsetAt' | 'metric' | 'candidates' | 'rejected' | 'missing'>,
): Identity {
  const told = [...found.candidates, ...found.rejected].map(
    ({ rank, score, causeKind, service, component, metric, cause, rejected }) => [
      rank,
      Math.round(score * 10),
      causeKind,
      service,
      component,
      metric,
      cause,
      rejected === undefined,
    ],
  );
  return identityOf(JSON.stringify([found.onsetAt, found.metric, found.missing.map(timeless), told]));
}
