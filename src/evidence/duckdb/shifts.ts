import { type DuckDBConnection, DuckDBListValue, type DuckDBValue } from '@duckdb/node-api';
import { type EventKind, type Identity, type Instant, instantOf, type SeriesRef } from '../../model/index.js';
import {
  DEVIATION_CAP,
  type EventShift,
  type EventShiftQuery,
  type MeasuredBy,
  type SeriesShift,
  type Shift,
  type ShiftQuery,
  SLOTS,
} from '../shifts.js';
import { EVENT_FIGURES } from './event-figures.js';
import { FIGURE_CHANGES } from './figure-changes.js';
import { SAMPLE_FIGURES, TRACKS } from './sample-figures.js';

/** What is told of each track, in the order in which {@link shiftOf} reads it. */
const TOLD = `t.figure, base_count, recent_count, middle, spread, peak_told, peak_told_at,
  CASE WHEN lasts THEN middle_after ELSE any_middle END AS recent_middle,
  CASE WHEN spread > 0 THEN
    greatest(-${DEVIATION_CAP}, least(${DEVIATION_CAP}, (peak_told - middle) / spread))
  ELSE 0 END AS deviation,
  CASE WHEN lasts THEN onset_at END AS onset_at, (SELECT seam FROM seam) AS recent_from,
  CASE WHEN lasts THEN until_at END AS until_at, CASE WHEN lasts THEN excess END AS excess,
  f.since AS peak_since, recent_mean, CASE WHEN lasts THEN begun_at END AS begun_at, slots, slot_means`;

/** One statement from samples to shifts; no sample leaves DuckDB. */
const OF_SAMPLES = `${SAMPLE_FIGURES},
${FIGURE_CHANGES}
SELECT ${TOLD}, coalesce(q.series, t.track), q.series_below, CASE WHEN t.figure = 'mean' THEN k.divisor END
FROM told t JOIN figure f ON f.track = t.track AND f.moment = t.peak_told_at
JOIN reading k ON k.ref = t.track % ${TRACKS}
LEFT JOIN quantile q ON q.track = t.track AND q.moment = t.peak_told_at
ORDER BY t.track`;

/** The same of events: with what is measured, and the receipts by which the onset and the peak are known. */
const OF_EVENTS = `${EVENT_FIGURES},
${FIGURE_CHANGES},
known AS (
  SELECT t.track, w.moment AS wanted, arg_max(struct_pack(kind := h.kind, "at" := h.moment, id := h.id), h.moment) AS receipt
  FROM told t JOIN subject s ON s.track = t.track
  CROSS JOIN LATERAL (SELECT unnest([t.peak_told_at, t.onset_at]) AS moment) w
  JOIN heard h ON h.family = s.family AND h.service = s.service AND h.part = s.part AND h.moment <= w.moment
  GROUP BY t.track, w.moment
)
SELECT ${TOLD}, s.family, s.service, s.part,
  p.receipt.kind, p.receipt."at", p.receipt.id, o.receipt.kind, o.receipt."at", o.receipt.id
FROM told t JOIN figure f ON f.track = t.track AND f.moment = t.peak_told_at
JOIN subject s ON s.track = t.track
LEFT JOIN known p ON p.track = t.track AND p.wanted = t.peak_told_at
LEFT JOIN known o ON o.track = t.track AND o.wanted = t.onset_at
ORDER BY t.track`;

const FIGURES: readonly Shift['figure'][] = ['value', 'rate', 'mean', 'p50', 'p95', 'p99'];

function figureOf(value: DuckDBValue | undefined): Shift['figure'] {
  return FIGURES.find((one) => one === value) ?? 'value';
}

function numberOrUndefined(value: DuckDBValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}

function instantOrUndefined(value: DuckDBValue | undefined): Instant | undefined {
  return value === null || value === undefined ? undefined : instantOf(Number(value));
}

function numbersIn(value: DuckDBValue | undefined): readonly number[] {
  return value instanceof DuckDBListValue ? value.items.map(Number) : [];
}

function courseOf(slots: readonly number[], means: readonly number[]): Shift['course'] {
  return Array.from({ length: SLOTS }, (_, slot) => means[slots.indexOf(slot)]);
}

