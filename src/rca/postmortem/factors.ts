/** Contributing factors: candidates that stand, a change and its effects as one, with what people said of them. */
import type { Topology } from '../../graph/index.js';
import { type Instant, parsePath } from '../../model/index.js';
import type { CandidateVerdict, Incident, RecordedCandidate, Verdict } from '../incident.js';
import { claim, claimsOf, ended, personOf } from './claim.js';
import type { Facts } from './facts.js';
import type { Claim, Factor } from './postmortem.js';

/** From which score on a candidate is told of as a factor of its own. */
const FACTOR_SCORE = 0.3;

/** A factor with the candidates that it is made from; none where people alone named it. */
export interface FoundFactor extends Factor {
  readonly lead: RecordedCandidate | undefined;
  readonly followers: readonly RecordedCandidate[];
  readonly isConfirmed: boolean;
}

/** What the factors are, and what is left of the candidates. */
export interface Factors {
  readonly factors: readonly FoundFactor[];
  readonly notes: readonly Claim[];
  readonly ruledOut: readonly Claim[];
  /** The receipts of what is blamed by candidates that were ruled out. */
  readonly ruledOutCauses: ReadonlySet<string>;
}

const CHANGES: readonly RecordedCandidate['causeKind'][] = [
  'deployment',
  'config_change',
  'flag_change',
  'experiment',
];

/** Whether a candidate blames a change. */
export function isChange({ causeKind }: RecordedCandidate): boolean {
  return CHANGES.includes(causeKind);
}

/** When what is blamed happened or began. */
function beganAt({ cause, onsetAt }: RecordedCandidate): Instant | undefined {
  const named = cause === undefined ? undefined : parsePath(cause);
  return named?.type === 'event' ? named.at : onsetAt;
}

/** The services that wait for this one, directly or not. */
function callersOf(topology: Topology, service: string): ReadonlySet<string> {
  const found = new Set([service]);
  for (const one of found) for (const caller of topology.callers(one)) found.add(caller);
  return found;
}

/**
 * Whether one candidate may be an effect of a change: no change itself, where the change acts or among those that call
 * it, and not before it.
 */
function mayFollow(effect: RecordedCandidate, change: RecordedCandidate, topology: Topology): boolean {
  if (!isChange(change) || isChange(effect) || effect.causeKind === 'outside') return false;
  const changedAt = beganAt(change);
  const onsetAt = beganAt(effect);
  if (changedAt === undefined || onsetAt === undefined || onsetAt < changedAt) return false;
  const acts = [change.service, ...(change.actsOn ?? [])];
  return acts.some((service) => callersOf(topology, service).has(effect.service));
}

/** What makes a candidate the same one in another analysis. */
function sameness({ causeKind, service, component, metric, cause }: RecordedCandidate): string {
  return JSON.stringify([causeKind, service, component, metric, cause]);
}

/** The verdicts on a candidate, oldest first; one of an earlier analysis counts for the same candidate of a later. */
function verdictsOn(candidate: RecordedCandidate, { incident }: Facts): readonly CandidateVerdict[] {
  return incident.verdicts.flatMap((verdict) =>
    verdict.judgement !== 'other' && sameness(verdict.candidate) === sameness(candidate) ? [verdict] : [],
  );
}

function withWords(sentence: string, { message }: Verdict): string {
  return message === undefined ? sentence : `${sentence} They said: "${ended(message)}"`;
}

function toldVerdict(verdict: CandidateVerdict): Claim {
  const { candidate, judgement, receipt } = verdict;
  const sentence = `${candidate.title} was ${judgement} by ${personOf(verdict)}.`;
  return claim(withWords(sentence, verdict), [receipt, candidate.cause, candidate.receipt], receipt);
}

/** How far the evidence goes for a candidate, in words that claim no more. */
function statementOf(candidate: RecordedCandidate, last: CandidateVerdict | undefined): Claim {
  const { title, score, receipt, cause } = candidate;
  const cites = [cause, receipt];
  if (last?.judgement === 'confirmed') {
    return claim(`Confirmed by ${personOf(last)}: ${title}.`, [last.receipt, ...cites], receipt);
  }
  const told = `(score ${score.toFixed(2)}, which is no probability)`;
  if (score >= 0.6) return claim(`The evidence points to: ${title} ${told}.`, cites, receipt);
  if (score >= 0.4) return claim(`The evidence is consistent with: ${title} ${told}.`, cites, receipt);
  return claim(`Not ruled out: ${title} ${told}.`, cites, receipt);
}

