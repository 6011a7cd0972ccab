import { type MetricTable, metricNames, pillars } from '../analysis/index.js';
import { SERVICE_UID } from './kaizen.js';
import { chosenService, metricPanel, pillarPanels } from './pillar-panels.js';
import type { DashboardSettings, DashboardSpec, Panel, Section } from './spec.js';
import { HEALTH_ZONES } from './zones.js';

const CHOSEN = '{service="$service"}';

function overview(): readonly Panel[] {
  return [
    {
      type: 'stat',
      title: 'Health',
      description: 'The mean of the pillars that have data: from 80 green, 60 yellow, 40 orange, else red.',
      queries: [{ expr: `genchi_service_health_score${CHOSEN}`, legend: 'health' }],
      ...{ width: 4, height: 5, unit: 'short', min: 0, max: 100, zones: HEALTH_ZONES },
    },
    {
      type: 'bars',
      title: 'Pillars',
      description: 'The score of each pillar, 0 to 100; one without data is not there.',
      queries: [{ expr: `genchi_service_pillar_health_score${CHOSEN}`, legend: '{{pillar}}' }],
      ...{ width: 8, height: 5, unit: 'short', min: 0, max: 100, zones: HEALTH_ZONES },
    },
    {
      type: 'lines',
      title: 'Health over time',
      description: 'The health of the service and of its pillars.',
      queries: [
        { expr: `genchi_service_health_score${CHOSEN}`, legend: 'all' },
        { expr: `genchi_service_pillar_health_score${CHOSEN}`, legend: '{{pillar}}' },
      ],
      ...{ width: 12, height: 5, unit: 'short', min: 0, max: 100, zones: HEALTH_ZONES },
    },
  ];
}

function latencies(): Panel {
  return {
    type: 'heatmap',
    title: 'Latencies of tasks',
    description: 'How many tasks took how long. Points are receipts: a click on one leads to it.',
    queries: [
      {
        expr: `sum by (le) (increase(kanban_latency_histogram_bucket${CHOSEN}[$__rate_interval]))`,
        ...{ legend: '{{le}}', exemplars: true },
      },
    ],
    ...{ width: 12, height: 8, unit: 'ms' },
  };
}

function objectives(): Panel {
  return {
    type: 'bars',
    title: 'Error budget left',
    description: 'Of the objectives of the service: 100 is untouched, below 0 is overspent.',
    queries: [{ expr: `genchi_slo_error_budget_left_percent${CHOSEN}`, legend: '{{slo}}' }],
    ...{ width: 12, height: 8, unit: 'percent', max: 100 },
    zones: [
      { from: null, color: 'red' },
      { from: 25, color: 'yellow' },
      { from: 50, color: 'green' },
    ],
  };
}

function trends(): Panel {
  return {
    type: 'table',
    title: 'Trends',
    description: 'Where each metric goes: 1 improving, 0 steady, -1 degrading; significant ones only.',
    queries: [
      { expr: `max by (metric, window) (genchi_trend_direction${CHOSEN})` },
      { expr: `max by (metric, window) (genchi_trend_slope_per_day${CHOSEN})` },
    ],
    ...{ width: 24, height: 8 },
    columns: [
      { field: 'metric', title: 'Metric' },
      { field: 'window', title: 'Window' },
      {
        ...{ field: 'Value #A', title: 'Direction' },
        zones: [
          { from: null, color: 'red' },
          { from: 0, color: 'yellow' },
          { from: 1, color: 'green' },
        ],
      },
      { field: 'Value #B', title: 'Slope a day' },
    ],
  };
}

/** One service, chosen above: its health, the four pillars, each metric with its target, objectives and trends. */
export function serviceDashboard(table: MetricTable, { genchiUrl }: DashboardSettings): DashboardSpec {
  const subject = chosenService(genchiUrl);
  const ofPillar = (pillar: string): Section => ({
    title: `${pillar.slice(0, 1).toUpperCase()}${pillar.slice(1)}`,
    panels: metricNames
      .filter((metric) => table[metric].pillar === pillar)
      .map((metric) => metricPanel(metric, table, subject)),
  });
  return {
    uid: SERVICE_UID,
    title: 'Service',
    description:
      'One service: its health, the four pillars, every metric with its target, objectives and trends.',
    timeRange: '6h',
    variables: [
      {
        ...{ name: 'service', label: 'Service', all: false },
        query: 'label_values(genchi_service_health_score, service)',
      },
    ],
    sections: [
      { panels: overview() },
      { title: 'The four pillars', panels: pillarPanels(table, subject) },
      { title: 'Objectives and trends', panels: [latencies(), objectives(), trends()] },
      ...pillars.map(ofPillar),
    ],
  };
}
