/** Tests for promtool: with what comes in bad, every rule that can fire does; with what is good, none does. */
import { MINUTE_MS, quoteLabelValue } from '../../model/index.js';
import { BURN_ALERT } from './alerts.js';
import type { BurnRule } from './burn-rules.js';
import type { SeriesSelector } from './objective.js';
import { alertLabels, type RuledSlo } from './prometheus-alerts.js';
import { promDuration, promSelector, type RuleLabels, thresholdOf } from './prometheus-expressions.js';

/** What comes in during a test. */
interface Scenario {
  readonly name: string;
  /** The share of bad events or slices of an objective. */
  readonly badShareOf: (ruled: RuledSlo) => number;
}

const EVENTS_A_MINUTE = 1_000;

/** A value that a matcher's expression would take; undefined where one would have to be thought up. */
function exampleOf({ operator, value }: SeriesSelector['matchers'][number]): string | undefined {
  switch (operator) {
    case '=':
      return value;
    case '!=':
      return `not-${value}`;
    case '=~': {
      const simple = (value.split('|')[0] ?? '').replace(/^\(|\)$/g, '').replace(/\.[+*]?/g, '0');
      return new RegExp(`^(?:${value})$`).test(simple) ? simple : undefined;
    }
    case '!~':
      return new RegExp(`^(?:${value})$`).test('200') ? undefined : '200';
  }
}

/** One series that a selector takes, as promtool writes it; undefined where an expression is too much of a riddle. */
function exampleSeries(selector: SeriesSelector, labels: RuleLabels): string | undefined {
  const matchers = new Map<string, string>();
  for (const matcher of selector.matchers) {
    const value = exampleOf(matcher);
    if (value === undefined) return undefined;
    if (!matchers.has(matcher.label) || matcher.operator === '=') matchers.set(matcher.label, value);
  }
  const plain = [...matchers].map(([label, value]) => ({ label, operator: '=' as const, value }));
  return promSelector({ ...selector, matchers: plain }, labels);
}

function seriesOf({ objective }: RuledSlo, badShare: number, minutes: number, labels: RuleLabels) {
  const { indicator } = objective;
  const grows = (share: number): string => `0+${Math.round(EVENTS_A_MINUTE * share)}x${minutes}`;
  if (indicator.type === 'level') {
    const { direction, target, level } = indicator;
    const [good, bad] = direction === 'at_most' ? [target, target + 1] : [target, target - 1];
    return [{ series: exampleSeries(level, labels), values: `${badShare > 0 ? bad : good}x${minutes}` }];
  }
  const { total, counted, counts } = indicator;
  const share = counts === 'bad' ? badShare : 1 - badShare;
  const [whole, part] = [exampleSeries(total, labels), exampleSeries(counted, labels)];
  // One series may be both: all of what it counts is then good, or bad.
  if (whole === part) return [];
  const isPart = counted.metric === total.metric;
  return [
    { series: part, values: grows(share) },
    { series: whole, values: grows(isPart ? 1 - share : 1) },
  ];
}

/** How long a test of events takes: their share is the same over every range. */
const EVENT_MINUTES = 30;

/**
 * How long a test takes. Of slices over half of the second window has been recorded by then; waiting for the longest,
 * of days, would take promtool minutes, so that there only the rules on the shorter ones are seen to fire.
 */
function testMinutes(batch: readonly RuledSlo[]): number {
  const minutes = batch.map(({ objective, rules }) => {
    const lengths = rules.map(({ longMs }) => longMs / MINUTE_MS).sort((a, b) => a - b);
    const second = lengths[1] ?? lengths[0] ?? 0;
    return objective.unit === 'events' ? EVENT_MINUTES : Math.ceil(second * 0.55) + 5;
  });
  return Math.max(EVENT_MINUTES, ...minutes);
}

