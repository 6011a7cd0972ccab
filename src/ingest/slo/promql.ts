/** Reads the series out of simple PromQL queries: what an objective needs of them is which samples count. */
import { formatMatchers, type LabelMatcher, METRIC_LABEL, parseMatchers } from '../../model/index.js';

/** The series that a query speaks of, and what it does with them. */
export interface QuerySeries {
  readonly metric: string;
  /** In braces; undefined when there are none. */
  readonly selector: string | undefined;
  readonly matchers: readonly LabelMatcher[];
  /** Whether it takes the growth of a counter. */
  readonly isGrowth: boolean;
  /** How series are put together; undefined when they are not. */
  readonly aggregate: 'sum' | 'min' | 'max' | undefined;
  /** As the query says it, `by (code)`; undefined where series are not put together in groups. */
  readonly grouping: string | undefined;
}

const AGGREGATE =
  /^(sum|min|max)\s*((?:by|without)\s*\([^()]*\)\s*)?\((.*)\)\s*((?:by|without)\s*\([^()]*\))?$/s;
const GROWTH = /^(?:rate|irate|increase)\s*\((.*)\)$/s;
const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)?\s*(\{[\s\S]*\})?\s*(\[[^[\]]+\])?$/;

/** The series of a query; a text that says why it cannot be taken instead. */
export function seriesOfQuery(query: string): QuerySeries | string {
  const [, aggregate, before, aggregated, after] = AGGREGATE.exec(query.trim()) ?? [];
  const inner = (aggregated ?? query).trim();
  const [, growing] = GROWTH.exec(inner) ?? [];
  const [whole, name, braces, range] = SERIES.exec((growing ?? inner).trim()) ?? [];
  if (whole === undefined || whole === '') {
    return `expected one series, maybe in rate() or increase() and in sum(), min() or max(), not ${query.slice(0, 120)}`;
  }
  const matchers = braces === undefined ? [] : parseMatchers(braces);
  if (typeof matchers === 'string') return matchers;
  const named = matchers.find(({ label, operator }) => label === METRIC_LABEL && operator === '=');
  const metric = name ?? named?.value;
  if (metric === undefined) return 'expected the name of a metric';
  const rest = matchers.filter((matcher) => matcher !== named);
  if (rest.some(({ label }) => label === METRIC_LABEL)) return 'expected one name of a metric';
  const selector = formatMatchers(rest);
  return {
    metric,
    selector: selector === '' ? undefined : selector,
    matchers: rest,
    isGrowth: growing !== undefined || range !== undefined,
    aggregate: aggregate === 'sum' || aggregate === 'min' || aggregate === 'max' ? aggregate : undefined,
    grouping: (before ?? after)?.trim(),
  };
}
