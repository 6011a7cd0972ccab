/** What recommendations are made from, and how things are written in them. */
import type { Series } from '../../model/index.js';
import { formatInstant, type Instant, pathOf } from '../../model/index.js';
import type { Health } from '../health.js';
import type { AlertHygiene } from '../hygiene/alerts.js';
import type { MetricHygiene } from '../hygiene/metrics.js';
import type { MetricTable } from '../metrics.js';
import type { SloRevision, SloStatus } from '../slo/status.js';
import type { Trend } from '../trend/trend.js';
import type { RecommendationEvidence } from './recommendation.js';

/** Where a metric of a service, or of the whole system, is going. */
export interface MetricTrend {
  readonly service: string | undefined;
  readonly metric: string;
  readonly trend: Trend;
}

/** All that was found at one time. */
export interface Findings {
  readonly at: Instant;
  readonly metrics: MetricTable;
  /** The whole system, and services. */
  readonly health: readonly Health[];
  /** Objectives in force, and what they were judged to be. */
  readonly slos: readonly SloRevision[];
  readonly statuses: readonly SloStatus[];
  readonly trends: readonly MetricTrend[];
  readonly alerts: AlertHygiene;
  readonly measuring: MetricHygiene;
  /** The series of a metric of a service; of the whole system without one. */
  readonly seriesOf: (metric: string, service: string | undefined) => readonly Series[];
}

/** So many things are named as evidence of one recommendation, at most. */
const MOST_EVIDENCE = 8;
/** So many names are written out in a sentence, at most. */
const MOST_NAMES = 4;

/** Things as evidence, by their paths below `/id/`. */
export function things(paths: readonly string[]): readonly RecommendationEvidence[] {
  return [...new Set(paths)].slice(0, MOST_EVIDENCE).map((path) => ({ type: 'thing', path }));
}

/** The paths of series. */
export function seriesPaths(series: readonly Series[]): readonly string[] {
  return series.map(({ key }) => pathOf({ type: 'series', series: key }));
}

/** The path of a service, where one is named. */
export function servicePath(service: string | undefined): readonly string[] {
  return service === undefined ? [] : [pathOf({ type: 'service', name: service })];
}

/** A question of the query packs as evidence. */
export function ask(
  pack: string,
  parameters: Readonly<Record<string, string | Instant>>,
): RecommendationEvidence {
  const texts = Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === 'number' ? formatInstant(value) : value,
  ]);
  return { type: 'query', pack, parameters: Object.fromEntries(texts) };
}

/** A number for people: at most four digits that count. */
export function figure(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 4 });
}

/** A figure with its unit: `185 ms`, `7.5 %`; shares and counts have none. */
export function measured(value: number, unit: string): string {
  return unit === '0..1' || unit === 'count' ? figure(value) : `${figure(value)} ${unit}`;
}

/** Names in a sentence: `a, b, c and 2 more`. */
export function listed(names: readonly string[]): string {
  const shown = names.length > MOST_NAMES + 1 ? names.slice(0, MOST_NAMES) : names;
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Where something is, as the begin of a sentence. */
export const whereOf = (service: string | undefined): string => service ?? 'the system';

/** Minutes as people say them. */
export function lasting(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
