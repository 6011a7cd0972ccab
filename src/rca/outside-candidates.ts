import { pathOfEvent } from '../model/index.js';
import type { Argument, Remedy } from './analysis.js';
import { clusterArgument, clusterCites, shiftArgument } from './explain.js';
import type { FailureCluster } from './failures.js';
import { isMore, isTroubled } from './log-templates.js';
import type { Finding, Reading } from './onset.js';
import { FAILED_THERE, type OutsideSort, outsideSorts, publicHosts } from './outside-signs.js';
import { effectAt, originOf, type Scene } from './scene.js';
import { type Draft, scoreOf, term } from './terms.js';
import { ORDER_SLACK_MS, OUTSIDE_WEIGHTS } from './weights.js';
import { earliest } from './windows.js';

/** A text that may tell of a cause from outside, with the receipts that it stands in. */
interface Told {
  readonly service: string;
  readonly text: string;
  /** 0..1 */
  readonly weight: number;
  readonly at: number;
  readonly argument: Argument;
  readonly cluster?: FailureCluster;
}

/** What speaks for one sort of cause from outside. */
interface Signs {
  readonly name: string;
  readonly title: string;
  readonly clearness: number;
  readonly remedy: Remedy;
  readonly told: readonly Told[];
  readonly findings: readonly Finding[];
  /** 0..1: what else bears it out, beside metrics and breadth. */
  readonly borneOut?: number;
}

function allClusters(scene: Scene): readonly FailureCluster[] {
  return [...scene.clusters, ...[...scene.beyond.values()].flatMap(({ failures }) => failures)];
}

function allFindings(scene: Scene): readonly Finding[] {
  return [...scene.scan.findings, ...[...scene.beyond.values()].flatMap(({ findings }) => findings)];
}

/** Everything in words that was told of the trouble, from failures, logs and alerts. */
function toldOf(scene: Scene): readonly Told[] {
  const clusters = allClusters(scene).map(
    (cluster): Told => ({
      service: cluster.service,
      text: `${cluster.component} ${cluster.reason ?? ''}`,
      weight: cluster.strength,
      at: cluster.onsetAt,
      argument: clusterArgument(cluster),
      cluster,
    }),
  );
  const logs = scene.templates
    .filter((one) => isMore(one) && isTroubled(one))
    .map(
      ({ service, template, count, usual, first, firstAt }): Told => ({
        service,
        text: template,
        weight: (count - usual) / (count - usual + 10),
        at: firstAt,
        argument: {
          sentence: `${service} logged "${template}" ${count} times, where ${Math.round(usual)} are usual.`,
          cites: [pathOfEvent(first)],
        },
      }),
    );
  const alerts = scene.alerts.map(
    (alert): Told => ({
      service: alert.service ?? '',
      text: `${alert.name} ${alert.summary ?? ''} ${alert.description ?? ''}`,
      weight: 0.6,
      at: alert.at,
      argument: {
        sentence: `The alert ${alert.name} says: ${alert.summary ?? alert.description ?? alert.name}`,
        cites: [pathOfEvent(alert)],
      },
    }),
  );
  return [...clusters, ...logs, ...alerts];
}

/** Whether a metric that counts down, as the time until a certificate expires, has come to its end. */
function ranOut(readings: readonly Reading[], metrics: RegExp | undefined): boolean {
  return readings.some(
    ({ series, shift }) =>
      metrics?.test(series.metric) === true && shift.baselineMedian > 0 && shift.peak <= 0,
  );
}

function signsOfWords(
  sort: OutsideSort,
  told: readonly Told[],
  findings: readonly Finding[],
  readings: readonly Reading[],
): Signs {
  const { name, title, clearness, remedy, words, metrics } = sort;
  return {
    name,
    title,
    clearness,
    remedy,
    told: told.filter(({ text }) => words.test(text)),
    findings: findings.filter(({ series, harmful }) => harmful && metrics?.test(series.metric) === true),
    borneOut: ranOut(readings, metrics) ? 1 : 0,
  };
}

