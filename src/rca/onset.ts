import type { EventShift, EvidenceStore, MeasuredBy, SeriesShift, Shift } from '../evidence/index.js';
import {
  type Identity,
  type Instant,
  isOwnFigure,
  type Series,
  type SeriesRef,
  type Window,
} from '../model/index.js';
import type { Sidecars } from './stand-ins.js';
import { groupOfMetric, isWorse, type MetricGroup, type Role, roleOf } from './vocabulary.js';
import {
  FULL_CHANGE,
  FULL_COUNT_CHANGE,
  HALF_STRENGTH_DEVIATION,
  HALF_STRENGTH_FAILURES,
  LEAST_CHANGE,
  SHIFT_RULES,
  SHIFT_THRESHOLD,
} from './weights.js';
import type { Windows } from './windows.js';

/** What the comparison of one series says, read in the words of the field. */
export interface Reading {
  readonly service: string;
  readonly series: Series;
  readonly shift: Shift;
  /** Events that measure it, where no samples do: the receipts at its onset and its peak. */
  readonly events?: EventShift['receipts'];
  /** Of a quantile of a histogram: the bucket below that which it was in at its peak. */
  readonly bucketBelow?: Series;
  /** The counts that a sum was divided by. */
  readonly divisor: Series | undefined;
  readonly group: MetricGroup;
  readonly role: Role;
  /** The service at which it was measured, where that is a proxy before its own. */
  readonly measuredAt?: string;
  /** Whether it moved the way that is worse for its kind. */
  readonly harmful: boolean;
  /** 0..1, half at a deviation of {@link HALF_STRENGTH_DEVIATION}; less when the change is small. */
  readonly strength: number;
}

/** A reading whose series changed and stayed changed. */
export interface Finding extends Reading {
  /** When it began, at the earliest where samples are missing right before it: what orders causes and effects. */
  readonly onsetAt: Instant;
  /** The time of the sample that shows it first. */
  readonly shownAt: Instant;
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
function chance({ metric }: Series, { figure, peak, baselineMedian, excess }: Shift, role: Role): number {
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
function consequence({ peak, baselineMedian }: Shift, group: MetricGroup, usual: number): number {
  const size = Math.max(Math.abs(baselineMedian), usual);
  if (group === 'availability' || size === 0) return 1;
  const change = Math.abs(peak - baselineMedian) / size;
  return change < LEAST_CHANGE ? 0 : Math.min(1, change / FULL_CHANGE);
}

interface Compared {
  readonly series: Series;
  readonly shift: Shift;
  readonly group: MetricGroup;
  readonly events?: EventShift['receipts'];
  readonly bucketBelow?: Series;
}

/** The names by which people and other metrics know what events measure, and what kind of thing it is. */
export const measuredByEvents = {
  'queue depth': { metric: 'queue_depth', label: 'queue', group: 'queue' },
  'task latency': { metric: 'task_latency_ms', label: 'task', group: 'latency' },
  // Workers that are there: fewer is worse, unlike threads that are busy.
  'active workers': { metric: 'active_workers', label: 'worker', group: 'availability' },
  'log lines': { metric: 'log_lines', label: 'level', group: 'traffic' },
} as const satisfies Record<MeasuredBy, { metric: string; label: string; group: MetricGroup }>;

const TROUBLED_LEVEL = /^(error|err|fatal|critical|crit|alert|emerg|emergency|panic|severe)$/;

/** What events measure, read like a series; its number and key are none of the store's. */
function ofEvents({ measures, service, part, receipts, ...shift }: EventShift, place: number): Compared {
  const { metric, label, group } = measuredByEvents[measures];
  const series = {
    ref: (-1 - place) as SeriesRef,
    key: `${metric} ${service} ${part}` as Identity,
    metric,
    service,
    labels: part === '' ? {} : { [label]: part },
  };
  const failing = measures === 'log lines' && TROUBLED_LEVEL.test(part);
  return { series, shift, group: failing ? 'errors' : group, events: receipts };
}

function ofSeries(store: EvidenceStore, shift: SeriesShift): Compared {
  const series = store.seriesOf(shift.series);
  const group = groupOfMetric(series.metric, series.labels, series.caller !== undefined);
  return shift.bucketBelow === undefined
    ? { series, shift, group }
    : { series, shift, group, bucketBelow: store.seriesOf(shift.bucketBelow) };
}

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

/** The service of a series, or the one that its sidecar stands before. */
function seatOf(series: Series, sidecars: Sidecars): Pick<Reading, 'service' | 'measuredAt'> {
  const { ref, service = '' } = series;
  const behind = sidecars.get(ref);
  return behind === undefined ? { service } : { service: behind, measuredAt: service };
}

function readingOf(
  compared: Compared,
  divisor: Series | undefined,
  usual: number,
  sidecars: Sidecars,
): Reading {
  const { series, shift, group } = compared;
  const role = roleOf(group);
  const size = Math.abs(shift.deviation);
  const weight = consequence(shift, group, usual) * chance(series, shift, role);
  return {
    ...compared,
    ...seatOf(series, sidecars),
    divisor,
    role,
    harmful: isWorse(group, Math.sign(shift.deviation)),
    strength: (weight * size) / (size + HALF_STRENGTH_DEVIATION),
  };
}

// A new counter tells nothing when its whole service is new; one of errors appears with the first error.
function hasMeaning(reading: Reading, withBaseline: ReadonlySet<string>): boolean {
  return reading.shift.baselineCount > 0 || (reading.group === 'errors' && withBaseline.has(reading.service));
}

function findingOf(reading: Reading, shownAt: Instant): Finding {
  return { ...reading, onsetAt: reading.shift.begunAt ?? shownAt, shownAt };
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
  sidecars: Sidecars = new Map(),
): Promise<Scan> {
  // What Genchi computed of the evidence says the same once more, by the minute: neither symptom nor cause.
  const sent = store.findSeries({ services }).filter(({ labels }) => !isOwnFigure(labels));
  const refs = [...new Set([...sent.map(({ ref }) => ref), ...sidecars.keys()])];
  const query = {
    baseline: comparedWith,
    recent: windows.recent,
    threshold: SHIFT_THRESHOLD,
    rules: SHIFT_RULES,
  };
  const shifts = await store.shifts({ ...query, series: refs });
  const told = await store.eventShifts({ ...query, services });
  const divisors = new Map(
    shifts.flatMap((one) =>
      one.divisor === undefined ? [] : [[one.series, store.seriesOf(one.divisor)] as const],
    ),
  );
  const compared = [...shifts.map((one) => ofSeries(store, one)), ...told.map(ofEvents)];
  const usual = usualSizes(compared);
  const all = compared.map((one) =>
    readingOf(one, divisors.get(one.series.ref), usual.get(kindOf(one)) ?? 0, sidecars),
  );
  const withBaseline = new Set(
    all.filter(({ shift }) => shift.baselineCount > 0).map(({ service }) => service),
  );
  const readings = all.filter((reading) => hasMeaning(reading, withBaseline));
  const findings = readings
    .flatMap((reading) =>
      reading.shift.onsetAt === undefined || reading.strength === 0
        ? []
        : [findingOf(reading, reading.shift.onsetAt)],
    )
    .sort(byStrength);
  const from = shifts[0]?.recentFrom ?? windows.recent.from;
  return {
    scanned: refs.length,
    windows: { baseline: { ...windows.baseline, to: from }, recent: { ...windows.recent, from } },
    readings,
    findings,
  };
}
