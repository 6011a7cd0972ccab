/** Matches runbooks to an incident: those that its alerts name, then those that its candidates and alerts meet. */
import type { EvidenceStore } from '../../evidence/index.js';
import { bindRunbook, type Graph, type Runbook, type RunbookValues } from '../../graph/index.js';
import { formatInstant, GenchiError, HOUR_MS, type Iris, shift } from '../../model/index.js';
import { readAlerts } from '../casebook.js';
import type { Incident, RecordedCandidate } from '../incident.js';
import { type MetClause, metClauses } from './clauses.js';
import { runbookNamed } from './named.js';

/** A runbook that an incident's alert names: one of those in force, or an address elsewhere. */
interface NamedMatch {
  readonly type: 'named';
  readonly runbook: Runbook | undefined;
  /** What the alert gives: an address, or a name. */
  readonly url: string;
  readonly reason: string;
}

/** A runbook whose clause an incident meets. */
interface ClauseMatch {
  readonly type: 'matched';
  readonly runbook: Runbook;
  /** The candidate that it was matched to; undefined where the incident alone was. */
  readonly candidate: RecordedCandidate | undefined;
  readonly reason: string;
}

/** A runbook for an incident, with the reason. */
export type RunbookMatch = NamedMatch | ClauseMatch;

/** The runbooks for an incident. */
export interface RunbookMatches {
  /** The best first; each runbook once. */
  readonly matches: readonly RunbookMatch[];
  /** Sentences on runbooks whose query could not be asked, so that whether they match is not known. */
  readonly unasked: readonly string[];
}

/** What runbooks are matched with. */
export interface RunbookSources {
  readonly store: EvidenceStore;
  readonly graph: Pick<Graph, 'query' | 'runbooks'>;
  readonly iris: Iris;
}

/** What an incident puts into the places of a runbook: `since` is an hour before its onset. */
export function valuesOf(incident: Incident): RunbookValues {
  const { id, service, startsAt, onsetAt = startsAt, endsAt, evidenceUntil } = incident;
  const until = endsAt ?? evidenceUntil ?? startsAt;
  return {
    incident: id,
    ...(service === undefined ? {} : { service }),
    onset: formatInstant(onsetAt),
    since: formatInstant(shift(onsetAt, -HOUR_MS)),
    until: formatInstant(until > onsetAt ? until : shift(onsetAt, HOUR_MS)),
  };
}

function reasonOf({ candidate, reasons, clause }: MetClause): string {
  const asked = clause.ask === undefined ? [] : ['its query holds'];
  const told = [...reasons, ...asked].join(', and ');
  return candidate === undefined ? `${told}.` : `Candidate ${candidate.rank} (${candidate.title}): ${told}.`;
}

interface NamingAlert {
  readonly name: string;
  readonly runbookUrl: string | undefined;
}

function namedMatches(alerts: readonly NamingAlert[], runbooks: readonly Runbook[]): readonly NamedMatch[] {
  const first = new Map(
    alerts
      .toReversed()
      .flatMap(({ name, runbookUrl: url }) => (url === undefined ? [] : [[url, name] as const])),
  );
  return [...first].reverse().map(([url, name]) => ({
    type: 'named',
    url,
    runbook: runbookNamed(url, runbooks),
    reason: `Named by the alert ${name}.`,
  }));
}

/** Whether the ASK of a clause holds; a sentence where it cannot be asked. */
async function holds(
  { runbook, clause, candidate }: MetClause,
  incident: Incident,
  { graph, iris }: RunbookSources,
): Promise<boolean | string> {
  if (clause.ask === undefined) return true;
  const service = candidate?.service ?? incident.service;
  const values = { ...valuesOf(incident), ...(service === undefined || service === '' ? {} : { service }) };
  const text = bindRunbook(
    clause.ask,
    values,
    candidate === undefined ? undefined : iris.ofPath(candidate.receipt),
  );
  try {
    const { body } = await graph.query({ text, accept: 'application/sparql-results+json' });
    return /"boolean"\s*:\s*true/.test(Buffer.from(body).toString());
  } catch (cause) {
    if (!(cause instanceof GenchiError)) throw cause;
    return `The query of ${runbook.name} could not be asked: ${cause.message}`;
  }
}

/** Finds the runbooks for an incident; fails as the store does. */
export async function matchRunbooks(incident: Incident, sources: RunbookSources): Promise<RunbookMatches> {
  const runbooks = sources.graph.runbooks();
  const alerts = await readAlerts(sources.store, incident.alerts);
  const matches: RunbookMatch[] = [...namedMatches(alerts, runbooks)];
  const taken = new Set(matches.flatMap(({ runbook }) => runbook?.name ?? []));
  const unasked = new Map<string, string>();
  const alertNames = [...new Set(alerts.map(({ name }) => name))];
  for (const met of metClauses({ incident, alertNames }, runbooks)) {
    const { runbook, candidate } = met;
    if (taken.has(runbook.name)) continue;
    const found = await holds(met, incident, sources);
    if (typeof found === 'string') unasked.set(runbook.name, found);
    if (found !== true) continue;
    taken.add(runbook.name);
    matches.push({ type: 'matched', runbook, candidate, reason: reasonOf(met) });
  }
  const unknown = [...unasked].flatMap(([name, sentence]) => (taken.has(name) ? [] : [sentence]));
  return { matches, unasked: unknown };
}