/** Reads the columns of {@link TOLD}, and hands back the others. */
function shiftOf(row: readonly DuckDBValue[]): {
  readonly shift: Shift;
  readonly rest: readonly DuckDBValue[];
} {
  const [figure, baselineCount, recentCount, middle, spread, peak, peakAt, recentMiddle, ...later] = row;
  const [
    deviation,
    onset,
    recentFrom,
    until,
    excess,
    peakSince,
    recentMean,
    begun,
    slots,
    slotMeans,
    ...rest
  ] = later;
  const shift = {
    figure: figureOf(figure),
    baselineCount: Number(baselineCount),
    recentCount: Number(recentCount),
    baselineMedian: Number(middle),
    baselineSpread: Number(spread),
    peak: Number(peak),
    peakAt: instantOf(Number(peakAt)),
    recentMedian: Number(recentMiddle),
    recentMean: Number(recentMean),
    course: courseOf(numbersIn(slots), numbersIn(slotMeans)),
    deviation: Number(deviation),
    onsetAt: instantOrUndefined(onset),
    begunAt: instantOrUndefined(begun),
    recentFrom: instantOf(Number(recentFrom)),
    untilAt: instantOrUndefined(until),
    excess: numberOrUndefined(excess),
    peakSince: instantOrUndefined(peakSince),
  };
  return { shift, rest };
}

function boundsOf({
  baseline,
  recent,
  threshold,
  rules,
}: Omit<ShiftQuery, 'series'>): Record<string, number> {
  return {
    from: baseline.from,
    baseTo: baseline.to,
    seam: recent.from,
    to: recent.to,
    threshold,
    floorOfMedian: rules.floorOfMedian,
    floorOfSize: rules.floorOfSize,
    floorOfZero: rules.floorOfZero,
    lastingSamples: rules.lastingSamples,
    lastingMs: rules.lastingMs,
    smoothedMs: rules.smoothedMs,
    lostSteps: rules.lostSteps,
    stepOfPeak: rules.stepOfPeak,
    sizeCap: rules.sizeCap,
    justBeforeMs: rules.justBeforeMs,
  };
}

/**
 * Compares two windows of many series, the baseline before the recent one; {@link SeriesShift} says what comes out.
 * Series without a sample in the recent window, and gauges without one in the baseline, have no row; the buckets of a
 * histogram have one for each quantile.
 */
export async function shifts(
  connection: DuckDBConnection,
  query: ShiftQuery,
): Promise<readonly SeriesShift[]> {
  if (query.series.length === 0) return [];
  const reader = await connection.runAndReadAll(OF_SAMPLES, {
    ...boundsOf(query),
    leastBefore: query.rules.leastBefore,
    enoughBefore: query.rules.enoughBefore,
    series: JSON.stringify(query.series),
    lowest: query.series.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    highest: query.series.reduce((a, b) => Math.max(a, b), 0),
  });
  return reader.getRows().map((row) => {
    const { shift, rest } = shiftOf(row);
    const [series, bucketBelow, divisor] = rest.map(numberOrUndefined);
    return {
      ...shift,
      series: series as SeriesRef,
      bucketBelow: bucketBelow as SeriesRef | undefined,
      divisor: divisor as SeriesRef | undefined,
    };
  });
}

const MEASURES: Readonly<Record<string, MeasuredBy>> = {
  queue_depth: 'queue depth',
  task_completed: 'task latency',
  worker: 'active workers',
  log_volume: 'log lines',
};

type Receipt = EventShift['receipts'][number];

function receiptOf([kind, at, id]: readonly DuckDBValue[]): readonly Receipt[] {
  if (kind === null || at === null || id === null) return [];
  return [{ kind: String(kind) as EventKind, at: instantOf(Number(at)), id: String(id) as Identity }];
}

/** The same of what events measure: queues, tasks, workers and logs of some services. */
export async function eventShifts(
  connection: DuckDBConnection,
  query: EventShiftQuery,
): Promise<readonly EventShift[]> {
  if (query.services.length === 0) return [];
  const reader = await connection.runAndReadAll(OF_EVENTS, {
    ...boundsOf(query),
    // Events come when something happens: a long time without one lacks nothing.
    lostSteps: 1e9,
    services: JSON.stringify(query.services),
  });
  return reader.getRows().flatMap((row): readonly EventShift[] => {
    const { shift, rest } = shiftOf(row);
    const [family, service, part, ...ids] = rest;
    const measures = MEASURES[String(family)];
    if (measures === undefined) return [];
    const receipts = [...receiptOf(ids.slice(3)), ...receiptOf(ids.slice(0, 3))];
    return [{ ...shift, measures, service: String(service), part: String(part), receipts }];
  });
}
