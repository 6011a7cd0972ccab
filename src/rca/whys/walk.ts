import { type Instant, pathOfEvent } from '../../model/index.js';
import type { Candidate } from '../analysis.js';
import { measuredCallees } from '../localise-evidence.js';
import { originOf, type Scene } from '../scene.js';
import { ORDER_SLACK_MS } from '../weights.js';
import { endOf } from './end.js';
import { depths, type Fact, factOfCluster, factOfFinding, factOfWorkers, factsOfChange } from './fact.js';
import { type Why, whyKinds } from './why.js';
import type { WorkerLoss } from './workers.js';

/** What the analysis found, from which a chain is walked. */
export interface Findings {
  readonly scene: Scene;
  /** Candidates that stand, the best first. */
  readonly candidates: readonly Candidate[];
  /** The words of what went wrong, as stems. */
  readonly wrongWords: ReadonlySet<string>;
  readonly losses: readonly WorkerLoss[];
}

/** An explanation must be at least this strong beside the strongest one to be told. */
const BESIDE_STRONGEST = 0.6;
/** The least strength, 0..1, of what is given as an answer at all. */
const LEAST_STRENGTH = 0.2;
/** The part of a service's degradation that its callees must explain for the chain to go on there. */
const LEAST_EXPLAINED = 0.3;
/** The share of where most begins that a service must have for the chain to go deeper in it. */
const LEAST_ORIGIN = 0.25;
const MOST_BRANCHES = 3;

/** A fact as an answer: how deep it lies below the question, steps into a callee between waiting and failing. */
interface Answer {
  readonly fact: Fact;
  readonly depth: number;
}

function isBefore(fact: Fact, onsetAt: Instant): boolean {
  return fact.onsetAt <= onsetAt + ORDER_SLACK_MS;
}

/** Whether a fact came early enough to answer for another: what broke something was there when it broke. */
function answers(fact: Fact, above: Fact): boolean {
  const isBreaking = above.kind === 'failing' || above.kind === 'workers';
  return isBreaking ? fact.onsetAt <= above.onsetAt : isBefore(fact, above.onsetAt);
}

function byDepth(a: Answer, b: Answer): number {
  return (
    a.depth - b.depth ||
    b.fact.strength - a.fact.strength ||
    a.fact.onsetAt - b.fact.onsetAt ||
    (a.fact.argument.sentence < b.fact.argument.sentence ? -1 : 1)
  );
}

const MOST_BESIDE = 3;

/** The strongest fact of each kind, which tells what else of its kind began with it: one explanation, not several. */
function strongestOfEachKind(facts: readonly Fact[]): readonly Fact[] {
  return whyKinds.flatMap((kind) => {
    const alike = facts.filter((fact) => fact.kind === kind);
    const [best, ...others] = alike.toSorted((a, b) => b.strength - a.strength || a.onsetAt - b.onsetAt);
    if (best === undefined) return [];
    const beside = [...new Set(others.map(({ subject }) => subject))].filter((name) => name !== best.subject);
    if (beside.length === 0) return [best];
    const { sentence, cites } = best.argument;
    const also = `${sentence} With it: ${beside.slice(0, MOST_BESIDE).join(', ')}.`;
    return [
      {
        ...best,
        argument: { sentence: also, cites: [...cites, ...others.flatMap((one) => one.argument.cites)] },
      },
    ];
  });
}

/** Everything recorded of a service that may answer a why, but for changes. */
function factsOf({ scene, losses }: Findings, service: string): readonly Fact[] {
  const evidence = scene.evidence.get(service);
  return [
    ...(evidence?.findings ?? []).flatMap((finding) => factOfFinding(scene, finding) ?? []),
    ...losses.filter((loss) => loss.service === service).map((loss) => factOfWorkers(scene, loss)),
    ...(evidence?.failures ?? []).map((cluster) => factOfCluster(scene, cluster)),
  ].filter(({ strength }) => strength >= LEAST_STRENGTH);
}

