/**
 * Writes families of series as text: in Prometheus' classic format, or in OpenMetrics 1.0 with exemplars.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
import { OWN_SOURCE, SOURCE_LABEL } from '../../model/index.js';

/** The two forms of a scrape. */
export type Format = 'classic' | 'open';

/** The content types of the forms. */
export const CONTENT_TYPE: Readonly<Record<Format, string>> = {
  classic: 'text/plain; version=0.0.4; charset=utf-8',
  open: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Labels of one series; those that are undefined are left out. */
export type SeriesLabels = Readonly<Record<string, string | undefined>>;

/**
 * The label of every series that Genchi computes of the system it watches: those that come back to it, by the remote
 * write of the Prometheus that scraped them, are known by it and are no evidence.
 */
export const COMPUTED: SeriesLabels = { [SOURCE_LABEL]: OWN_SOURCE };

/** One event behind a count: the path of its receipt, what it added, and when it happened. */
export interface Exemplar {
  /** `/id/KIND/TIME/IDENTITY`: at most 83 of the 128 characters that the labels of an exemplar may have together. */
  readonly receipt: string;
  readonly value: number;
  /** Seconds since the epoch. */
  readonly atSeconds: number;
}

/** A value of one series. */
export interface Point {
  readonly labels: SeriesLabels;
  readonly value: number;
}

/** A count with what added to it last. */
export interface CountPoint extends Point {
  readonly exemplar: Exemplar | undefined;
}

/** How values are spread over buckets, with what fell into each of them last. */
export interface HistogramPoint {
  readonly labels: SeriesLabels;
  /** Cumulative counts by upper bound, ascending; the last bound is Infinity. */
  readonly buckets: readonly {
    readonly upTo: number;
    readonly count: number;
    readonly exemplar: Exemplar | undefined;
  }[];
  readonly sum: number;
}

/** Series of one name. Exemplars stand where OpenMetrics allows them: at counters and the buckets of histograms. */
export type Family =
  | {
      /** `unknown` is for settled names that end like a counter's and are none. */
      readonly type: 'gauge' | 'unknown';
      readonly name: string;
      readonly help: string;
      readonly points: readonly Point[];
    }
  | {
      readonly type: 'counter';
      /** With `_total` at its end. */
      readonly name: string;
      readonly help: string;
      readonly points: readonly CountPoint[];
    }
  | {
      readonly type: 'histogram';
      readonly name: string;
      readonly help: string;
      readonly points: readonly HistogramPoint[];
    };

/** Series whose lines are the same in either format. */
export type Gauges = Extract<Family, { readonly type: 'gauge' | 'unknown' }>;

const SPECIAL = /[\\\n"]/;

function escapeValue(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** Labels as they stand between the braces. */
export function labelsText(labels: SeriesLabels): string {
  let text = '';
  for (const name in labels) {
    const value = labels[name];
    if (value !== undefined) text += `${text === '' ? '' : ','}${name}="${escapeValue(value)}"`;
  }
  return text;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${numberText(value)}`;
}

/** Two texts of labels as one. */
const joined = (one: string, other: string): string =>
  one === '' || other === '' ? one + other : `${one},${other}`;

function exemplarText(exemplar: Exemplar | undefined, format: Format): string {
  if (exemplar === undefined || format === 'classic') return '';
  const { receipt, value, atSeconds } = exemplar;
  return ` # {receipt="${escapeValue(receipt)}"} ${numberText(value)} ${atSeconds}`;
}

function histogramLines(
  name: string,
  { labels, buckets, sum }: HistogramPoint,
  format: Format,
  common: string,
): string {
  const own = joined(labelsText(labels), common);
  const before = own === '' ? '' : `${own},`;
  const count = buckets.at(-1)?.count ?? 0;
  const lines = buckets.map(
    (bucket) =>
      `${line(`${name}_bucket`, `${before}le="${numberText(bucket.upTo)}"`, bucket.count)}${exemplarText(bucket.exemplar, format)}\n`,
  );
  return `${lines.join('')}${line(`${name}_sum`, own, sum)}\n${line(`${name}_count`, own, count)}\n`;
}

/** The lines of gauges with the common labels too, in either format. */
export function gaugeLines({ name, points }: Gauges, common: string): string {
  let text = '';
  for (const { labels, value } of points)
    text += `${line(name, joined(labelsText(labels), common), value)}\n`;
  return text;
}

function linesOf(family: Family, format: Format, common: string): string {
  let text = '';
  switch (family.type) {
    case 'gauge':
    case 'unknown':
      return gaugeLines(family, common);
    case 'counter':
      for (const { labels, value, exemplar } of family.points) {
        const counted = line(family.name, joined(labelsText(labels), common), value);
        text += `${counted}${exemplarText(exemplar, format)}\n`;
      }
      return text;
    case 'histogram':
      for (const point of family.points) text += histogramLines(family.name, point, format, common);
      return text;
  }
}

/** In OpenMetrics a counter's family is named without the `_total` of its series. */
const familyName = (name: string, type: string, format: Format): string =>
  format === 'open' && type === 'counter' ? name.replace(/_total$/, '') : name;

/** What stands before the lines of a family. */
export function familyHead(
  { name: named, type: is, help: says }: Omit<Family, 'points'>,
  format: Format,
): string {
  const name = familyName(named, is, format);
  const help = format === 'open' ? escapeValue(says) : says.replaceAll('\n', '\\n');
  const type = is === 'unknown' && format === 'classic' ? 'untyped' : is;
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/**
 * Writes families that have series, each series with the common labels too; a family without any is left out, since
 * nothing is known of it.
 */
export function writeFamilies(
  families: readonly Family[],
  format: Format,
  common: SeriesLabels = {},
): string {
  const everywhere = labelsText(common);
  let text = '';
  for (const family of families) {
    if (family.points.length === 0) continue;
    text += `${familyHead(family, format)}${linesOf(family, format, everywhere)}`;
  }
  return text;
}

/**
 * Turns what prom-client writes in the classic format into OpenMetrics. Its own way to OpenMetrics renames the counters
 * of a registry for good, so that one registry cannot serve both formats.
 */
export function openMetricsOf(classic: string): string {
  const counters = new Set<string>();
  for (const [, name = ''] of classic.matchAll(/^# TYPE (\S+) counter$/gm)) counters.add(name);
  return classic
    .replace(/^# (HELP|TYPE) (\S+)/gm, (head, what: string, name: string) =>
      counters.has(name) ? `# ${what} ${familyName(name, 'counter', 'open')}` : head,
    )
    .replace(/\n{2,}/g, '\n');
}