/** Whether a rule fires after so many minutes of a bad share; promtool records slices each minute, however long they are. */
function fires({ objective }: RuledSlo, rule: BurnRule, badShare: number, minutes: number): boolean {
  const isKnown = objective.unit === 'events' || minutes >= Math.ceil(rule.longMs / objective.sliceMs / 2);
  return isKnown && badShare > thresholdOf(objective, rule);
}

/** An alert that fires, as the series that Prometheus keeps of it. */
function firingSeries(ruled: RuledSlo, rule: BurnRule): object {
  const labels = { alertname: BURN_ALERT, alertstate: 'firing', ...alertLabels(ruled, rule) };
  const written = Object.entries(labels).map(([name, value]) => `${name}=${quoteLabelValue(value)}`);
  return { labels: `ALERTS{${written.join(',')}}`, value: 1 };
}

function testOf(batch: readonly RuledSlo[], scenario: Scenario, labels: RuleLabels): object {
  const minutes = testMinutes(batch);
  return {
    name: scenario.name,
    interval: '1m',
    input_series: batch.flatMap((ruled) => seriesOf(ruled, scenario.badShareOf(ruled), minutes, labels)),
    // By objective: the rules of others, which may be on the same series, are evaluated too.
    promql_expr_test: batch.map((ruled) => ({
      expr: `ALERTS{alertname="${BURN_ALERT}",slo=${quoteLabelValue(ruled.slo.slo)}}`,
      eval_time: promDuration(minutes * MINUTE_MS),
      exp_samples: ruled.rules
        .filter((rule) => fires(ruled, rule, scenario.badShareOf(ruled), minutes))
        .map((rule) => firingSeries(ruled, rule)),
    })),
  };
}

/** A share of bad events that the slower rules see and the fastest does not; all good where there is none. */
function slowBurn({ objective, rules }: RuledSlo): number {
  const [, slower] = rules;
  if (objective.unit !== 'events' || slower === undefined) return 0;
  const share = Math.round(thresholdOf(objective, slower) * 1.2 * EVENTS_A_MINUTE) / EVENTS_A_MINUTE;
  return share < 1 ? share : 0;
}

const scenarios: readonly Scenario[] = [
  { name: 'what is good stays silent', badShareOf: () => 0 },
  { name: 'what is bad fires', badShareOf: () => 1 },
  { name: 'what burns slowly fires only slow rules', badShareOf: slowBurn },
];

/** What series an objective is on: two objectives on the same cannot be tested together. */
function metricsOf({ objective: { indicator } }: RuledSlo): readonly SeriesSelector[] {
  return indicator.type === 'level' ? [indicator.level] : [indicator.total, indicator.counted];
}

const clash = (a: SeriesSelector, b: SeriesSelector): boolean =>
  a.metric === b.metric && (a.service === undefined || b.service === undefined || a.service === b.service);

/** Objectives that can be tested together: promtool evaluates every rule in each test, so few tests are fast. */
function batchesOf(ruled: readonly RuledSlo[]): readonly (readonly RuledSlo[])[] {
  const batches: RuledSlo[][] = [];
  for (const one of ruled) {
    const own = metricsOf(one);
    const fits = (batch: readonly RuledSlo[]): boolean =>
      !batch.flatMap(metricsOf).some((other) => own.some((selector) => clash(selector, other)));
    const batch = batches.find(fits);
    if (batch === undefined) batches.push([one]);
    else batch.push(one);
  }
  return batches;
}

/** The tests of objectives. One whose selectors are expressions that no example is found for has none. */
export function testsOf(ruled: readonly RuledSlo[], labels: RuleLabels): readonly object[] {
  const testable = ruled.filter(
    (one) =>
      one.rules.length > 0 &&
      metricsOf(one).every((each) => exampleSeries(each, labels) !== undefined) &&
      seriesOf(one, 1, 1, labels).length > 0,
  );
  return batchesOf(testable).flatMap((batch) => scenarios.map((scenario) => testOf(batch, scenario, labels)));
}
