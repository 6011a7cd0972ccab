import { DEVIATION_CAP } from '../evidence/index.js';
import { formatInstant, type Instant, pathOf, pathOfEvent, SECOND_MS } from '../model/index.js';
import type { Argument } from './analysis.js';
import type { FailureCluster } from './failures.js';
import type { Finding, Reading } from './onset.js';

/** A time of day for a sentence: `10:32:15 UTC`. */
export function clockTime(at: Instant): string {
  return `${formatInstant(at).slice(11, 19)} UTC`;
}

/** A length of time for a sentence, in seconds or minutes. */
export function span(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / SECOND_MS);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** A number with three significant digits. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(2);
  return String(Number(value.toPrecision(size >= 1000 ? 4 : 3)));
}

const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

function bytes(value: number): string {
  const step = Math.min(
    BINARY_UNITS.length - 1,
    Math.max(0, Math.floor(Math.log2(Math.abs(value) || 1) / 10)),
  );
  return `${figure(value / 1024 ** step)} ${BINARY_UNITS[step]}`;
}

/** A value with its unit, where the metric's name tells it. */
export function quantity(reading: Reading, value: number): string {
  const { series, shift } = reading;
  const name = series.metric.replace(/_(total|sum|count|bucket)$/, '');
  const per = shift.figure === 'rate' ? '/s' : '';
  if (/bytes$/.test(name)) return `${bytes(value)}${per}`;
  if (/_ms$|_millis(econds)?$/.test(name)) return `${figure(value)} ms${per}`;
  if (/_(seconds|secs)$/.test(name)) return `${figure(value)} s${per}`;
  if (/_(percent|pct)$/.test(name)) return `${figure(value)} %${per}`;
  if (/_(mb|megabytes)$/.test(name)) return `${figure(value)} MB${per}`;
  return `${figure(value)}${per}`;
}

/** The change of a metric in percent of its baseline; undefined when that is zero. */
export function changePercent(finding: Finding): number | undefined {
  const { baselineMedian, recentMedian } = finding.shift;
  if (baselineMedian === 0) return undefined;
  return Number((((recentMedian - baselineMedian) / Math.abs(baselineMedian)) * 100).toFixed(1));
}

function isQuantile({ figure }: Reading['shift']): boolean {
  return figure === 'p50' || figure === 'p95' || figure === 'p99';
}

/** From this many percent on a change is told as a multiple, which is sooner taken in. */
const MULTIPLE_FROM_PERCENT = 1_000;

/** How far a metric moved, in a sentence: `by 64.7 %`, or `to 4968 times its median`. */
export function extentOf(percent: number): string {
  if (percent >= MULTIPLE_FROM_PERCENT) return `to ${figure(percent / 100 + 1)} times its median`;
  return `by ${figure(Math.abs(percent))} %`;
}

/** The same in brackets behind the two values: `+64.7 %`, or `4968 times`. */
function extentAfterValues(percent: number): string {
  if (percent >= MULTIPLE_FROM_PERCENT) return `${figure(percent / 100 + 1)} times`;
  return `${percent > 0 ? '+' : ''}${figure(percent)} %`;
}

/** What a reading is of: `heap_used_bytes of cache (pod-1)`. */
export function nameOf({ series, service, shift, measuredAt }: Reading): string {
  const quantile = isQuantile(shift)
    ? `${shift.figure} of ${series.metric.replace(/_bucket$/, '')}`
    : undefined;
  const labels = ['quantile', 'le', 'code', 'status', 'route', 'queue', 'pool', 'level']
    .filter((name) => name !== 'le' || quantile === undefined)
    .flatMap((name) => (series.labels[name] === undefined ? [] : `${name}=${series.labels[name]}`))
    .join(',');
  const part = [series.component, labels].filter((text) => text !== undefined && text !== '').join(', ');
  const seen =
    measuredAt !== undefined
      ? `, measured at ${measuredAt} before it`
      : series.caller === undefined
        ? ''
        : `, as ${series.caller} measures it`;
  return `${quantile ?? series.metric} of ${service}${part === '' ? '' : ` (${part})`}${seen}`;
}

/**
 * The receipts of a finding: its samples at the onset and at the peak. Of a rate the sample before the peak too, from
 * which on it was counted, of a mean those of the counts that it was divided by, of a quantile those of the bucket below.
 */
export function citesOf({
  series,
  shift,
  divisor,
  bucketBelow,
  events,
  shownAt,
}: Finding): readonly string[] {
  if (events !== undefined) return [...new Set(events.map((event) => pathOf({ type: 'event', ...event })))];
  const { peakAt, peakSince } = shift;
  const counted = peakSince === undefined ? [peakAt] : [peakAt, peakSince];
  return [
    ...[...new Set([shownAt, ...counted])].map((at) => ({ series, at })),
    ...[divisor, bucketBelow].flatMap((beside) =>
      beside === undefined ? [] : counted.map((at) => ({ series: beside, at })),
    ),
  ].map((sample) => pathOf({ type: 'sample', series: sample.series.key, at: sample.at }));
}

/** How many of its usual spreads a series moved; deviations are cut off, which is said. */
export function spreads(deviation: number): string {
  const size = Math.abs(deviation);
  return size >= DEVIATION_CAP ? `over ${DEVIATION_CAP}` : figure(size);
}

/** Says how a metric changed. */
export function shiftArgument(finding: Finding): Argument {
  const { shift, shownAt } = finding;
  const percent = changePercent(finding);
  const by = percent === undefined ? '' : ` (${extentAfterValues(percent)})`;
  const verb = shift.deviation > 0 ? 'rose' : 'fell';
  const from = quantity(finding, shift.baselineMedian);
  const to = quantity(finding, shift.recentMedian);
  const when =
    shift.untilAt === undefined
      ? `from ${clockTime(shownAt)} on`
      : `between ${clockTime(shownAt)} and ${clockTime(shift.untilAt)}`;
  return {
    sentence: `${nameOf(finding)} ${verb} from a median of ${from} to ${to}${by} ${when}, ${spreads(shift.deviation)} times its usual spread at its peak of ${quantity(finding, shift.peak)} at ${clockTime(shift.peakAt)}.`,
    cites: citesOf(finding),
  };
}

/** The receipts of a cluster: its first ones and its last. */
export function clusterCites({ receipts }: FailureCluster): readonly string[] {
  const shown = receipts.length <= 5 ? receipts : [...receipts.slice(0, 4), ...receipts.slice(-1)];
  return shown.map(pathOfEvent);
}

/** Says how often something failed. */
export function clusterArgument(cluster: FailureCluster): Argument {
  const { causeKind, component, service, count, usual, onsetAt, reason } = cluster;
  const times = count === 1 ? 'once' : `${count} times`;
  const what =
    causeKind === 'failure'
      ? `${component} of ${service} failed ${times}`
      : `The circuit ${component} of ${service} opened ${times}`;
  const why = reason === undefined ? '' : ` ("${reason}")`;
  return {
    sentence: `${what}${why} from ${clockTime(onsetAt)} on; ${figure(usual)} in as long a time is usual.`,
    cites: clusterCites(cluster),
  };
}