/** Calls to a public host that fail there: the host is named as what fails. */
function signsOfHosts(told: readonly Told[], findings: readonly Finding[]): readonly Signs[] {
  const provider = outsideSorts.find(({ name }) => name === 'provider');
  const byHost = new Map<string, Told[]>();
  for (const one of told) {
    if (
      outsideSorts.some(({ name, words }) => name !== 'provider' && name !== 'quota' && words.test(one.text))
    )
      continue;
    if (!FAILED_THERE.test(one.text)) continue;
    for (const host of publicHosts(one.text)) byHost.set(host, [...(byHost.get(host) ?? []), one]);
  }
  return [...byHost].map(([host, some]) => ({
    name: 'provider',
    title: `${host} fails`,
    clearness: 0.8,
    remedy: 'fail-over' as const,
    told: [
      ...some,
      ...told.filter(
        ({ text }) => provider?.words.test(text) === true && !some.some((one) => one.text === text),
      ),
    ],
    findings: findings.filter(
      ({ series, harmful }) => harmful && provider?.metrics?.test(series.metric) === true,
    ),
  }));
}

const LEAST_REPEATS = 5;

/** The identifiers of one record: `record_id=…`, `offset=…`, `key=…`, `message id …`. */
const RECORD =
  /\b(record|message|event|msg|order|row|doc|document|item)?_?(id|offset|key|uuid|partition)[=: ]+"?([\w.-]+)/gi;

/** Failures that all name one and the same record: it comes again and again, and no other fails. */
function signsOfRecord(clusters: readonly FailureCluster[]): readonly Signs[] {
  const data = outsideSorts.find(({ name }) => name === 'data');
  return clusters.flatMap((cluster): readonly Signs[] => {
    const { receipts, reason } = cluster;
    const named = receipts.map((receipt) =>
      [...(receipt.reason ?? '').matchAll(RECORD)].map(([whole]) => whole).join(' '),
    );
    const [first] = named;
    if (data === undefined || receipts.length < LEAST_REPEATS || first === undefined || first === '')
      return [];
    if (named.some((one) => one !== first)) return [];
    const argument: Argument = {
      sentence: `All ${receipts.length} failures of ${cluster.service} name the same record (${first}): ${reason ?? ''}`,
      cites: clusterCites(cluster),
    };
    const told: Told = {
      service: cluster.service,
      text: reason ?? '',
      weight: cluster.strength,
      at: cluster.onsetAt,
      argument,
      cluster,
    };
    return [{ ...data, clearness: 0.95, told: [told], findings: [], borneOut: 1 - 1 / receipts.length }];
  });
}

/** More requests than before, where nothing but load rose first. */
function signsOfTraffic(scene: Scene): readonly Signs[] {
  const entry = scene.reach.callers.size === 0 ? scene.question.service : undefined;
  const services = new Set([
    scene.question.service,
    ...scene.reach.callers,
    ...(entry === undefined ? [] : [entry]),
  ]);
  const risen = allFindings(scene).filter(
    ({ role, shift, service, onsetAt }) =>
      role === 'load' &&
      shift.deviation > 0 &&
      services.has(service) &&
      onsetAt <= effectAt(scene) + ORDER_SLACK_MS,
  );
  const doubled = risen.filter(({ shift }) => shift.recentMedian >= 1.5 * shift.baselineMedian);
  // Of several callers the one farthest out is asked by users: it must be asked for more, not only its callees.
  const outermost = [...services].filter((service) => scene.topology.callers(service).length === 0);
  const fromUsers = doubled.some(({ service }) => outermost.includes(service));
  if (!fromUsers) return [];
  return [
    {
      name: 'traffic',
      title: 'More is asked of it than before',
      clearness: 0.6,
      remedy: 'scale-out',
      told: [],
      findings: doubled,
    },
  ];
}

/** What of the failing within reach the signs account for, by strength. */
function shareOf(scene: Scene, { told, findings }: Signs): number {
  const clusters = allClusters(scene);
  const all = clusters.reduce((sum, { strength }) => sum + strength, 0);
  const met = clusters
    .filter((cluster) => told.some((one) => one.cluster === cluster))
    .reduce((sum, { strength }) => sum + strength, 0);
  const metric = Math.max(0, ...findings.map(({ strength }) => strength));
  return all === 0 ? metric : Math.min(1, Math.max(met / all, 0.6 * metric) * 1.6);
}

