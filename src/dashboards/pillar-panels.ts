/** The four panels of the guide's Kaizen dashboard, of the whole system or of one service. */
import type { MetricTable, PillarMetric } from '../analysis/index.js';
import type { Link, Panel } from './spec.js';
import { grafanaUnitOf, rangeOf, zonesOf } from './zones.js';

/** Whose readings a panel shows. */
export interface Subject {
  /** The PromQL of a metric of the pillars. */
  readonly series: (metric: PillarMetric) => string;
  /** Where its values lead. */
  readonly link: Link;
}

/** The whole system, whose series have names of their own. */
export function systemOf(genchiUrl: string): Subject {
  return {
    series: (metric) => `genchi_system_${metric}`,
    link: { title: 'Open Genchi', url: `${genchiUrl}/` },
  };
}

/** The service that is chosen in the variable `service`. */
export function chosenService(genchiUrl: string): Subject {
  return {
    series: (metric) => `${metric}{service="$service"}`,
    link: { title: 'Open in Genchi', url: `${genchiUrl}/id/service/\${service:percentencode}` },
  };
}

function gaugeOf(metric: PillarMetric, title: string, table: MetricTable, subject: Subject): Panel {
  const spec = table[metric];
  return {
    type: 'gauge',
    title,
    description: `${spec.meaning} Green is within the target, red beyond the alert threshold.`,
    queries: [{ expr: subject.series(metric), legend: metric }],
    ...{ width: 6, height: 9, unit: grafanaUnitOf(spec), zones: zonesOf(spec), links: [subject.link] },
    ...rangeOf(spec),
  };
}

function kanban({ series, link }: Subject): Panel {
  return {
    type: 'lines',
    title: 'Kanban: flow',
    description:
      'Tasks that wait, how long the slowest hundredth takes, and how many are completed a minute.',
    queries: [
      { expr: series('kanban_queue_depth'), legend: 'Queue depth' },
      { expr: series('kanban_latency_p99_ms'), legend: 'Latency P99' },
      { expr: series('kanban_throughput_per_min'), legend: 'Throughput' },
    ],
    ...{ width: 12, height: 9, min: 0, links: [link] },
    styles: [
      { series: 'Queue depth', color: 'blue', unit: 'short', axis: { side: 'left', label: 'tasks' } },
      { series: 'Latency P99', color: 'orange', unit: 'ms', axis: { side: 'right', label: 'latency' } },
      {
        ...{ series: 'Throughput', color: 'green', unit: 'cpm', fillPercent: 25 },
        axis: { side: 'left', label: 'tasks a minute' },
      },
    ],
  };
}

function heijunka({ series, link }: Subject): Panel {
  const utilization = series('heijunka_worker_utilization');
  return {
    type: 'lines',
    title: 'Heijunka: level work',
    description:
      'Bars: busy and idle workers in percent of all that are known. Line: how evenly load is spread, 1 is even. ' +
      'Shaded: how much queue depths differ.',
    queries: [
      { expr: utilization, legend: 'Busy' },
      { expr: `100 - ${utilization}`, legend: 'Idle' },
      { expr: series('heijunka_load_balance_coeff'), legend: 'Load balance' },
      { expr: series('heijunka_queue_variance'), legend: 'Queue variance' },
    ],
    ...{ width: 24, height: 9, min: 0, links: [link] },
    styles: [
      {
        ...{ series: 'Busy', color: 'green', unit: 'percent', bars: true, stack: 'workers', fillPercent: 60 },
        axis: { side: 'left', label: 'workers', max: 100 },
      },
      {
        ...{ series: 'Idle', color: 'blue', unit: 'percent', bars: true, stack: 'workers', fillPercent: 25 },
        axis: { side: 'left', label: 'workers', max: 100 },
      },
      {
        ...{ series: 'Load balance', color: 'purple', unit: 'short' },
        axis: { side: 'right', label: 'balance', max: 1 },
      },
      {
        ...{ series: 'Queue variance', color: 'orange', unit: 'short', fillPercent: 20 },
        axis: { side: 'right', label: 'tasks' },
      },
    ],
  };
}

/** Jidoka top left, Kanban in the centre, Andon top right, Heijunka below over the whole width. */
export function pillarPanels(table: MetricTable, subject: Subject): readonly Panel[] {
  return [
    gaugeOf('jidoka_circuit_open_percent', 'Jidoka: open circuits', table, subject),
    kanban(subject),
    gaugeOf('andon_critical_alerts', 'Andon: critical alerts', table, subject),
    heijunka(subject),
  ];
}

/** A small graph of one metric with its target and alert threshold. */
export function metricPanel(metric: PillarMetric, table: MetricTable, subject: Subject): Panel {
  const spec = table[metric];
  return {
    type: 'lines',
    title: metric,
    description: spec.meaning,
    queries: [{ expr: subject.series(metric), legend: metric }],
    ...{ width: 6, height: 6, unit: grafanaUnitOf(spec), zones: zonesOf(spec), links: [subject.link] },
    ...rangeOf(spec),
  };
}
