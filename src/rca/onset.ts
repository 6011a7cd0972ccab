import type { EvidenceStore, SeriesShift } from '../evidence/index.js';
import type { Instant, Series, Window } from '../model/index.js';
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

/**
 * How much of its full strength a change has by its size; 0 when it is of no consequence. What it is compared with is
 * the series' own baseline, or what that metric usually is elsewhere: a process of 8 MB that grows by as much is nothing
 * among others of 300 MB.
 */
function consequence({ peak, baselineMedian }: SeriesShift, group: MetricGroup, usual: number): number {
  const size = Math.max(Math.abs(baselineMedian), usual);
  if (group === 'availability' || size === 0) return 1;
  const change = Math.abs(peak - baselineMedian) / size;
  return change < LEAST_CHANGE ? 0 : Math.min(1, change / FULL_CHANGE);
}

type Compared = { readonly series: Series; readonly shift: SeriesShift };

/** The same thing measured in the same way: metric, figure, and the labels that part a metric into quantiles. */
function kindOf({ series, shift }: Compared): string {
  return `${series.metric}\n${shift.figure}\n${series.labels.quantile ?? ''}`;
}

const FEWEST_PEERS = 3;

/** The median size of each kind of series before, over the services that have it; none for kinds that few have. */
function usualSizes(all: readonly Compared[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number[]>();
  for (const one of all) {
    const kind = kindOf(one);
    sizes.set(kind, [...(sizes.get(kind) ?? []), Math.abs(one.shift.baselineMedian)]);
  }
  return new Map(
    [...sizes].map(([kind, of]) => [
      kind,
      of.length < FEWEST_PEERS ? 0 : (of.sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0),
    ]),
  );
}

function readingOf(compared: Compared, divisor: Series | undefined, usual: number): Reading {
  const { series, shift } = compared;
  const group = groupOfMetric(series.metric, series.labels);
  const role = roleOf(group);
  const size = Math.abs(shift.deviation);
  const weight = consequence(shift, group, usual) * chance(series, shift, role);
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

/** Looks for lasting changes in every series of these services; compares with the baseline unless told otherwise. */
export async function scan(
  store: EvidenceStore,
  services: readonly string[],
  windows: Windows,
  comparedWith: Window = windows.baseline,
): Promise<Scan> {
  const series = store.findSeries({ services });
  const shifts = await store.shifts({
    series: series.map(({ ref }) => ref),
    baseline: comparedWith,
    recent: windows.recent,
    threshold: SHIFT_THRESHOLD,
  });
  const compared = shifts.map((shift) => ({ series: store.seriesOf(shift.series), shift }));
  const usual = usualSizes(compared);
  const all = compared.map((one) => {
    const divisor = one.shift.divisor === undefined ? undefined : store.seriesOf(one.shift.divisor);
    return readingOf(one, divisor, usual.get(kindOf(one)) ?? 0);
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
