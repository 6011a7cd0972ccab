/** Which series an objective speaks of. */
import type { EvidenceStore } from '../../evidence/index.js';
import type { LabelMatcher, Series, SeriesRef } from '../../model/index.js';
import { pillars } from '../metrics.js';
import type { SeriesSelector } from './objective.js';

/** Whether expressions match whole texts, by `expression\0text`. */
type Matches = ReadonlyMap<string, boolean>;

const isPattern = ({ operator }: LabelMatcher): boolean => operator === '=~' || operator === '!~';

const keyOf = (pattern: string, text: string): string => `${pattern}\0${text}`;

function keeps({ labels }: Series, { label, operator, value }: LabelMatcher, matches: Matches): boolean {
  const text = labels[label] ?? '';
  switch (operator) {
    case '=':
      return text === value;
    case '!=':
      return text !== value;
    case '=~':
      return matches.get(keyOf(value, text)) === true;
    case '!~':
      return matches.get(keyOf(value, text)) === false;
  }
}

/** Series of a metric, service and component, whatever their other labels. */
function candidatesOf(
  byMetric: ReadonlyMap<string, readonly Series[]>,
  { metric, service, component }: SeriesSelector,
): readonly Series[] {
  const all = (byMetric.get(metric) ?? []).filter(
    (series) =>
      (service === undefined || series.service === service) &&
      (component === undefined || series.component === component),
  );
  if (service !== undefined || !pillars.some((pillar) => metric.startsWith(`${pillar}_`))) return all;
  // The pillars are measured of the whole system too: an objective without a service is on that.
  const whole = all.filter((series) => series.service === undefined);
  return whole.length === 0 ? all : whole;
}

/** The series of each selector. Expressions are matched inside the store, whose engine takes linear time. */
export async function selectSeries(
  store: EvidenceStore,
  selectors: readonly SeriesSelector[],
): Promise<readonly (readonly SeriesRef[])[]> {
  const byMetric = new Map<string, Series[]>();
  for (const series of store.findSeries({ metrics: [...new Set(selectors.map(({ metric }) => metric))] })) {
    const own = byMetric.get(series.metric);
    if (own === undefined) byMetric.set(series.metric, [series]);
    else own.push(series);
  }
  const found = selectors.map((selector) => candidatesOf(byMetric, selector));
  const asked = new Map<string, { readonly pattern: string; readonly text: string }>();
  for (const [place, { matchers }] of selectors.entries()) {
    for (const { label, value } of matchers.filter(isPattern)) {
      for (const { labels } of found[place] ?? []) {
        const text = labels[label] ?? '';
        asked.set(keyOf(value, text), { pattern: value, text });
      }
    }
  }
  const answers = await store.matchTexts([...asked.values()]);
  const matches = new Map([...asked.keys()].map((key, place) => [key, answers[place] === true]));
  return selectors.map(({ matchers }, place) =>
    (found[place] ?? [])
      .filter((series) => matchers.every((matcher) => keeps(series, matcher, matches)))
      .map(({ ref }) => ref),
  );
}