function seatOf(scene: Scene, { told, findings }: Signs): string {
  const seats = [...told.filter(({ cluster }) => cluster !== undefined), ...told, ...findings].map(
    ({ service }) => service,
  );
  const near = seats.filter((service) => scene.reach.distance.has(service));
  return near.sort((a, b) => originOf(scene, b) - originOf(scene, a))[0] ?? scene.question.service;
}

/** The service whose own metrics tell of it most, such as that which resolves names. */
function ownerOf({ findings }: Signs): string | undefined {
  return findings.toSorted((a, b) => b.strength - a.strength)[0]?.service;
}

/** Metrics that tell of it exactly at the onset. */
function timelyMetric(scene: Scene, { findings }: Signs): number {
  const early = findings.filter(({ onsetAt }) => onsetAt <= effectAt(scene) + 2 * ORDER_SLACK_MS);
  return Math.max(0, ...early.map(({ strength }) => strength));
}

function draftOf(scene: Scene, signs: Signs): Draft | undefined {
  const { name, title, clearness, remedy, told, findings } = signs;
  const share = shareOf(scene, signs);
  if (told.length === 0 && findings.length === 0 && (signs.borneOut ?? 0) === 0) return undefined;
  const seat = seatOf(scene, signs);
  const service = ownerOf(signs) ?? seat;
  const services = new Set(
    [...told.filter(({ cluster }) => cluster !== undefined), ...findings].map((one) => one.service),
  );
  const said = told.length === 0 && name !== 'traffic' && signs.borneOut !== 1 ? 0 : clearness;
  const onset = earliest(findings.map(({ onsetAt }) => onsetAt));
  const breadth = services.size > 1 ? 1 - 1 / services.size : 0;
  const metric = timelyMetric(scene, signs);
  const terms = [
    term(
      'origin',
      originOf(scene, seat),
      OUTSIDE_WEIGHTS.origin,
      `How much of the degradation begins at ${seat}.`,
    ),
    term(
      'clearness',
      said,
      OUTSIDE_WEIGHTS.clearness,
      'How clearly what is told names a cause that nobody changed.',
    ),
    term('share', share, OUTSIDE_WEIGHTS.share, 'How much of what fails speaks of it.'),
    term(
      'corroboration',
      Math.max(metric, breadth, signs.borneOut ?? 0),
      OUTSIDE_WEIGHTS.corroboration,
      services.size > 1
        ? `It is seen on ${services.size} services at once, which a change of one would hardly do.`
        : 'How strongly metrics of it moved by the onset, or how alike all that it explains is.',
    ),
  ];
  const strongest = told.toSorted((a, b) => b.weight - a.weight).slice(0, 4);
  return {
    score: scoreOf(terms),
    causeKind: 'outside',
    title: `${title} (${service})`,
    service,
    component: name,
    remedy,
    ...(onset === undefined ? {} : { onsetAt: onset }),
    terms,
    supporting: [...strongest.map(({ argument }) => argument), ...findings.slice(0, 2).map(shiftArgument)],
    opposing: [],
  };
}

/** Causes that nobody changed, as far as anything tells of them. */
export function outsideCandidates(scene: Scene): readonly Draft[] {
  const told = toldOf(scene);
  const findings = allFindings(scene);
  const readings = [...scene.scan.readings, ...[...scene.beyond.values()].flatMap((one) => one.readings)];
  const signs = [
    ...outsideSorts.map((sort) => signsOfWords(sort, told, findings, readings)),
    ...signsOfHosts(told, findings),
    ...signsOfRecord(allClusters(scene)),
    ...signsOfTraffic(scene),
  ];
  const best = new Map<string, Draft>();
  for (const one of signs) {
    const draft = draftOf(scene, one);
    const known = best.get(one.name);
    if (draft !== undefined && (known === undefined || draft.score > known.score)) best.set(one.name, draft);
  }
  return [...best.values()];
}
