/** How well measuring works: what fell silent, what is missing, what is sent twice, and what labels must not hold. */
import type { EvidenceStore, GroupSilence } from '../../evidence/index.js';
import {
  DAY_MS,
  type Instant,
  instantOf,
  type Sensitivity,
  type Series,
  type SeriesRef,
  sensitivityOf,
  shift,
  type Window,
} from '../../model/index.js';
import { metricNames } from '../metrics.js';
import { STALLED_MS } from '../trend/subjects.js';
import { type Duplicated, duplicatesAmong, type SpokenSeries } from './duplicates.js';

/** How far back a metric must have spoken to be missed, in milliseconds. */
export const MISSED_FOR_MS = DAY_MS;

/** Over so many silences a window is too long to tell all of them. */
const MOST_SILENCES = 100_000;

/** A metric of a service: all of its series together, which come and go with the instances. */
export interface SpokenMetric {
  readonly service: string | undefined;
  readonly metric: string;
  readonly series: readonly Series[];
  readonly samples: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** The mean time between samples of the series that has most of them; undefined with less than two. */
  readonly stepMs: number | undefined;
}

/** A metric that fell silent. */
export interface StalledMetric extends SpokenMetric {
  readonly silentMs: number;
}

/** A label that holds what it must not; its value is never told. */
export interface SensitiveLabel {
  readonly service: string | undefined;
  readonly label: string;
  readonly sensitivity: Sensitivity;
  readonly metrics: readonly string[];
  /** How many series have it, and one of them. */
  readonly seriesCount: number;
  readonly example: Series;
}

/** How measuring stands at a time. */
export interface MetricHygiene {
  /** What was looked at: the day before the time. */
  readonly window: Window;
  /** Every metric that spoke within it, by service and name. */
  readonly metrics: readonly SpokenMetric[];
  /** Those that are silent for over five minutes, and for twice as long as they usually are; the longest first. */
  readonly stalled: readonly StalledMetric[];
  readonly duplicated: readonly Duplicated[];
  readonly sensitive: readonly SensitiveLabel[];
}

/**
 * Whether Genchi measures a series itself, from events, one value a minute: it has none for minutes in which nothing
 * happened, which is no fault of a sender.
 */
export function isMeasuredHere({ metric, labels }: Series): boolean {
  return (
    metricNames.some((name) => name === metric) && Object.keys(labels).every((label) => label === 'service')
  );
}

function stepOf(members: readonly SpokenSeries[]): number | undefined {
  const steps = members.flatMap(({ activity: { samples, firstAt, lastAt } }) =>
    samples < 2 ? [] : [(lastAt - firstAt) / (samples - 1)],
  );
  return steps.length === 0 ? undefined : Math.min(...steps);
}

const subjectOf = ({
  service,
  metric,
}: {
  readonly service?: string | undefined;
  readonly metric: string;
}): string => JSON.stringify([service ?? null, metric]);

function metricsOf(spoken: readonly SpokenSeries[]): readonly SpokenMetric[] {
  const bySubject = new Map<string, SpokenSeries[]>();
  for (const one of spoken) {
    const key = subjectOf(one.series);
    const members = bySubject.get(key);
    if (members === undefined) bySubject.set(key, [one]);
    else members.push(one);
  }
  const keys = [...bySubject.keys()].sort();
  return keys.flatMap((key) => {
    const members = bySubject.get(key) ?? [];
    const [first] = members;
    if (first === undefined) return [];
    const { service, metric } = first.series;
    return [
      {
        ...{ service, metric, stepMs: stepOf(members) },
        series: members.map(({ series }) => series),
        samples: members.reduce((sum, { activity }) => sum + activity.samples, 0),
        firstAt: instantOf(
          members.reduce((least, { activity }) => Math.min(least, activity.firstAt), Number.MAX_SAFE_INTEGER),
        ),
        lastAt: instantOf(members.reduce((most, { activity }) => Math.max(most, activity.lastAt), 0)),
      },
    ];
  });
}

/** Silent for over five minutes and, of what is sent more seldom than that, for twice its step. */
function stalledAmong(metrics: readonly SpokenMetric[], at: Instant): readonly StalledMetric[] {
  return metrics
    .filter(({ series }) => !series.every(isMeasuredHere))
    .map((metric) => ({ ...metric, silentMs: at - metric.lastAt }))
    .filter(({ silentMs, stepMs = 0 }) => silentMs > Math.max(STALLED_MS, 2 * stepMs))
    .sort((a, b) => b.silentMs - a.silentMs || (subjectOf(a) < subjectOf(b) ? -1 : 1));
}

function sensitiveAmong(spoken: readonly SpokenSeries[]): readonly SensitiveLabel[] {
  const found = new Map<string, { label: SensitiveLabel; metrics: Set<string>; seriesCount: number }>();
  for (const { series } of spoken) {
    for (const [label, value] of Object.entries(series.labels)) {
      const sensitivity = sensitivityOf(label, value);
      if (sensitivity === undefined) continue;
      const key = JSON.stringify([series.service ?? null, label]);
      const known = found.get(key) ?? {
        label: { service: series.service, label, sensitivity, metrics: [], seriesCount: 0, example: series },
        metrics: new Set<string>(),
        seriesCount: 0,
      };
      found.set(key, known);
      known.metrics.add(series.metric);
      known.seriesCount += 1;
    }
  }
  return [...found.keys()].sort().flatMap((key) => {
    const one = found.get(key);
    if (one === undefined) return [];
    return [{ ...one.label, metrics: [...one.metrics].sort(), seriesCount: one.seriesCount }];
  });
}

/** Reads how measuring stands at a time, in one statement for all series; fails as the store does. */
export async function readMetricHygiene(store: EvidenceStore, at: Instant): Promise<MetricHygiene> {
  const window = { from: shift(at, -MISSED_FOR_MS), to: at };
  const spoken = (await store.activity({ window })).map((activity) => ({
    series: store.seriesOf(activity.series),
    activity,
  }));
  const metrics = metricsOf(spoken);
  return {
    ...{ window, metrics },
    stalled: stalledAmong(metrics, at),
    duplicated: duplicatesAmong(spoken),
    sensitive: sensitiveAmong(spoken),
  };
}

/** A stretch in which a metric of a service had no sample; `until` is undefined while it lasts. */
export interface MetricGap {
  readonly service: string | undefined;
  readonly metric: string;
  readonly from: Instant;
  readonly until: Instant | undefined;
}

/**
 * Where metrics were silent for over five minutes within a window, in one statement; by service, metric and time. Fails
 * as the store does, which it also does when there are more than 100,000 such stretches.
 */
export async function readGaps(
  store: EvidenceStore,
  metrics: readonly Pick<SpokenMetric, 'service' | 'metric' | 'series'>[],
  window: Window,
): Promise<readonly MetricGap[]> {
  const sent = metrics.filter(({ series }) => !series.every(isMeasuredHere));
  const silences = await store.groupSilences({
    groups: sent.map(({ series }) => series.map(({ ref }): SeriesRef => ref)),
    ...{ window, longerThanMs: STALLED_MS, limit: MOST_SILENCES },
  });
  return silences.flatMap(({ group, from, until }: GroupSilence) => {
    const metric = sent[group];
    return metric === undefined ? [] : [{ service: metric.service, metric: metric.metric, from, until }];
  });
}
