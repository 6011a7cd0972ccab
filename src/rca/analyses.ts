import type { EvidenceStore, Recorder } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import { type Clock, type Instant, type Iris, instantOf, shift } from '../model/index.js';
import type { AlertFact } from './alert-facts.js';
import { analyse } from './analyse.js';
import type { Analysis } from './analysis.js';
import { gistOf } from './grouping.js';
import type { Incident } from './incident.js';
import { candidateOf, candidateReceipt, digestOf, incidentReceipt, OWN_DOOR } from './incident-receipts.js';
import type { Case } from './lifecycle.js';
import type { Lessons } from './past-incidents.js';
import { toldWhy, whyOf, whyReceipts } from './whys/index.js';

const NO_SERVICE =
  'None of its alerts names a service, so nothing can be analysed. Needed: a label service, service_name, app or job on the alert.';

/** What analyses of incidents are made with. */
export interface AnalysisParts {
  readonly store: EvidenceStore;
  readonly recorder: Recorder;
  readonly topology: () => Topology;
  readonly iris: Iris;
  readonly clock: Clock;
  /** How far back an analysis looks, in milliseconds. */
  readonly windowMs: number;
  /** What verdicts on past incidents taught. */
  readonly lessons: Lessons;
}

/** The time of the next receipt of an incident: now, and after the one before, so that their order is told by time. */
export function nextTime({ recordedAt }: Pick<Case, 'recordedAt'>, now: Instant): Instant {
  return instantOf(Math.max(now, recordedAt + 1));
}

async function ask(
  { store, windowMs, lessons }: AnalysisParts,
  primary: AlertFact,
  service: string,
  at: Instant,
  topology: Topology,
): Promise<Analysis> {
  const metric = primary.metric === undefined ? {} : { metric: primary.metric };
  const experience = await lessons.until(at);
  return await analyse(store, topology, { service, at, windowMs, ...metric }, experience);
}

/** When the alerts of a case were heard of: analyses look at evidence up to some time after it. */
export function seenAtOf({ alerts }: Case, topology: Topology): Instant {
  return gistOf(alerts, topology).seenAt;
}

/**
 * Analyses an incident over the evidence up to `delayMs` after its latest alert was heard of, and records what it came
 * to, with its candidates and why chain in the same commit. Undefined when that is what is known already.
 */
export async function analyseCase(
  one: Case,
  delayMs: number,
  parts: AnalysisParts,
): Promise<Case | undefined> {
  const topology = parts.topology();
  const { primary, seenAt } = gistOf(one.alerts, topology);
  const at = shift(seenAt, delayMs);
  const found =
    primary?.service === undefined ? undefined : await ask(parts, primary, primary.service, at, topology);
  return await keep(one, found, parts);
}

async function keep(
  one: Case,
  found: Analysis | undefined,
  { recorder, clock, iris }: AnalysisParts,
): Promise<Case | undefined> {
  const { incident, sequence } = one;
  const now = nextTime(one, clock());
  const analysis = incident.analysis + 1;
  const owner = { incident: incident.id, analysis, at: now, door: OWN_DOOR };
  const steps = found === undefined ? [] : whyReceipts(toldWhy(found.why, iris), owner);
  const receipts = [...(found?.candidates ?? []), ...(found?.rejected ?? [])].map((candidate) =>
    candidateReceipt(candidate, incident.id, analysis, now),
  );
  const candidates = receipts.map(candidateOf);
  const next: Incident = {
    ...incident,
    analysis,
    evidenceUntil: found?.question.at,
    onsetAt: found?.onsetAt,
    metric: found?.symptomMetric ?? incident.metric,
    candidates: candidates.filter(({ rejected }) => rejected === undefined),
    rejected: candidates.filter(({ rejected }) => rejected !== undefined),
    why: whyOf(steps),
    missing: found?.missing ?? [NO_SERVICE],
  };
  if (incident.analysis > 0 && digestOf(next) === digestOf(incident)) return undefined;
  const events = [...receipts, ...steps, incidentReceipt(next, sequence, now)];
  await recorder.record({ events }, OWN_DOOR);
  const { localisation: _, ...before } = one;
  return {
    ...before,
    incident: next,
    sequence: sequence + 1,
    recordedAt: now,
    ...(found === undefined
      ? {}
      : { localisation: { reach: found.reach, degradations: found.degradations } }),
  };
}