/** What of a service itself answers: where what it calls explains it all, only what waits there. */
function ownAnswers(findings: Findings, above: Fact): readonly Answer[] {
  const { kind, service } = above;
  const deepest =
    originOf(findings.scene, service) >= LEAST_ORIGIN ? Number.POSITIVE_INFINITY : depths.waiting;
  const facts = factsOf(findings, service).filter((fact) => {
    const depth = depths[fact.kind];
    return depth > depths[kind] && depth <= deepest && answers(fact, above);
  });
  return strongestOfEachKind(facts).map((fact) => ({ fact, depth: depths[fact.kind] }));
}

/** What of the services that this one waits for answers, where they explain what is felt here. */
function calleeAnswers(findings: Findings, above: Fact, visited: ReadonlySet<string>): readonly Answer[] {
  const { loci, topology, evidence } = findings.scene;
  const crosses = above.kind === 'felt' || above.kind === 'waiting' || above.kind === 'failing';
  if (!crosses || (loci.get(above.service)?.explained ?? 0) < LEAST_EXPLAINED) return [];
  const callees = measuredCallees(above.service, topology, evidence).filter(
    ({ service }) => !visited.has(service),
  );
  return callees.flatMap(({ service }) => {
    const timely = factsOf(findings, service).filter(
      (fact) => fact.kind !== 'load' && isBefore(fact, above.onsetAt),
    );
    const [entry] = strongestOfEachKind(timely)
      .map((fact) => ({ fact, depth: depths[fact.kind] }))
      .sort(byDepth);
    if (entry === undefined) return [];
    const sentence = `${above.service} waits for ${service}. ${entry.fact.argument.sentence}`;
    const fact = { ...entry.fact, argument: { ...entry.fact.argument, sentence } };
    return [{ fact, depth: Math.max(depths.waiting, depths[above.kind]) + 0.5 }];
  });
}

/** The changes of the service that stand and came before, and what their diffs say. */
function changeAnswers({ scene, candidates, wrongWords }: Findings, above: Fact): readonly Answer[] {
  const changes = new Map(scene.changes.map((change) => [pathOfEvent(change.receipt), change]));
  return candidates
    .flatMap((candidate) => {
      const change = candidate.cause === undefined ? undefined : changes.get(candidate.cause);
      if (change === undefined || candidate.service !== above.service) return [];
      return factsOfChange(change, candidate, wrongWords);
    })
    .filter((fact) => depths[fact.kind] > depths[above.kind] && fact.onsetAt <= above.onsetAt)
    .filter((fact) => above.kind !== 'change' || above.subject === fact.subject)
    .map((fact) => ({ fact, depth: depths[fact.kind] }));
}

/** The answers nearest in depth, and deeper ones to which none of these leads; the strongest few. */
function answersTo(findings: Findings, above: Fact, visited: ReadonlySet<string>): readonly Fact[] {
  const all = [
    ...ownAnswers(findings, above),
    ...calleeAnswers(findings, above, visited),
    ...changeAnswers(findings, above),
  ].sort(byDepth);
  const picked: Answer[] = [];
  for (const { fact, depth } of all) {
    const isBelow = picked.some((other) => other.depth < depth && isBefore(fact, other.fact.onsetAt));
    const strongest = Math.max(0, ...picked.map((other) => other.fact.strength));
    if (!isBelow && fact.strength >= BESIDE_STRONGEST * strongest) picked.push({ fact, depth });
  }
  return picked.slice(0, MOST_BRANCHES).map(({ fact }) => fact);
}

/**
 * The step of a fact with everything below it: within a service from what is felt to what was changed, and from a
 * service to those that it waits for, never twice through one. An answer never begins after what it answers for.
 */
export function stepOf(
  findings: Findings,
  fact: Fact,
  place = '0',
  above: ReadonlySet<string> = new Set(),
): Why {
  const visited = new Set([...above, fact.service]);
  const below = place === '0' ? '' : `${place}.`;
  const causes = answersTo(findings, fact, visited).map((cause, i) =>
    stepOf(findings, cause, `${below}${i + 1}`, visited),
  );
  const { kind, service, onsetAt, argument, query } = fact;
  const step = { place, kind, service, onsetAt, ...argument, query, causes };
  return causes.length > 0 ? step : { ...step, end: endOf(fact) };
}
