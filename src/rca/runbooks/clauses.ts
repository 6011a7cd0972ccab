/** Which clauses of runbooks an incident meets, by what it has of itself; pure. */
import { patternOf, type Runbook, type RunbookClause } from '../../graph/index.js';
import { parsePath } from '../../model/index.js';
import type { Incident, RecordedCandidate } from '../incident.js';

/** The candidates that runbooks are matched to: those that stand, the most likely few of them. */
export const MATCHED_CANDIDATES = 5;

/** What an incident is matched by. */
export interface IncidentFacts {
  readonly incident: Incident;
  /** The names of its alerts, each once. */
  readonly alertNames: readonly string[];
}

/** A clause that is met, but for its ASK. */
export interface MetClause {
  readonly runbook: Runbook;
  readonly clause: RunbookClause;
  /** The candidate that meets it; undefined where it speaks of the incident alone. */
  readonly candidate: RecordedCandidate | undefined;
  /** What met it, as parts of a sentence; empty for a clause that is its ASK alone. */
  readonly reasons: readonly string[];
}

/** The pattern that a text matches; undefined when it matches none. */
function matched(patterns: readonly string[], text: string | undefined): string | undefined {
  return text === undefined ? undefined : patterns.find((one) => new RegExp(patternOf(one), 'is').test(text));
}

/** A part of a clause: what it asks for, and the reason that it is met; undefined where it is not. */
type Part = readonly [asked: readonly unknown[], reason: () => string | undefined];

/** The reasons of all parts that are asked for; undefined when one is not met. */
function reasonsOf(parts: readonly Part[]): readonly string[] | undefined {
  const asked = parts.filter(([list]) => list.length > 0).map(([, reason]) => reason());
  return asked.every((reason) => reason !== undefined) ? asked : undefined;
}

function named(what: string, patterns: readonly string[], text: string | undefined): string | undefined {
  const pattern = matched(patterns, text);
  return pattern === undefined ? undefined : `its ${what} "${text}" matches ${pattern}`;
}

function incidentParts({ alerts }: RunbookClause, names: readonly string[]): readonly Part[] {
  const first = names.find((name) => matched(alerts, name) !== undefined);
  return [
    [
      alerts,
      () => (first === undefined ? undefined : `the alert ${first} matches ${matched(alerts, first)}`),
    ],
  ];
}

function candidateParts(clause: RunbookClause, candidate: RecordedCandidate): readonly Part[] {
  const { causes, changes, components, metrics, titles } = clause;
  const { causeKind, component, metric, title, cause } = candidate;
  const blamed = cause === undefined ? undefined : parsePath(cause);
  const change = blamed?.type === 'event' ? changes.find((one) => one === blamed.kind) : undefined;
  return [
    [causes, () => (causes.includes(causeKind) ? `it is of the kind ${causeKind}` : undefined)],
    [changes, () => (change === undefined ? undefined : `it blames a ${change.replaceAll('_', ' ')}`)],
    [components, () => named('component', components, component)],
    [metrics, () => named('metric', metrics, metric)],
    [titles, () => named('title', titles, title)],
  ];
}

/** Whether a clause speaks of a candidate: by its parts, or by its ASK. */
function asksOfCandidate({ causes, changes, components, metrics, titles, ask = '' }: RunbookClause): boolean {
  const parts = [causes, changes, components, metrics, titles];
  return parts.some((part) => part.length > 0) || ask.includes('$candidate');
}

function isFor({ services, severities }: Runbook, severity: string, service: string | undefined): boolean {
  const known = services.length === 0 || matched(services, service) !== undefined;
  return known && (severities.length === 0 || severities.includes(severity.toLowerCase()));
}

function metBy(
  runbook: Runbook,
  clause: RunbookClause,
  { incident, alertNames }: IncidentFacts,
): readonly MetClause[] {
  const ofIncident = reasonsOf(incidentParts(clause, alertNames));
  if (ofIncident === undefined) return [];
  if (!asksOfCandidate(clause)) {
    const fits = isFor(runbook, incident.severity, incident.service);
    return fits ? [{ runbook, clause, candidate: undefined, reasons: ofIncident }] : [];
  }
  return incident.candidates.slice(0, MATCHED_CANDIDATES).flatMap((candidate) => {
    const ofCandidate = reasonsOf(candidateParts(clause, candidate));
    if (ofCandidate === undefined || !isFor(runbook, incident.severity, candidate.service)) return [];
    return [{ runbook, clause, candidate, reasons: [...ofCandidate, ...ofIncident] }];
  });
}

/**
 * Every clause of every runbook that an incident meets, the best first: those of the most likely candidate, then those
 * of alerts alone; within them those that more speaks for.
 */
export function metClauses(facts: IncidentFacts, runbooks: readonly Runbook[]): readonly MetClause[] {
  const rank = ({ candidate }: MetClause): number => candidate?.rank ?? Number.POSITIVE_INFINITY;
  return runbooks
    .flatMap((runbook) => runbook.match.flatMap((clause) => metBy(runbook, clause, facts)))
    .sort((a, b) => {
      const byRank = rank(a) === rank(b) ? 0 : rank(a) - rank(b);
      return byRank || b.reasons.length - a.reasons.length || (a.runbook.name < b.runbook.name ? -1 : 1);
    });
}
