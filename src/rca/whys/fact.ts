import { type Instant, pathOfEvent, shift, type Window } from '../../model/index.js';
import type { Argument, Candidate } from '../analysis.js';
import type { Change } from '../changes.js';
import { clockTime, clusterArgument, shiftArgument } from '../explain.js';
import type { FailureCluster } from '../failures.js';
import type { Finding } from '../onset.js';
import type { Scene } from '../scene.js';
import { diffFact } from './diff.js';
import type { WhyKind, WhyQuery } from './why.js';
import type { WorkerLoss } from './workers.js';

/** Something recorded that may answer a why. */
export interface Fact {
  readonly kind: WhyKind;
  readonly service: string;
  /** What of the service it is about: the metric, the component, or the path of the change. */
  readonly subject: string;
  readonly onsetAt: Instant;
  /** 0..1, as the analysis weighed it. */
  readonly strength: number;
  readonly argument: Argument;
  readonly query: WhyQuery | undefined;
}

/** How deep each kind of answer lies: a cause is deeper than what it causes. */
export const depths: Readonly<Record<WhyKind, number>> = {
  felt: 0,
  waiting: 1,
  workers: 3,
  failing: 4,
  load: 5,
  resource: 5,
  change: 6,
  diff: 7,
};

/** From a step's onset to the end of what was looked at. */
function since(scene: Scene, onsetAt: Instant): Window {
  return { from: onsetAt, to: scene.windows.recent.to };
}

/** Requests in flight are their rate times their latency (Little, 1961): the symptom again, and no cause of it. */
const IN_FLIGHT = /in_?flight/i;

function kindOfFinding({ role, series, shift: { deviation } }: Finding): WhyKind | undefined {
  if (IN_FLIGHT.test(series.metric)) return undefined;
  switch (role) {
    case 'symptom':
      return 'felt';
    case 'waiting':
      return 'waiting';
    case 'resource':
      return 'resource';
    case 'load':
      return deviation > 0 ? 'load' : undefined;
    case 'other':
      return undefined;
  }
}

/** What shows the course of a finding: its samples, or the events that measured it. */
function queryOf({ series, service, events }: Finding, window: Window): WhyQuery {
  const [first, ...others] = new Set(events?.map(({ kind }) => kind));
  return first === undefined
    ? { type: 'samples', series: series.key, window }
    : { type: 'events', kinds: [first, ...others], service, window };
}

/** What a changed metric answers; undefined for one that says nothing of causes. */
export function factOfFinding(scene: Scene, finding: Finding): Fact | undefined {
  const kind = finding.harmful ? kindOfFinding(finding) : undefined;
  if (kind === undefined) return undefined;
  const { service, onsetAt, strength, series } = finding;
  const { to } = scene.windows.recent;
  // From as long before the onset as after it, so that the query shows the change and not its result alone.
  const window = { from: shift(onsetAt, onsetAt - to), to };
  return {
    kind,
    service,
    subject: series.metric,
    onsetAt,
    strength,
    argument: shiftArgument(finding),
    query: queryOf(finding, window),
  };
}

/** What failures of one component answer. */
export function factOfCluster(scene: Scene, cluster: FailureCluster): Fact {
  const { service, component, onsetAt, strength, causeKind } = cluster;
  const kind = causeKind === 'failure' ? 'failure' : 'circuit_opened';
  return {
    kind: 'failing',
    service,
    subject: component,
    onsetAt,
    strength,
    argument: clusterArgument(cluster),
    query: { type: 'events', kinds: [kind], service, component, window: since(scene, onsetAt) },
  };
}

/** What workers that went away answer. */
export function factOfWorkers(scene: Scene, loss: WorkerLoss): Fact {
  const { service, onsetAt, receipts, left } = loss;
  const count = receipts.length;
  return {
    kind: 'workers',
    service,
    subject: 'workers',
    onsetAt,
    strength: count / (count + left + 1),
    argument: {
      sentence: `${count} ${count === 1 ? 'worker' : 'workers'} of ${service} became unavailable from ${clockTime(onsetAt)} on; ${left} ${left === 1 ? 'is' : 'are'} known to be left.`,
      cites: receipts.map(pathOfEvent).slice(0, MOST_CITED),
    },
    query: {
      type: 'events',
      kinds: ['worker_deactivated', 'worker_activated'],
      service,
      window: since(scene, onsetAt),
    },
  };
}

const MOST_CITED = 10;

/** What a change that stands as a candidate answers, and below it the line of its diff that speaks of the trouble. */
export function factsOfChange(
  change: Change,
  candidate: Candidate,
  wrongWords: ReadonlySet<string>,
): readonly Fact[] {
  const { receipt, phrase } = change;
  const of = receipt.service === undefined ? '' : ` of ${receipt.service}`;
  const message =
    'message' in receipt && receipt.message !== undefined ? `: "${firstLine(receipt.message)}"` : '';
  const head = `${phrase[0]?.toUpperCase()}${phrase.slice(1)}`;
  const path = pathOfEvent(receipt);
  const fact: Fact = {
    kind: 'change',
    service: candidate.service,
    subject: path,
    onsetAt: receipt.at,
    strength: candidate.score,
    argument: { sentence: `${head}${of} was at ${clockTime(receipt.at)}${message}.`, cites: [path] },
    query: {
      type: 'events',
      kinds: [receipt.kind],
      ...(receipt.service === undefined ? {} : { service: receipt.service }),
      window: { from: receipt.at, to: shift(receipt.at, 1) },
    },
  };
  const diff = diffFact(change, wrongWords);
  return diff === undefined
    ? [fact]
    : [fact, { ...fact, kind: 'diff', argument: { sentence: diff, cites: [path] } }];
}

function firstLine(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