function effectOf(effect: RecordedCandidate, change: RecordedCandidate): Claim {
  const seconds = Math.round(((beganAt(effect) ?? 0) - (beganAt(change) ?? 0)) / 1_000);
  const cites = [...(effect.supporting[0]?.cites ?? []), effect.receipt];
  return claim(
    `${effect.title}: it began ${seconds} s after the change, within its reach, and so may be its effect.`,
    cites,
    effect.receipt,
  );
}

interface Group {
  readonly lead: RecordedCandidate;
  readonly followers: readonly RecordedCandidate[];
}

/** Groups candidates, the best first: each joins the best change that it may be an effect of, or leads a group. */
function grouped(candidates: readonly RecordedCandidate[], topology: Topology): readonly Group[] {
  const changes = candidates.filter((one) => isChange(one) && one.score >= FACTOR_SCORE);
  const changeOf = (one: RecordedCandidate) => changes.find((change) => mayFollow(one, change, topology));
  return candidates
    .filter((one) => one.score >= FACTOR_SCORE && changeOf(one) === undefined)
    .map((lead) => ({ lead, followers: candidates.filter((one) => changeOf(one) === lead) }));
}

function factorOf({ lead, followers }: Group, facts: Facts): FoundFactor {
  const verdicts = verdictsOn(lead, facts);
  const onFollowers = followers.flatMap((one) => verdictsOn(one, facts));
  const last = verdicts.at(-1);
  return {
    lead,
    followers,
    isConfirmed: last?.judgement === 'confirmed',
    statement: statementOf(lead, last),
    verdicts: [...verdicts, ...onFollowers].map(toldVerdict),
    supporting: claimsOf(lead.supporting, lead.receipt),
    opposing: claimsOf(lead.opposing, lead.receipt),
    effects: followers.map((one) => effectOf(one, lead)),
  };
}

/** Causes that people named though no analysis had them. */
function namedByPeople({ incident }: Facts): readonly FoundFactor[] {
  return incident.verdicts.flatMap((verdict) => {
    if (verdict.judgement !== 'other') return [];
    const { title, service, component } = verdict.cause;
    const where = [service, component].filter((part) => part !== undefined).join(' / ');
    const named = `Named by ${personOf(verdict)}: ${title}${where === '' ? '' : ` (${where})`}.`;
    const statement = claim(withWords(named, verdict), [], verdict.receipt);
    const nothing = { verdicts: [], supporting: [], opposing: [], effects: [], followers: [] };
    return [{ lead: undefined, isConfirmed: true, statement, ...nothing }];
  });
}

function ruledOutOf(candidate: RecordedCandidate): Claim {
  const { title, rejected = 'no reason was recorded', receipt, cause, opposing } = candidate;
  const cites = [cause, ...(opposing[0]?.cites ?? []), receipt];
  return claim(`${title}: ${ended(rejected)}`, cites, receipt);
}

function notesOf(incident: Incident, weaker: number, record: string, found: number): readonly Claim[] {
  const none =
    found > 0 ? [] : [claim('The evidence is not enough to name a contributing factor.', [], record)];
  const missing = incident.missing.map((sentence) => claim(ended(sentence), [], record));
  const more = `${weaker} further ${weaker === 1 ? 'candidate stands' : 'candidates stand'} on less evidence than is told of here.`;
  return [...none, ...missing, ...(weaker === 0 ? [] : [claim(more, [], record)])];
}

const isRejectedBy = (verdicts: readonly CandidateVerdict[]): boolean =>
  verdicts.at(-1)?.judgement === 'rejected';

/** Finds the contributing factors of an incident; confirmed ones come first, then the order of the analysis. */
export function factorsOf(facts: Facts): Factors {
  const { incident, record } = facts;
  const topology = facts.sources.graph.topology();
  const standing = incident.candidates.filter((one) => !isRejectedBy(verdictsOn(one, facts)));
  const judgedOut = incident.candidates.filter((one) => isRejectedBy(verdictsOn(one, facts)));
  const groups = grouped(standing, topology);
  const found = [...namedByPeople(facts), ...groups.map((group) => factorOf(group, facts))];
  const factors = found.toSorted((a, b) => Number(b.isConfirmed) - Number(a.isConfirmed));
  const told = groups.reduce((sum, { followers }) => sum + 1 + followers.length, 0);
  return {
    factors,
    notes: notesOf(incident, standing.length - told, record, factors.length),
    ruledOut: [
      ...judgedOut.flatMap((one) => verdictsOn(one, facts).slice(-1).map(toldVerdict)),
      ...incident.rejected.map(ruledOutOf),
    ],
    ruledOutCauses: new Set([...judgedOut, ...incident.rejected].flatMap(({ cause }) => cause ?? [])),
  };
}
