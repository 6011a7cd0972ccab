import type { Instant } from '../model/index.js';
import type { Argument, Remedy } from './analysis.js';
import { clusterCites } from './explain.js';
import type { FailureCluster } from './failures.js';
import type { Finding, Reading } from './onset.js';
import { FAILED_THERE, type OutsideSort, outsideSorts, publicHosts } from './outside-signs.js';
import { allFindings, type Told } from './outside-told.js';
import { effectAt, type Scene } from './scene.js';
import { ORDER_SLACK_MS } from './weights.js';

/** What speaks for one sort of cause from outside. */
export interface Signs {
  readonly name: string;
  readonly title: string;
  readonly clearness: number;
  readonly remedy: Remedy;
  readonly told: readonly Told[];
  readonly findings: readonly Finding[];
  /** When it began, where that is known of itself; else when it was first told or measured. */
  readonly onsetAt?: Instant;
  /** The service on which it is, where that is known of itself. */
  readonly service?: string;
  /** 0..1: what of the failing it accounts for, where that is known of itself. */
  readonly share?: number;
  /** 0..1: what else bears it out, beside metrics and breadth. */
  readonly borneOut?: number;
}

/** Whether a metric that counts down, as the time until a certificate expires, has come to its end. */
function ranOut(readings: readonly Reading[], metrics: RegExp | undefined): boolean {
  return readings.some(
    ({ series, shift }) =>
      metrics?.test(series.metric) === true && shift.baselineMedian > 0 && shift.peak <= 0,
  );
}

/** What words and metrics tell of one sort. */
export function signsOfWords(
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
export function signsOfHosts(told: readonly Told[], findings: readonly Finding[]): readonly Signs[] {
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
export function signsOfRecord(clusters: readonly FailureCluster[]): readonly Signs[] {
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
export function signsOfTraffic(scene: Scene): readonly Signs[] {
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
