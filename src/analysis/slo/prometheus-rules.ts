/** Rule files for Prometheus that fire as Genchi's own burn rules do, and tests of them for promtool. */
import { stringify } from 'yaml';
import { quoteLabelValue } from '../../model/index.js';
import { BURN_ALERT } from './alerts.js';
import { burnRulesFor } from './burn-rules.js';
import { objectiveOf } from './objective.js';
import { alertLabels, alertSummary, labelsOf, type RuledSlo } from './prometheus-alerts.js';
import {
  BAD_SLICE,
  badShare,
  badShareName,
  badSlice,
  promDuration,
  promNumber,
  type RuleLabels,
  thresholdOf,
  usualRuleLabels,
} from './prometheus-expressions.js';
import { testsOf } from './prometheus-tests.js';
import type { SloRevision } from './status.js';

/** In labels and annotations of alerts braces begin a template: what stands in names of objectives is text. */
const literal = (text: string): string => text.replaceAll('{{', '{{ "{{" }}');

/** The recording rules come first, so that alerts see what was recorded in the same round. */
function groupOf(ruled: RuledSlo, labels: RuleLabels): object {
  const { slo, objective, rules } = ruled;
  const own = labelsOf(slo);
  const slice = badSlice(objective, labels);
  const ranges = [...new Set(rules.flatMap(({ longMs, shortMs }) => [shortMs, longMs]))].sort(
    (a, b) => a - b,
  );
  const at = `{slo=${quoteLabelValue(slo.slo)}}`;
  return {
    name: `slo ${slo.slo}`,
    ...(slice === undefined ? {} : { interval: promDuration(objective.sliceMs) }),
    rules: [
      ...(slice === undefined ? [] : [{ record: BAD_SLICE, expr: slice, labels: own }]),
      ...ranges.map((rangeMs) => ({
        record: badShareName(rangeMs),
        expr: badShare(slo.slo, objective, rangeMs, labels),
        labels: own,
      })),
      ...rules.map((rule) => {
        const above = `> ${promNumber(thresholdOf(objective, rule))}`;
        return {
          alert: BURN_ALERT,
          expr: `${badShareName(rule.longMs)}${at} ${above} and ${badShareName(rule.shortMs)}${at} ${above}`,
          labels: Object.fromEntries(
            Object.entries(alertLabels(ruled, rule)).map(([name, value]) => [name, literal(value)]),
          ),
          annotations: { summary: literal(alertSummary(ruled, rule)) },
        };
      }),
    ],
  };
}

/** A rule file, and a file of tests that prove that its rules fire and stay silent. */
export interface RuleFiles {
  /** For Prometheus' `rule_files`. */
  readonly rules: string;
  /** For `promtool test rules`; it names the rule file. */
  readonly tests: string;
}

/**
 * Writes the rules of objectives as YAML for Prometheus, both recording and alerting, and tests of them. `ruleFile` is
 * the name that the tests know the rules by. Revisions that name no metric are left out.
 */
export function prometheusRules(
  slos: readonly SloRevision[],
  ruleFile: string,
  labels: RuleLabels = usualRuleLabels,
): RuleFiles {
  const ruled = slos.flatMap((slo): readonly RuledSlo[] => {
    const objective = objectiveOf(slo);
    if (objective === undefined) return [];
    return [{ slo, objective, rules: burnRulesFor(objective.windowMs, objective.sliceMs) }];
  });
  const written = { lineWidth: 0 };
  return {
    rules: stringify({ groups: ruled.map((one) => groupOf(one, labels)) }, written),
    tests: stringify(
      { rule_files: [ruleFile], evaluation_interval: '1m', tests: testsOf(ruled, labels) },
      written,
    ),
  };
}
