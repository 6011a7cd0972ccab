import type { Topology } from '../graph/index.js';
import type { Instant } from '../model/index.js';
import type { Degradation } from './analysis.js';
import type { FailureCluster } from './failures.js';
import { amountsOf } from './localise-amounts.js';
import { isMeasured, measuredCallees, type ServiceEvidence } from './localise-evidence.js';
import { type OwnExcess, ownExcess } from './localise-excess.js';
import { nestingOf } from './localise-nesting.js';
import type { Finding, Reading } from './onset.js';
import type { Reach } from './reach.js';
import { sortOf } from './vocabulary.js';
import {
  ENOUGH,
  EXPLAINED_WHEN_LATER,
  EXPLAINED_WITHOUT_COMMON_METRIC,
  MOST_EXPLAINED,
  NESTING_CERTAINTY,
  ORDER_SLACK_MS,
  OTHER_SORT,
  UNFELT,
} from './weights.js';
import { earliest } from './windows.js';

/** How much of a service's degradation is its own. */
export interface Locus extends Degradation {
  /** Whether no other callee has a part in the explanation. */
  readonly explainedAlone: boolean;
}

/** What callers feel of a service: latency, errors, availability, and what piles up behind something slow. */
function felt(finding: Finding): boolean {
  return finding.harmful && (finding.role === 'symptom' || finding.role === 'waiting');
}

function excessOf(finding: Finding): number {
  return finding.shift.recentMedian - finding.shift.baselineMedian;
}

/** How much a callee's degradation explains one finding of its caller, 0..1. */
function partExplained(finding: Finding, callee: ServiceEvidence): number {
  const common = callee.readings.filter(({ series }) => series.metric === finding.series.metric);
  const moved = callee.findings.filter((other) => other.harmful && other.role !== 'load');
  const calls = moved.filter(({ series }) => series.caller === finding.service);
  const timely = (at: Instant): number => (at <= finding.onsetAt + ORDER_SLACK_MS ? 1 : EXPLAINED_WHEN_LATER);
  const same = [...calls, ...moved].find((other) => other.series.metric === finding.series.metric);
  if (same !== undefined && same.shift.figure === finding.shift.figure) {
    const ratio = excessOf(same) / excessOf(finding);
    return Math.max(0, Math.min(1, ratio)) * timely(same.onsetAt);
  }
  const sort = sortOf(finding.group);
  const others = moved.map((one) => ({
    onsetAt: one.onsetAt,
    strength: one.strength,
    relevance: relevanceOf(one, sort),
  }));
  const failures = callee.failures.map((one) => ({ ...one, relevance: 1 }));
  const called = calls.map((one) => ({ ...one, relevance: 1 }))[0];
  const other =
    called ?? [...others, ...failures].sort((a, b) => b.strength * b.relevance - a.strength * a.relevance)[0];
  if (other === undefined) return 0;
  // The same metric of the callee stands still: what else moved there explains it only in part, unless it is the calls.
  const standsStill = common.length > 0 && calls.length === 0;
  const damping = standsStill ? EXPLAINED_WHEN_LATER : EXPLAINED_WITHOUT_COMMON_METRIC;
  const enough = Math.min(1, (ENOUGH * other.strength) / finding.strength);
  return damping * other.relevance * enough * timely(other.onsetAt);
}

interface Explanation {
  readonly explained: number;
  readonly by: string | undefined;
  readonly alone: boolean;
}

function explain(finding: Finding, callees: readonly ServiceEvidence[]): Explanation {
  const parts = callees
    .map((callee) => ({ by: callee.service, part: partExplained(finding, callee) }))
    .filter(({ part }) => part > 0)
    .sort((a, b) => b.part - a.part || (a.by < b.by ? -1 : 1));
  const sum = parts.reduce((total, { part }) => total + part, 0);
  return { explained: Math.min(MOST_EXPLAINED, sum), by: parts[0]?.by, alone: parts.length === 1 };
}

function either(a: number, b: number): number {
  return 1 - (1 - a) * (1 - b);
}

const STRONGEST_FELT = 4;

/** Of what is felt, the mean part that callees explain, weighted by strength, and less for what is of another sort. */
function explainAll(
  findings: readonly Finding[],
  callees: readonly ServiceEvidence[],
  sort: Sort,
): Explanation {
  const strongest = findings.slice(0, STRONGEST_FELT);
  const weight = strongest.reduce((total, finding) => total + relevantStrength(finding, sort), 0);
  if (weight === 0) return { explained: 0, by: undefined, alone: false };
  const each = strongest.map((finding) => ({ finding, ...explain(finding, callees) }));
  const sum = each.reduce(
    (total, { finding, explained }) => total + explained * relevantStrength(finding, sort),
    0,
  );
  const best = each.reduce((a, b) => (b.explained > a.explained ? b : a));
  const alone = each.every(({ by, alone }) => by === undefined || (alone && by === best.by));
  return { explained: sum / weight, by: best.by, alone };
}

function failuresExplained(failures: readonly FailureCluster[], callees: readonly ServiceEvidence[]): number {
  const first = failures[0];
  if (first === undefined) return 0;
  const strengths = callees.flatMap((callee) =>
    [...callee.findings.filter(({ harmful }) => harmful), ...callee.failures]
      .filter(({ onsetAt }) => onsetAt <= first.onsetAt + ORDER_SLACK_MS)
      .map(({ strength }) => strength),
  );
  return EXPLAINED_WITHOUT_COMMON_METRIC * Math.min(1, Math.max(0, ...strengths) / first.strength);
}

/** The sort of symptom that is to be explained. */
type Sort = ReturnType<typeof sortOf>;

