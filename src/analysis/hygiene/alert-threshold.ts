/** Alerts whose threshold is the target of an objective: they fire when nothing is left to be saved. */
import { type EventReceipt, pathOfEvent } from '../../model/index.js';

/** An alert that fires where its objective is already missed. */
export interface TightThreshold {
  readonly name: string;
  readonly service: string | undefined;
  readonly metric: string;
  readonly threshold: number;
  readonly slo: EventReceipt<'slo'>;
  /** The path of the newest receipt of the alert, which tells the threshold. */
  readonly receipt: string;
}

/** What an alert compares, as its labels or the expression of its rule tell it. */
interface Rule {
  readonly metrics: ReadonlySet<string>;
  readonly threshold: number;
}

const COMPARISON = /(?:>=|<=|>|<)\s*(?:bool\s+)?(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*\)?\s*$/;
const NAME = /[a-zA-Z_:][\w:]*/g;

/** The expression of a rule of Prometheus, which its alerts carry in the address of the graph (`g0.expr`). */
function expressionOf({ generatorUrl }: EventReceipt<'alert_fired'>): string {
  if (generatorUrl === undefined || !URL.canParse(generatorUrl)) return '';
  return new URL(generatorUrl).searchParams.get('g0.expr') ?? '';
}

function ruleOf(alert: EventReceipt<'alert_fired'>): Rule | undefined {
  const expression = expressionOf(alert);
  const { labels = {} } = alert;
  const said = labels.threshold ?? labels.annotation_threshold ?? COMPARISON.exec(expression)?.[1];
  const threshold = Number(said);
  if (said === undefined || said.trim() === '' || !Number.isFinite(threshold)) return undefined;
  const named = expression.match(NAME) ?? [];
  return { metrics: new Set(alert.metric === undefined ? named : [...named, alert.metric]), threshold };
}

const isSame = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

/** Holds the newest receipts of alerts against the objectives in force, by metric and service. */
export function tightThresholds(
  alerts: readonly EventReceipt<'alert_fired'>[],
  slos: readonly EventReceipt<'slo'>[],
): readonly TightThreshold[] {
  return alerts.flatMap((alert) => {
    const rule = ruleOf(alert);
    if (rule === undefined) return [];
    return slos.flatMap((slo) => {
      const { metric, target, service } = slo;
      const isAbout = service === undefined || alert.service === undefined || service === alert.service;
      if (metric === undefined || target === undefined || !isAbout || !rule.metrics.has(metric)) return [];
      if (!isSame(rule.threshold, target)) return [];
      const receipt = pathOfEvent(alert);
      return [{ name: alert.name, service: alert.service, metric, threshold: target, slo, receipt }];
    });
  });
}
