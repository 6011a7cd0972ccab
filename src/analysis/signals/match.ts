/** Finds the series of a store that sources speak of. */
import type { EvidenceStore, SignalRole, SignalSeries } from '../../evidence/index.js';
import { isOwnFigure, METRIC_LABEL, type Series } from '../../model/index.js';
import { metricNames, type PillarMetric } from '../metrics.js';
import type { Matchers, SignalSource } from './spec.js';

/** Other names of metrics of the pillars, as they are met. */
export const aliases: Readonly<Record<string, PillarMetric>> = {
  jidoka_failure_rate_per_min: 'jidoka_failure_rate',
  kanban_queue_saturation_percent: 'kanban_queue_saturation',
  heijunka_worker_utilization_percent: 'heijunka_worker_utilization',
};

/** What one metric of a source tells. */
interface Told {
  readonly metric: string;
  readonly role: SignalRole;
  readonly factor: number;
  readonly where?: Matchers | undefined;
  readonly by?: readonly string[] | undefined;
  readonly critical?: Matchers | undefined;
}

/** A series with the source that it is read by; without one it is a metric of the pillars by its own name. */
export interface MatchedSeries {
  readonly source: string | undefined;
  readonly series: Series;
  readonly signal: SignalSeries;
}

const unitMs = { s: 1_000, ms: 1 } as const;

function toldByTasks({ tasks }: SignalSource): readonly Told[] {
  if (tasks === undefined) return [];
  const { count = [], failed, failures = [], latency = [], wait = [], unit } = tasks;
  const all = count.map((metric): Told => ({ metric, role: 'tasks', factor: 1 }));
  const ms = unitMs[unit];
  return [
    ...all,
    ...(failed === undefined ? [] : all.map((told): Told => ({ ...told, role: 'failures', where: failed }))),
    ...failures.map((metric): Told => ({ metric, role: 'failures', factor: 1 })),
    ...latency.map((metric): Told => ({ metric: `${metric}_bucket`, role: 'latency', factor: 1 })),
    ...wait.flatMap((metric): Told[] => [
      { metric: `${metric}_sum`, role: 'wait-sum', factor: ms / 1_000 },
      { metric: `${metric}_count`, role: 'wait-count', factor: 1 },
    ]),
  ];
}

/** Everything that a source tells, metric by metric. */
function toldBy(source: SignalSource): readonly Told[] {
  const { queues, circuits, workers, alerts } = source;
  const gauges = (role: SignalRole, names: readonly string[] = [], by?: readonly string[]): readonly Told[] =>
    names.map((metric) => ({ metric, role, factor: 1, by }));
  return [
    ...toldByTasks(source),
    ...gauges('depth', queues?.depth, queues?.by),
    ...gauges('capacity', queues?.capacity, queues?.by),
    ...gauges('circuit', circuits?.open, circuits?.by),
    ...gauges('active', workers?.active, workers?.by),
    ...gauges('known', workers?.known, workers?.by),
    ...gauges('load', workers?.load, workers?.by),
    ...(alerts?.firing ?? []).map(
      (metric): Told => ({
        metric,
        role: 'alert',
        factor: 1,
        by: [alerts?.alert ?? ''],
        critical: alerts?.critical,
      }),
    ),
  ];
}

const labelOf = ({ labels, metric }: Series, label: string): string =>
  label === METRIC_LABEL ? metric : (labels[label] ?? '');

/** Whether the labels of a series match, each at least by one of the labels that its key names. */
function matches(series: Series, matchers: Matchers = {}): boolean {
  return Object.entries(matchers).every(([names, pattern]) =>
    names.split('|').some((label) => pattern.test(labelOf(series, label))),
  );
}

function boundOf(series: Series, unit: 's' | 'ms'): number {
  const bound = series.labels.le ?? '';
  return bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound) * unitMs[unit];
}

function signalOf(source: SignalSource, rank: number, told: Told, series: Series): SignalSeries | undefined {
  if (!matches(series, source.where) || !matches(series, told.where)) return undefined;
  const named = source.service?.map((label) => labelOf(series, label)).find((value) => value !== '');
  const service = source.service === undefined ? series.service : named;
  if (service === undefined) return undefined;
  const upTo = told.role === 'latency' ? boundOf(series, source.tasks?.unit ?? 's') : undefined;
  if (Number.isNaN(upTo)) return undefined;
  const { role, factor } = told;
  return {
    ...{ series: series.ref, service, role, rank, factor },
    thing: told.by === undefined ? series.key : told.by.map((label) => labelOf(series, label)).join('\0'),
    ...(upTo === undefined ? {} : { upTo }),
    ...(role === 'alert' ? { critical: told.critical !== undefined && matches(series, told.critical) } : {}),
  };
}

/** Metrics of the pillars that services send themselves; what Genchi computed, and came back, is none. */
function sentFigures(store: Pick<EvidenceStore, 'findSeries'>): readonly MatchedSeries[] {
  return store.findSeries({ metrics: [...metricNames, ...Object.keys(aliases)] }).flatMap((series) => {
    const figure = aliases[series.metric] ?? metricNames.find((name) => name === series.metric);
    if (figure === undefined || series.service === undefined) return [];
    if (isOwnFigure(series.labels)) return [];
    const signal = { series: series.ref, service: series.service, role: 'figure', figure } as const;
    return [{ source: undefined, series, signal }];
  });
}

/** The series that tell anything of the pillars, by source and role, in the order of the sources. */
export function matchSignals(
  store: Pick<EvidenceStore, 'findSeries'>,
  sources: readonly SignalSource[],
): readonly MatchedSeries[] {
  const matched = sources.flatMap((source, rank) =>
    toldBy(source).flatMap((told) =>
      store.findSeries({ metrics: [told.metric] }).flatMap((series) => {
        const signal = signalOf(source, rank, told, series);
        return signal === undefined ? [] : [{ source: source.name, series, signal }];
      }),
    ),
  );
  return [...sentFigures(store), ...matched];
}

/** The signals of a store that grows: matched again only when there are more series of the metrics that count. */
export class Signals {
  readonly #store: Pick<EvidenceStore, 'findSeries'>;
  readonly #sources: readonly SignalSource[];
  readonly #metrics: readonly string[];
  #known = -1;
  #found: readonly SignalSeries[] = [];

  constructor(store: Pick<EvidenceStore, 'findSeries'>, sources: readonly SignalSource[]) {
    this.#store = store;
    this.#sources = sources;
    const told = sources.flatMap((source) => toldBy(source).map(({ metric }) => metric));
    this.#metrics = [...new Set([...told, ...metricNames, ...Object.keys(aliases)])];
  }

  /** The series that tell anything of the pillars now. */
  readonly current = (): readonly SignalSeries[] => {
    const known = this.#store.findSeries({ metrics: this.#metrics }).length;
    if (known !== this.#known) {
      this.#known = known;
      this.#found = matchSignals(this.#store, this.#sources).map(({ signal }) => signal);
    }
    return this.#found;
  };
}
