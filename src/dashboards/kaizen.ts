import type { MetricTable } from '../analysis/index.js';
import { pillarPanels, systemOf } from './pillar-panels.js';
import type { DashboardSettings, DashboardSpec, Panel } from './spec.js';
import { HEALTH_ZONES } from './zones.js';

/** The uid of the dashboard of one service, which others lead to. */
export const SERVICE_UID = 'genchi-service';

/** A link to the dashboard of the service that a value is of. */
export const toServiceDashboard = (field: string) => ({
  title: 'Its dashboard',
  url: `/d/${SERVICE_UID}?var-service=\${${field}:percentencode}`,
});

function healthPanels(genchiUrl: string): readonly Panel[] {
  const open = { title: 'Open Genchi', url: `${genchiUrl}/` };
  return [
    {
      type: 'gauge',
      title: 'Health of the system',
      description: 'The mean of the pillars that have data: from 80 green, 60 yellow, 40 orange, else red.',
      queries: [{ expr: 'genchi_system_health_score', legend: 'health' }],
      ...{ width: 6, height: 8, unit: 'short', min: 0, max: 100, zones: HEALTH_ZONES, links: [open] },
    },
    {
      type: 'lines',
      title: 'Health by pillar',
      description: 'The score of each pillar, 0 to 100; one without data has no line.',
      queries: [{ expr: 'genchi_system_pillar_health_score', legend: '{{pillar}}' }],
      ...{ width: 10, height: 8, unit: 'short', min: 0, max: 100, zones: HEALTH_ZONES, links: [open] },
    },
    {
      type: 'bars',
      title: 'Services by band',
      description: 'How many services are in each band; none has not enough data for a score.',
      queries: [{ expr: 'genchi_services_by_band{pillar="all"}', legend: '{{band}}' }],
      ...{ width: 8, height: 8, min: 0, unit: 'short', links: [open] },
    },
  ];
}

function worstServices(genchiUrl: string): Panel {
  return {
    type: 'table',
    title: 'Services that need care',
    description: 'The services with the lowest health, and where it comes from.',
    queries: [{ expr: 'bottomk(15, genchi_service_health_score)' }],
    ...{ width: 12, height: 9 },
    columns: [
      { field: 'service', title: 'Service', link: toServiceDashboard('__data.fields.Service') },
      { field: 'Value', title: 'Health', zones: HEALTH_ZONES, link: serviceLink(genchiUrl) },
    ],
  };
}

/** A link to Genchi's page of the service in the column `Service`. */
export const serviceLink = (genchiUrl: string) => ({
  title: 'Open in Genchi',
  url: `${genchiUrl}/id/service/\${__data.fields.Service:percentencode}`,
});

function recommendations(genchiUrl: string): Panel {
  return {
    type: 'bars',
    title: 'Recommended',
    description:
      'How much is recommended to do, by priority: 1 now, 2 today, 3 this week, 4 when there is time.',
    queries: [{ expr: 'genchi_recommendations', legend: 'Priority {{priority}}' }],
    ...{ width: 12, height: 9, min: 0, unit: 'short' },
    links: [{ title: 'Open Genchi', url: `${genchiUrl}/` }],
  };
}

/** The guide's Kaizen dashboard: the four pillars of the whole system, and below them health and what needs care. */
export function kaizenDashboard(table: MetricTable, { genchiUrl }: DashboardSettings): DashboardSpec {
  return {
    uid: 'genchi-kaizen',
    title: 'Kaizen',
    description: 'The four pillars of the whole system: quality, flow, visibility and level work.',
    timeRange: '6h',
    variables: [],
    sections: [
      { panels: pillarPanels(table, systemOf(genchiUrl)) },
      {
        title: 'Health',
        panels: [...healthPanels(genchiUrl), worstServices(genchiUrl), recommendations(genchiUrl)],
      },
    ],
  };
}