/** How far a finding can have to do with a symptom of this sort. */
function relevanceOf({ group }: Finding, sort: Sort): number {
  const own = sortOf(group);
  return sort === undefined || own === undefined || own === sort ? 1 : OTHER_SORT;
}

/** The strength of a finding as far as it can have to do with a symptom of this sort. */
function relevantStrength(finding: Finding, sort: Sort): number {
  return finding.strength * relevanceOf(finding, sort);
}

function strongest(some: readonly { readonly strength: number }[]): number {
  return Math.max(0, ...some.map(({ strength }) => strength));
}

/**
 * What of the trouble inside a service its callers feel, as far as that is measured: a processor that is busier counts
 * little where latency and errors stand still, unless what is to be explained is not felt either.
 */
function feltPart(
  { readings, failures }: ServiceEvidence,
  feltFindings: readonly Finding[],
  sort: Sort,
): number {
  if (sort === undefined || !readings.some(({ role }) => role === 'symptom')) return 1;
  return Math.min(1, UNFELT + Math.max(strongest(feltFindings), strongest(failures)));
}

/** What is to be explained. */
interface Asked {
  readonly sort: Sort;
  readonly metric: string | undefined;
  readonly excess: OwnExcess | undefined;
}

interface Felt extends Explanation {
  /** The strength of what is felt, less what callees explain. */
  readonly own: number;
}

/** What is felt of a service, and how much of it callees explain. */
function feltOwn(
  feltFindings: readonly Finding[],
  callees: readonly ServiceEvidence[],
  { sort }: Asked,
): Felt {
  const explanation = explainAll(feltFindings, callees, sort);
  const most = Math.max(0, ...feltFindings.map((one) => relevantStrength(one, sort)));
  return { ...explanation, own: most * (1 - explanation.explained) };
}

/** The same where the service has the symptom's own metric, which says more than how far other metrics moved. */
function excessOwn(
  service: string,
  feltFindings: readonly Finding[],
  callees: readonly ServiceEvidence[],
  asked: Asked,
): Felt | undefined {
  const share = asked.excess?.shares.get(service);
  if (share === undefined) return undefined;
  const beside = feltFindings.filter(
    ({ series, group }) =>
      (series.caller !== undefined && series.metric !== asked.metric) || sortOf(group) !== asked.sort,
  );
  const others = feltOwn(beside, callees, asked);
  const part = asked.excess?.explained.get(service);
  // Callees without the symptom's metric, and calls that another metric measures, explain by how far they moved.
  const unlike = callees.filter(
    (callee) =>
      asked.excess?.shares.has(callee.service) !== true ||
      callee.findings.some(
        (one) => felt(one) && one.series.caller === service && one.series.metric !== asked.metric,
      ),
  );
  const byUnlike = feltOwn(feltFindings, unlike, asked);
  const own = Math.max(share * (1 - byUnlike.explained), others.own);
  if (byUnlike.explained > (part?.part ?? 0)) return { ...byUnlike, own };
  return { explained: part?.part ?? 0, by: part?.by, alone: part?.alone === true, own };
}

function locusOf(evidence: ServiceEvidence, callees: readonly ServiceEvidence[], asked: Asked): Locus {
  const { service, findings, failures } = evidence;
  const feltFindings = findings
    .filter(felt)
    .toSorted((a, b) => relevantStrength(b, asked.sort) - relevantStrength(a, asked.sort));
  const symptoms = excessOwn(service, feltFindings, callees, asked) ?? feltOwn(feltFindings, callees, asked);
  const failed = strongest(failures) * (1 - failuresExplained(failures, callees));
  const resources = strongest(findings.filter(({ harmful, role }) => harmful && role === 'resource'));
  const others = 0.5 * strongest(findings.filter(({ role }) => role === 'other'));
  const load = 0.3 * strongest(findings.filter(({ role, shift }) => role === 'load' && shift.deviation > 0));
  const inside = Math.max(resources, others, load) * feltPart(evidence, feltFindings, asked.sort);
  const onsets = [...findings.filter(({ harmful }) => harmful), ...failures].map(({ onsetAt }) => onsetAt);
  return {
    service,
    own: either(either(symptoms.own, failed), inside),
    explained:
      feltFindings.length > 0 || symptoms.explained > 0
        ? symptoms.explained
        : failuresExplained(failures, callees),
    explainedBy: symptoms.by,
    explainedAlone: symptoms.alone,
    onsetAt: earliest(onsets),
    measured: isMeasured(evidence),
  };
}

/**
 * Says of each service within reach how much of its degradation is its own. Where services have the symptom's own
 * metric, its excess is added up and the callees' is taken off; elsewhere, where a callee was abnormal at or before the
 * onset, its share of what moved is. What is of another sort than the symptom (slow where that is failing, or the
 * reverse) counts less.
 */
export function localise(
  evidence: ReadonlyMap<string, ServiceEvidence>,
  topology: Topology,
  reach: Reach,
  symptom: Reading | undefined,
): ReadonlyMap<string, Locus> {
  const sort = symptom === undefined ? undefined : sortOf(symptom.group);
  const amounts = symptom === undefined || sort === undefined ? undefined : amountsOf(evidence, symptom);
  const calls = reach.graphKnown || amounts === undefined ? topology : nestingOf(topology, evidence, amounts);
  const excess =
    amounts === undefined
      ? undefined
      : ownExcess(evidence, calls, amounts, reach.graphKnown ? 1 : NESTING_CERTAINTY);
  const asked: Asked = { sort, metric: symptom?.series.metric, excess };
  return new Map(
    reach.services.map((service) => {
      const found = evidence.get(service) ?? { service, readings: [], findings: [], failures: [] };
      return [service, locusOf(found, measuredCallees(service, calls, evidence), asked)];
    }),
  );
}
