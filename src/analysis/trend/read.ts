/** Reads what trends are made of through the evidence port: medians of even steps. */
import type { EvidenceStore } from '../../evidence/index.js';
import {
  DAY_MS,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  type SeriesRef,
  shift,
  type Window,
} from '../../model/index.js';
import { type Judgement, type MetricTable, metricNames } from '../metrics.js';
import type { Points } from './theil-sen.js';
import { compareWeeks, type WeekComparison } from './weeks.js';

/** One trend is made of so many buckets at most, so that a question of many metrics stays bounded. */
const MOST_BUCKETS = 500_000;

/** A metric of a service. */
export interface TrendSubject {
  readonly service: string;
  readonly metric: string;
}

/** What trends are read from. */
export interface TrendStore {
  readonly store: EvidenceStore;
  readonly metrics: MetricTable;
}

const counterName = /_(total|count|sum)$/;

/** How a metric is judged: as the ontology declares it, else it has no good side. */
export function judgementOf(metrics: MetricTable, metric: string): Judgement {
  const name = metricNames.find((known) => known === metric);
  return name === undefined ? { better: 'trend' } : metrics[name].judged;
}

/** Whether a metric counts on, by Prometheus' naming; `andon_alert_types_total` is a level by the rules, counted anew in each window. */
export const isCounter = (metric: string): boolean =>
  counterName.test(metric) && !metricNames.some((known) => known === metric);

/** A metric of a service with its series. */
export interface Asked extends TrendSubject {
  readonly series: readonly SeriesRef[];
}

/** The series of each subject. */
export function seriesOf(store: EvidenceStore, subjects: readonly TrendSubject[]): readonly Asked[] {
  return subjects.map(({ service, metric }) => ({
    service,
    metric,
    series: store.findSeries({ services: [service], metrics: [metric] }).map(({ ref }) => ref),
  }));
}

/** The points of each subject: the median of a step over all its series, or the increase per minute of all together. */
export async function readPoints(
  store: EvidenceStore,
  asked: readonly Asked[],
  window: Window,
  stepMs: number,
): Promise<readonly Points[]> {
  const points: { at: number[]; value: number[] }[] = asked.map(() => ({ at: [], value: [] }));
  const stepMinutes = stepMs / MINUTE_MS;
  for (const figure of ['value', 'increase'] as const) {
    const places = asked.flatMap(({ metric, series }, place) =>
      series.length > 0 && isCounter(metric) === (figure === 'increase') ? [place] : [],
    );
    if (places.length === 0) continue;
    const columns = await store.buckets({
      groups: places.map((place) => asked[place]?.series ?? []),
      window,
      stepMs,
      origin: window.from,
      figure,
      ...(figure === 'value' ? { quantiles: [0.5], quantilesOnly: true } : {}),
      limit: MOST_BUCKETS,
    });
    const values = columns.quantiles[0] ?? columns.sum.map((sum) => sum / stepMinutes);
    for (const [row, group] of columns.group.entries()) {
      const own = points[places[group] ?? -1];
      own?.at.push(columns.at[row] ?? 0);
      own?.value.push(values[row] ?? 0);
    }
  }
  return points;
}

/** A metric of a service, this week against the one before. */
export interface SubjectWeeks extends TrendSubject {
  readonly weeks: WeekComparison;
}

/** Compares the 7 days before a time with the 7 days before those, for metrics that are looked at together. */
export async function readWeeks(
  { store, metrics }: TrendStore,
  subjects: readonly TrendSubject[],
  at: Instant,
): Promise<readonly SubjectWeeks[]> {
  const seam = shift(at, -7 * DAY_MS);
  const asked = seriesOf(store, subjects);
  const points = await readPoints(store, asked, { from: shift(seam, -7 * DAY_MS), to: at }, HOUR_MS);
  const compared = compareWeeks(
    asked.map(({ metric }, item) => ({
      points: points[item] ?? { at: [], value: [] },
      seam,
      judged: judgementOf(metrics, metric),
    })),
  );
  return asked.flatMap(({ service, metric }, item) => {
    const weeks = compared[item];
    return weeks === undefined ? [] : [{ service, metric, weeks }];
  });
}
