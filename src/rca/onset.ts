import type { EvidenceStore, SeriesShift } from '../evidence/index.js';
import type { Instant, Series } from '../model/index.js';
import { groupOfMetric, isWorse, type MetricGroup, type Role, roleOf } from './vocabulary.js';
import {
  FULL_CHANGE,
  FULL_COUNT_CHANGE,
  HALF_STRENGTH_DEVIATION,
  HALF_STRENGTH_FAILURES,
  LEAST_CHANGE,
  SHIFT_THRESHOLD,
} from './weights.js';
import type { Windows } from './windows.js';

/** What the comparison of one series says, read in the words of the field. */
export interface Reading {
  readonly service: string;
  readonly series: Series;
  readonly shift: SeriesShift;
  /** The counts that a sum was divided by. */
  readonly divisor: Series | undefined;
  readonly group: MetricGroup;
  readonly role: Role;
  /** Whether it moved the way that is worse for its kind. */
  readonly harmful: boolean;
  /** 0..1, half at a deviation of {@link HALF_STRENGTH_DEVIATION}; less when the change is small. */
  readonly strength: number;
}

/** A reading whose series changed and stayed changed. */
export interface Finding extends Reading {
  readonly onsetAt: Instant;
}

/** What the scan of all series of some services found. */
export interface Scan {
  /** Series that were looked at. */
  readonly scanned: number;
  /** The windows that were compared: they meet later than asked where there is little before the recent one. */
  readonly windows: Windows;
  /** One for each series that can be compared. */
  readonly readings: readonly Reading[];
  readonly findings: readonly Finding[];
}

const MEASURED = /(seconds|secs|ms|millis|bytes|ratio|rate|percent|pct|utili[sz]ation|saturation|p\d\d+)$/;

/**
 * How much of its full strength a count has: two things in use or waiting instead of one are chance, and a counter that
 * counted two errors has counted two, however quiet it was before.
 */
function chance(
  { metric }: Series,
  { figure, peak, baselineMedian, excess }: SeriesShift,
  role: Role,
): number {
  if (MEASURED.test(metric.replace(/_(total|sum)$/, ''))) return 1;
  if (figure === 'rate' && excess !== undefined) {
    return Math.abs(excess) / (Math.abs(excess) + HALF_STRENGTH_FAILURES);
  }
  if (role !== 'waiting' || figure !== 'value') return 1;
  const usual = Math.sqrt(Math.max(1, Math.abs(baselineMedian)));
  return Math.min(1, Math.abs(peak - baselineMedian) / usual / FULL_COUNT_CHANGE);
}

/** How much of its full strength a change has by its size relative to the baseline; 0 when it is of no consequence. */
function consequence({ peak, baselineMedian }: SeriesShift, group: MetricGroup): number {
  if (group === 'availability' || baselineMedian === 0) return 1;
  const change = Math.abs((peak - baselineMedian) / baselineMedian);
  return change < LEAST_CHANGE ? 0 : Math.min(1, change / FULL_CHANGE);
}

function readingOf(series: Series, shift: SeriesShift, divisor: Series | undefined): Reading {
  const group = groupOfMetric(series.metric, series.labels);
  const role = roleOf(group);
  const size = Math.abs(shift.deviation);
  const weight = consequence(shift, group) * chance(series, shift, role);
  return {
    service: series.service ?? '',
    series,
    shift,
    divisor,
    group,
    role,
    harmful: isWorse(group, Math.sign(shift.deviation)),
    strength: (weight * size) / (size + HALF_STRENGTH_DEVIATION),
  };
}

// A new counter tells nothing when its whole service is new; one of errors appears with the first error.
function hasMeaning(reading: Reading, withBaseline: ReadonlySet<string>): boolean {
  return reading.shift.baselineCount > 0 || (reading.group === 'errors' && withBaseline.has(reading.service));
}

/** Stronger first; ties in the order of onset, then of the series' names. */
export function byStrength(a: Finding, b: Finding): number {
  return (
    b.strength - a.strength ||
    a.onsetAt - b.onsetAt ||
    a.series.metric.localeCompare(b.series.metric, 'en') ||
    a.series.key.localeCompare(b.series.key, 'en')
  );
}

/** Looks for lasting changes in every series of these services. */
export async function scan(
  store: EvidenceStore,
  services: readonly string[],
  windows: Windows,
): Promise<Scan> {
  const series = store.findSeries({ services });
  const shifts = await store.shifts({
    series: series.map(({ ref }) => ref),
    ...windows,
    threshold: SHIFT_THRESHOLD,
  });
  const all = shifts.map((shift) => {
    const divisor = shift.divisor === undefined ? undefined : store.seriesOf(shift.divisor);
    return readingOf(store.seriesOf(shift.series), shift, divisor);
  });
  const withBaseline = new Set(
    all.filter(({ shift }) => shift.baselineCount > 0).map(({ service }) => service),
  );
  const readings = all.filter((reading) => hasMeaning(reading, withBaseline));
  const findings = readings
    .flatMap((reading) =>
      reading.shift.onsetAt === undefined || reading.strength === 0
        ? []
        : [{ ...reading, onsetAt: reading.shift.onsetAt }],
    )
    .sort(byStrength);
  const from = shifts[0]?.recentFrom ?? windows.recent.from;
  return {
    scanned: series.length,
    windows: { baseline: { ...windows.baseline, to: from }, recent: { ...windows.recent, from } },
    readings,
    findings,
  };
}
