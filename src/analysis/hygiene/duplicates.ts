/** Metrics that are sent twice: counted twice in every sum, and paid for twice. */
import type { SeriesActivity } from '../../evidence/index.js';
import { canonicalLabels, type Labels, type Series } from '../../model/index.js';

/** A series with when it spoke. */
export interface SpokenSeries {
  readonly series: Series;
  readonly activity: SeriesActivity;
}

/** A metric of a service that comes from more than one sender, or under more than one name. */
export interface Duplicated {
  readonly service: string | undefined;
  /** `senders`: labels tell that each of several sends the same; `names`: it is sent under two names. */
  readonly how: 'senders' | 'names';
  /** The metrics, by name. */
  readonly metrics: readonly string[];
  /** What tells the senders apart, such as `replica: a, b`; or the names that mean the same. */
  readonly told: string;
  /** A pair of series that shows it. */
  readonly example: readonly [Series, Series];
  /** How many series could be left out. */
  readonly surplus: number;
}

/** Labels that name who scraped or sent a series, and say nothing of what it measures. */
const SENDER_LABELS = [
  'replica',
  '__replica__',
  'prometheus_replica',
  'prometheus',
  'receive_replica',
  'monitor',
  'scraper',
  'agent',
  'collector',
  'otel_collector',
  'sender',
] as const;

/** Where one target is scraped by two jobs, these say that it is the same one. */
const TARGET_LABELS = ['instance', 'pod', 'pod_uid'] as const;

/** Names of one and the same measurement: the guide's, and those of OpenTelemetry before and after its version 1.23. */
const SAME_MEANING: readonly (readonly [name: string, other: string])[] = [
  ['jidoka_failure_rate', 'jidoka_failure_rate_per_min'],
  ['kanban_queue_saturation', 'kanban_queue_saturation_percent'],
  ['heijunka_worker_utilization', 'heijunka_worker_utilization_percent'],
  ['http_server_request_duration_seconds_count', 'http_server_duration_milliseconds_count'],
  ['http_server_request_duration_seconds_sum', 'http_server_duration_milliseconds_sum'],
  ['http_server_request_duration_seconds_bucket', 'http_server_duration_milliseconds_bucket'],
  ['http_client_request_duration_seconds_count', 'http_client_duration_milliseconds_count'],
  ['http_client_request_duration_seconds_sum', 'http_client_duration_milliseconds_sum'],
  ['http_client_request_duration_seconds_bucket', 'http_client_duration_milliseconds_bucket'],
];

/** The labels that name the sender of a series; the job too, where another label names the target. */
function sendersOf(labels: Labels): readonly string[] {
  const isTargeted = TARGET_LABELS.some((name) => labels[name] !== undefined);
  const named: readonly string[] = isTargeted ? [...SENDER_LABELS, 'job'] : SENDER_LABELS;
  return named.filter((name) => labels[name] !== undefined);
}

function without(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

/** Whether two series spoke at the same time; one that follows another has only changed its sender. */
const overlap = (a: SpokenSeries, b: SpokenSeries): boolean =>
  a.activity.firstAt < b.activity.lastAt && b.activity.firstAt < a.activity.lastAt;

/** Groups by a key, in the order in which keys are met. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

interface Pair {
  readonly metric: string;
  readonly service: string | undefined;
  readonly told: string;
  readonly example: readonly [Series, Series];
  readonly surplus: number;
}

/** What differs among the sender labels of series that are the same otherwise. */
function differing(members: readonly SpokenSeries[]): string {
  const names = [...new Set(members.flatMap(({ series }) => sendersOf(series.labels)))].sort();
  return names
    .flatMap((name) => {
      const values = [...new Set(members.map(({ series }) => series.labels[name] ?? 'none'))].sort();
      return values.length > 1 ? [`${name}: ${values.join(', ')}`] : [];
    })
    .join('; ');
}

function bySender(spoken: readonly SpokenSeries[]): readonly Pair[] {
  const sent = spoken.filter(({ series }) => sendersOf(series.labels).length > 0);
  const same = groupBy(sent, ({ series: { metric, service, labels } }) =>
    JSON.stringify([metric, service, canonicalLabels(without(labels, sendersOf(labels)))]),
  );
  return same.flatMap((members) => {
    const [first, ...others] = members;
    const other = first && others.find((one) => overlap(first, one));
    if (first === undefined || other === undefined) return [];
    const { metric, service } = first.series;
    const example = [first.series, other.series] as const;
    return [{ metric, service, told: differing(members), example, surplus: others.length }];
  });
}

function byName(spoken: readonly SpokenSeries[]): readonly Pair[] {
  const named = new Map(
    groupBy(spoken, ({ series: { metric, service } }) => JSON.stringify([metric, service])).map((group) => [
      JSON.stringify([group[0]?.series.metric, group[0]?.series.service]),
      group,
    ]),
  );
  return SAME_MEANING.flatMap(([name, other]) =>
    [...named.values()].flatMap((others) => {
      const [second] = others;
      if (second?.series.metric !== other) return [];
      const { service } = second.series;
      const first = named
        .get(JSON.stringify([name, service]))
        ?.find((one) => others.some((each) => overlap(one, each)));
      if (first === undefined) return [];
      const example = [first.series, second.series] as const;
      return [{ metric: name, service, told: `${name} and ${other}`, example, surplus: others.length }];
    }),
  );
}

function merged(how: Duplicated['how'], pairs: readonly Pair[]): readonly Duplicated[] {
  return groupBy(pairs, ({ service, told }) => JSON.stringify([service, told])).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { service, told, example } = first;
    const surplus = group.reduce((sum, pair) => sum + pair.surplus, 0);
    const metrics = [...new Set(group.map(({ metric }) => metric))].sort();
    return [{ service, how, metrics, told, example, surplus }];
  });
}

/**
 * The metrics that several senders send, or that are sent under two names, of series that spoke at the same time;
 * metrics of a service whose senders are told apart by the same labels are one finding.
 */
export function duplicatesAmong(spoken: readonly SpokenSeries[]): readonly Duplicated[] {
  return [...merged('senders', bySender(spoken)), ...merged('names', byName(spoken))].sort(
    (a, b) =>
      b.surplus - a.surplus ||
      (JSON.stringify([a.service, a.told]) < JSON.stringify([b.service, b.told]) ? -1 : 1),
  );
}
