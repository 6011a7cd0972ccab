/** What to do about metrics of the pillars that miss their targets. */
import type { Effort } from '../../model/index.js';
import type { Health } from '../health.js';
import { type Judgement, type MetricSpec, metricNames, type PillarMetric, standingOf } from '../metrics.js';
import { ask, type Findings, measured, seriesPaths, servicePath, things, whereOf } from './findings.js';
import type { Proposal } from './recommendation.js';

/** What is usually done first, and how long it takes. */
interface Remedy {
  readonly action: string;
  readonly effort: Effort;
}

const scaleOrShed: Remedy = {
  action: 'Add workers or take in less: find out whether tasks come faster or are done slower than before.',
  effort: 'medium',
};
const faster: Remedy = {
  action: 'Find where the slowest tasks spend their time, and take out the largest part of it.',
  effort: 'large',
};
const spread: Remedy = {
  action: 'Spread tasks over workers by their load rather than in turn, and look for workers that hang.',
  effort: 'medium',
};
const fewerFailures: Remedy = {
  action: 'Group the failures by component and reason, and mend the reason behind most of them.',
  effort: 'medium',
};
const fewerAlerts: Remedy = {
  action: 'Alert on what users feel and on burn rates, and take away alerts that nobody acts on.',
  effort: 'medium',
};

const remedies: Readonly<Partial<Record<PillarMetric, Remedy>>> = {
  jidoka_circuit_open_percent: {
    action: 'See which dependencies the open circuits protect from, and mend or do without those.',
    effort: 'medium',
  },
  jidoka_failure_rate: fewerFailures,
  jidoka_success_rate: fewerFailures,
  jidoka_recovery_time_secs: {
    action: 'Let circuits probe sooner, and give what they protect a quicker way back.',
    effort: 'small',
  },
  kanban_queue_depth: scaleOrShed,
  kanban_queue_saturation: scaleOrShed,
  kanban_wait_time_secs: scaleOrShed,
  kanban_latency_p50_ms: faster,
  kanban_latency_p95_ms: faster,
  kanban_latency_p99_ms: faster,
  kanban_throughput_per_min: {
    action: 'Find out whether fewer tasks come in or fewer are done, and widen the narrowest step.',
    effort: 'large',
  },
  andon_alerts_per_min: fewerAlerts,
  andon_alert_types_total: fewerAlerts,
  andon_critical_alerts: {
    action: 'Take on the critical alerts that are firing, and follow their incidents to the cause.',
    effort: 'small',
  },
  andon_mttd_secs: {
    action: 'Alert on the first sign that the late incidents showed, rather than on their effects.',
    effort: 'medium',
  },
  heijunka_load_balance_coeff: spread,
  heijunka_queue_variance: spread,
  heijunka_worker_utilization: {
    action: 'Fit the number of workers to the load: more when they are all busy, fewer when they idle.',
    effort: 'small',
  },
};

const otherwise: Remedy = { action: 'Find out what changed since it was met.', effort: 'medium' };

/** Of one family only the widest is told: who mends the P99 mends the others, and one queue is one trouble. */
const families: readonly (readonly PillarMetric[])[] = [
  ['kanban_latency_p99_ms', 'kanban_latency_p95_ms', 'kanban_latency_p50_ms'],
  ['kanban_queue_saturation', 'kanban_queue_depth', 'kanban_wait_time_secs'],
  ['jidoka_success_rate', 'jidoka_failure_rate'],
];

/** The bound that a value is past, and in words; undefined where there is none. */
function boundOf(
  judged: Judgement,
  value: number,
): { readonly bound: number; readonly words: string } | undefined {
  switch (judged.better) {
    case 'lower':
    case 'higher': {
      const bound = judged.target ?? judged.alert;
      if (bound === undefined) return undefined;
      return { bound, words: judged.better === 'lower' ? 'at most' : 'at least' };
    }
    case 'band':
      return value > judged.high
        ? { bound: judged.high, words: 'at most' }
        : { bound: judged.low, words: 'at least' };
    case 'trend':
      return undefined;
  }
}

/** How much better a value gets on the way to its bound, in % of the larger of the two: 0..100. */
export function gainTo(value: number, bound: number): number {
  const size = Math.max(Math.abs(value), Math.abs(bound));
  return size === 0 ? 0 : (Math.abs(value - bound) / size) * 100;
}

function proposalOf(
  { service, band, window }: Health,
  metric: PillarMetric,
  value: number,
  spec: MetricSpec,
  { at, seriesOf }: Findings,
): Proposal | undefined {
  const standing = standingOf(spec, value);
  const past = boundOf(spec.judged, value);
  if ((standing !== 'warn' && standing !== 'alert') || past === undefined) return undefined;
  const { action, effort } = remedies[metric] ?? otherwise;
  const isCritical = metric === 'andon_critical_alerts' || (standing === 'alert' && band === 'RED');
  const told = `${measured(value, spec.unit)}, its target is ${past.words} ${measured(past.bound, spec.unit)}`;
  const question = spec.pillar === 'andon' ? 'alerts/fatigue' : undefined;
  return {
    ...{ source: 'pillar', subject: metric, metric, action, effort },
    ...(service === undefined ? {} : { service }),
    priority: isCritical ? 1 : standing === 'alert' ? 2 : 3,
    title: `${metric} of ${whereOf(service)} is ${told}`,
    evidence: [
      ...things([...seriesPaths(seriesOf(metric, service)), ...servicePath(service)]),
      ...(question === undefined ? [] : [ask(question, { since: window.from, until: at })]),
    ],
    expectedGainPercent: gainTo(value, past.bound),
    gainBasis: 'The way of the metric from where it is to its target.',
  };
}

/** The metrics of a scope that miss their targets, one of each family. */
function missed(health: Health, findings: Findings): readonly Proposal[] {
  const proposals = new Map<PillarMetric, Proposal>();
  for (const metric of metricNames) {
    const value = health.readings.get(metric);
    const proposal =
      value === undefined ? undefined : proposalOf(health, metric, value, findings.metrics[metric], findings);
    if (proposal !== undefined) proposals.set(metric, proposal);
  }
  for (const family of families) {
    const [first, ...others] = family
      .filter((metric) => proposals.has(metric))
      .toSorted((a, b) => (proposals.get(a)?.priority ?? 4) - (proposals.get(b)?.priority ?? 4));
    if (first !== undefined) for (const other of others) proposals.delete(other);
  }
  return [...proposals.values()];
}

/** What pillars under their targets ask for, by service; of the whole system only what no service shows. */
export function fromPillars(findings: Findings): readonly Proposal[] {
  const services = findings.health.filter(({ service }) => service !== undefined);
  const proposals = services.flatMap((health) => missed(health, findings));
  const told = new Set(proposals.map(({ metric }) => metric));
  const system = findings.health.filter(({ service }) => service === undefined);
  const beside = system
    .flatMap((health) => missed(health, findings))
    .filter(({ metric }) => !told.has(metric));
  return [...proposals, ...beside];
}
