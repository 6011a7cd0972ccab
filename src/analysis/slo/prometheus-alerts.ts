/** What the alerts of burn rules say in Prometheus. */
import type { BurnRule } from './burn-rules.js';
import type { Objective } from './objective.js';
import { promDuration, promNumber } from './prometheus-expressions.js';
import type { SloRevision } from './status.js';

/** An objective with all that its rules are made of. */
export interface RuledSlo {
  readonly slo: SloRevision;
  readonly objective: Objective;
  readonly rules: readonly BurnRule[];
}

/** Labels that rules give to what they record and fire. */
export type Labels = Readonly<Record<string, string>>;

const severities = { page: 'critical', ticket: 'warning' } as const;

/** What tells whose rules these are. */
export function labelsOf({ slo, service, owner }: SloRevision): Labels {
  return { slo, ...(service === undefined ? {} : { service }), ...(owner === undefined ? {} : { owner }) };
}

/** What an alert carries. */
export function alertLabels({ slo }: RuledSlo, rule: BurnRule): Labels {
  return {
    ...labelsOf(slo),
    severity: severities[rule.urgency],
    rule: rule.name,
    long_window: promDuration(rule.longMs),
    short_window: promDuration(rule.shortMs),
  };
}

/** What an alert says. */
export function alertSummary({ slo, objective }: RuledSlo, rule: BurnRule): string {
  const percent = promNumber(objective.share * 100);
  const windows = `${promDuration(rule.longMs)} and over ${promDuration(rule.shortMs)}`;
  return `${slo.title ?? slo.slo} uses up the error budget of its ${percent} % more than ${rule.factor} times as fast as it may, over ${windows}`;
}
