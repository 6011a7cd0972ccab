/** Reads what trends are made of through the evidence port: medians of even steps, and where samples are missing. */
import { setImmediate } from 'node:timers/promises';
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
import {
  judgeTrends,
  type MeasuredTrend,
  measureTrend,
  type Trend,
  type TrendInput,
  type TrendWindowName,
  trendWindows,
} from './trend.js';
import { compareWeeks, type WeekComparison } from './weeks.js';

/** A metric that is silent for longer is stalled; the same span without samples is a gap. */
export const STALLED_MS = 5 * MINUTE_MS;

/** One trend is made of so many buckets at most, so that a question of many metrics stays bounded. */
const MOST_BUCKETS = 500_000;

/** A metric of a service. */
export interface TrendSubject {
  readonly service: string;
  readonly metric: string;
}

/** Stretches without samples; `to` is undefined while it lasts. */
export interface Gap {
  readonly series: SeriesRef;
  readonly from: Instant;
  readonly to: Instant | undefined;
  readonly lastValue: number;
}

/** The trend of a metric of a service. */
export interface SubjectTrend extends TrendSubject {
  readonly trend: Trend;
  readonly series: readonly SeriesRef[];
  /** Whether values are the increase of a counter per minute, rather than readings. */
  readonly isRate: boolean;
  readonly gaps: readonly Gap[];
  /** Whether it spoke in the window, but none of its series in the last five minutes of it. */
  readonly isStalled: boolean;
}

/** What reading and judging trends depends on. */
export interface TrendSources {
  readonly store: EvidenceStore;
  readonly metrics: MetricTable;
  /** Numbers 0 <= x < 1 from a fixed seed. */
  readonly random: () => number;
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
      ...(figure === 'value' ? { quantiles: [0.5] } : {}),
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

async function readGaps(
  store: EvidenceStore,
  asked: readonly Asked[],
  window: Window,
): Promise<ReadonlyMap<SeriesRef, readonly Gap[]>> {
  const series = [...new Set(asked.flatMap((each) => each.series))];
  const gaps = new Map<SeriesRef, Gap[]>();
  for (const silence of await store.silences({ series, window, longerThanMs: STALLED_MS })) {
    const { series: ref, from, until, lastValue } = silence;
    gaps.set(ref, [...(gaps.get(ref) ?? []), { series: ref, from, to: until, lastValue }]);
  }
  return gaps;
}

/** The places of the subjects of which a series spoke in the last minutes before a time. */
async function readSpeaking(
  store: EvidenceStore,
  asked: readonly Asked[],
  at: Instant,
): Promise<ReadonlySet<number>> {
  const window = { from: shift(at, -STALLED_MS), to: at };
  const columns = await store.buckets({
    groups: asked.map(({ series }) => series),
    window,
    stepMs: STALLED_MS,
    origin: window.from,
    figure: 'value',
    limit: Math.max(1, asked.length),
  });
  return new Set(columns.group);
}

/** Measures one series after the other, with a turn of the event loop for others between any two. */
async function inTurns(
  inputs: readonly TrendInput[],
  random: () => number,
): Promise<readonly MeasuredTrend[]> {
  const measured: MeasuredTrend[] = [];
  for (const input of inputs) {
    measured.push(measureTrend(input, random));
    await setImmediate();
  }
  return measured;
}

/**
 * The trends of metrics over one of the windows that end at a time, in the order given. All of them count as looked at
 * together. A metric without samples answers `not-enough-data`.
 */
export async function readTrends(
  { store, metrics, random }: TrendSources,
  subjects: readonly TrendSubject[],
  name: TrendWindowName,
  at: Instant,
): Promise<readonly SubjectTrend[]> {
  const { lengthMs, stepMs } = trendWindows[name];
  const window = { from: shift(at, -lengthMs), to: at };
  const asked = seriesOf(store, subjects);
  const points = await readPoints(store, asked, window, stepMs);
  const gaps = await readGaps(store, asked, window);
  const speaking = await readSpeaking(store, asked, at);
  const inputs = asked.map(({ metric }, item) => ({
    points: points[item] ?? { at: [], value: [] },
    window,
    stepMs,
    judged: judgementOf(metrics, metric),
  }));
  const trends = judgeTrends(await inTurns(inputs, random));
  return asked.flatMap((each, item) => {
    const trend = trends[item];
    if (trend === undefined) return [];
    const isStalled = trend.points > 0 && !speaking.has(item);
    return [
      {
        ...each,
        trend,
        isRate: isCounter(each.metric),
        gaps: each.series.flatMap((ref) => gaps.get(ref) ?? []),
        isStalled,
      },
    ];
  });
}

/** A metric of a service, this week against the one before. */
export interface SubjectWeeks extends TrendSubject {
  readonly weeks: WeekComparison;
}

/** Compares the 7 days before a time with the 7 days before those, for metrics that are looked at together. */
export async function readWeeks(
  { store, metrics }: Omit<TrendSources, 'random'>,
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
