/** What an objective asks, as PromQL. */
import {
  formatMatchers,
  type LabelMatcher,
  MINUTE_MS,
  quoteLabelValue,
  SECOND_MS,
  SERVICE_LABELS,
} from '../../model/index.js';
import type { BurnRule } from './burn-rules.js';
import type { Objective, SeriesSelector } from './objective.js';

/** Which labels Prometheus tells services and their parts by. */
export interface RuleLabels {
  readonly service: string;
  readonly component: string;
}

/** The labels that Genchi's own exporter and conventions have. */
export const usualRuleLabels: RuleLabels = { service: 'service', component: 'component' };

/** A span of time as Prometheus writes it. */
export function promDuration(ms: number): string {
  const minutes = ms / MINUTE_MS;
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  if (minutes % 60 === 0) return `${minutes / 60}h`;
  return Number.isInteger(minutes) ? `${minutes}m` : `${Math.round(ms / SECOND_MS)}s`;
}

/** A number as PromQL writes it, without what rounding left at its end. */
export const promNumber = (value: number): string => String(Number(value.toPrecision(12)));

/** The series of a selector, with its service where no matcher tells one. */
export function promSelector(
  { metric, service, component, matchers }: SeriesSelector,
  labels: RuleLabels,
): string {
  const tells = (label: string): boolean => matchers.some((matcher) => matcher.label === label);
  const own: LabelMatcher[] = [];
  if (service !== undefined && ![...SERVICE_LABELS, labels.service].some(tells)) {
    own.push({ label: labels.service, operator: '=', value: service });
  }
  if (component !== undefined && !tells(labels.component)) {
    own.push({ label: labels.component, operator: '=', value: component });
  }
  const isPlain = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric);
  const named: readonly LabelMatcher[] = isPlain ? [] : [{ label: '__name__', operator: '=', value: metric }];
  return `${isPlain ? metric : ''}${formatMatchers([...named, ...matchers, ...own])}`;
}

/** The growth of a counter can only be told from two samples. */
const LEAST_RANGE_MS = 2 * MINUTE_MS;

/** The share of bad events over a range. A counter of errors without series counts as nothing bad. */
function badEvents(objective: Objective, rangeMs: number, labels: RuleLabels): string {
  const { indicator } = objective;
  if (indicator.type === 'level') return '';
  const range = `[${promDuration(Math.max(rangeMs, LEAST_RANGE_MS))}]`;
  const total = `sum(rate(${promSelector(indicator.total, labels)}${range}))`;
  const counted = `(sum(rate(${promSelector(indicator.counted, labels)}${range})) or vector(0))`;
  const share = `${counted} / (${total} > 0)`;
  return indicator.counts === 'bad' ? `clamp_max(${share}, 1)` : `clamp_min(1 - ${share}, 0)`;
}

/** Whether the slice of time that ends now is bad: 1 or 0; undefined where events are counted. */
export function badSlice(objective: Objective, labels: RuleLabels): string | undefined {
  const { indicator, sliceMs } = objective;
  if (indicator.type === 'level') {
    const { direction, target, level } = indicator;
    const mean = `avg_over_time(${promSelector(level, labels)}[${promDuration(sliceMs)}])`;
    return direction === 'at_most'
      ? `max(${mean}) > bool ${promNumber(target)}`
      : `min(${mean}) < bool ${promNumber(target)}`;
  }
  if (indicator.sliceTarget === undefined) return undefined;
  return `(${badEvents(objective, sliceMs, labels)}) > bool ${promNumber(1 - indicator.sliceTarget)}`;
}

/** The metric that is recorded of whether a slice is bad, and of the bad share of a range. */
export const BAD_SLICE = 'slo:bad_slice';
export const badShareName = (rangeMs: number): string => `slo:bad_share:${promDuration(rangeMs)}`;

/** The bad share of a range: of events, or of the slices that were recorded, at least half of them. */
export function badShare(slo: string, objective: Objective, rangeMs: number, labels: RuleLabels): string {
  if (badSlice(objective, labels) === undefined) return badEvents(objective, rangeMs, labels);
  const slices = `${BAD_SLICE}{slo=${quoteLabelValue(slo)}}[${promDuration(rangeMs)}]`;
  const half = Math.max(1, Math.ceil(rangeMs / objective.sliceMs / 2));
  return `avg_over_time(${slices}) and count_over_time(${slices}) >= ${half}`;
}

/** How large the bad share must be for a rule to fire. */
export function thresholdOf({ share }: Objective, { factor }: BurnRule): number {
  return Number((factor * (1 - share)).toPrecision(12));
}
