/** Past incidents that are alike: what was it last time, and how long did it take? */

import type { Topology } from '../graph/index.js';
import type { CauseKind } from '../model/index.js';
import type { Candidate } from './analysis.js';
import type { Incident } from './incident.js';
import { confirmedCauseOf } from './verdicts.js';
import { groupOfMetric } from './vocabulary.js';

/** A past incident with how alike it is. */
export interface Similar {
  readonly incident: Incident;
  /** The sum of the reasons' weights, 0..1. */
  readonly score: number;
  readonly reasons: readonly SimilarReason[];
}

/** What two incidents have in common. */
export interface SimilarReason {
  readonly sentence: string;
  readonly weight: number;
}

/**
 * How much each thing in common counts; they sum to 1. By judgement, not learned: where it was seen and how it was
 * noticed are known of every incident, the cause only of some.
 */
const WEIGHTS = {
  service: 0.25,
  neighbour: 0.1,
  alerts: 0.2,
  metricGroup: 0.15,
  causeKind: 0.15,
  component: 0.25,
};

/** An incident with the names of its alerts. */
export interface Compared {
  readonly incident: Incident;
  readonly alertNames: ReadonlySet<string>;
}

/** A cause that is blamed, and how much what is in common with it counts, 0..1. */
interface Blamed {
  readonly causeKind: CauseKind | undefined;
  readonly service: string | undefined;
  readonly component: string | undefined;
  readonly share: number;
}

function blamed({ causeKind, service, component }: Partial<Candidate>, share: number): Blamed {
  return { causeKind, service, component, share };
}

/** The cause that people named; undefined where nobody did. */
function confirmedIn(incident: Incident): Blamed | undefined {
  const verdict = confirmedCauseOf(incident);
  const named = verdict?.judgement === 'other' ? verdict.cause : verdict?.candidate;
  return named && blamed(named, 1);
}

/**
 * What may be to blame: the confirmed cause; else, beside a cause that was confirmed in the other incident, every
 * candidate, each for as much as its rank leaves it; else the first.
 */
function suspectsOf(incident: Incident, isOtherConfirmed: boolean): readonly Blamed[] {
  const confirmed = confirmedIn(incident);
  if (confirmed !== undefined) return [confirmed];
  const { candidates } = incident;
  return (isOtherConfirmed ? candidates : candidates.slice(0, 1)).map((one, index) =>
    blamed(one, 1 / (index + 1)),
  );
}

function ofService(a: Incident, b: Incident, topology: Topology): readonly SimilarReason[] {
  if (a.service === undefined || b.service === undefined) return [];
  if (a.service === b.service) {
    return [{ sentence: `It was seen on ${a.service} too.`, weight: WEIGHTS.service }];
  }
  const near = [...topology.callees(a.service), ...topology.callers(a.service)].includes(b.service);
  if (!near) return [];
  const sentence = `It was seen on ${b.service}, a direct neighbour of ${a.service}.`;
  return [{ sentence, weight: WEIGHTS.neighbour }];
}

function ofAlerts(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly SimilarReason[] {
  const common = [...a].filter((name) => b.has(name)).sort();
  if (common.length === 0) return [];
  const share = common.length / new Set([...a, ...b]).size;
  const more = common.length > 3 ? ` and ${common.length - 3} more` : '';
  const sentence = `The same alerts fired: ${common.slice(0, 3).join(', ')}${more}.`;
  return [{ sentence, weight: WEIGHTS.alerts * share }];
}

function ofMetric(a: Incident, b: Incident): readonly SimilarReason[] {
  if (a.metric === undefined || b.metric === undefined) return [];
  const group = groupOfMetric(a.metric, {});
  if (group === 'other' ? a.metric !== b.metric : group !== groupOfMetric(b.metric, {})) return [];
  const what = group === 'other' ? a.metric : `a metric of the group ${group} (${b.metric})`;
  return [{ sentence: `It was seen on ${what} too.`, weight: WEIGHTS.metricGroup }];
}

const isSamePlace = (a: Blamed, b: Blamed): boolean =>
  a.service !== undefined && a.service !== '' && a.service === b.service && a.component === b.component;

function ofCause(a: Incident, b: Incident): readonly SimilarReason[] {
  const confirmed = confirmedIn(b);
  const [cause] = confirmed === undefined ? suspectsOf(b, false) : [confirmed];
  if (cause === undefined) return [];
  const said = confirmed === undefined ? 'The first candidate' : 'The confirmed cause';
  const where = cause.component === undefined ? cause.service : `${cause.component} of ${cause.service}`;
  const suspects = suspectsOf(a, confirmed !== undefined);
  const ofKind = suspects.find(({ causeKind }) => causeKind !== undefined && causeKind === cause.causeKind);
  const inPlace = suspects.find((suspect) => isSamePlace(suspect, cause));
  const kind = `${said} was of the same kind: ${cause.causeKind}.`;
  const place = `${said} lay in ${where} too.`;
  return [
    ...(ofKind ? [{ sentence: kind, weight: WEIGHTS.causeKind * ofKind.share }] : []),
    ...(inPlace ? [{ sentence: place, weight: WEIGHTS.component * inPlace.share }] : []),
  ];
}

/** What two incidents have in common, the weightiest first, and how alike that makes them. */
export function similarityOf(one: Compared, other: Compared, topology: Topology): Similar {
  const reasons = [
    ...ofService(one.incident, other.incident, topology),
    ...ofAlerts(one.alertNames, other.alertNames),
    ...ofMetric(one.incident, other.incident),
    ...ofCause(one.incident, other.incident),
  ].toSorted((a, b) => b.weight - a.weight);
  const score = reasons.reduce((sum, { weight }) => sum + weight, 0);
  return { incident: other.incident, score: Number(score.toFixed(4)), reasons };
}

/** The most alike first, then the newest; those with nothing in common are left out. */
export function bySimilarity(found: readonly Similar[]): readonly Similar[] {
  return found
    .filter(({ score }) => score > 0)
    .toSorted(
      (a, b) =>
        b.score - a.score ||
        b.incident.startsAt - a.incident.startsAt ||
        (a.incident.id < b.incident.id ? -1 : 1),
    );
}
