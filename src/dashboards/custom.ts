import { createHash } from 'node:crypto';
import { type MetricTable, metricNames, type PillarMetric } from '../analysis/index.js';
import type { CustomDashboard } from './custom-file.js';
import { toServiceDashboard } from './kaizen.js';
import type { DashboardSettings, DashboardSpec, Panel } from './spec.js';
import { grafanaUnitOf, zonesOf } from './zones.js';

type CustomPanel = CustomDashboard['panels'][number];

/** Grafana takes uids of at most 40 characters; a part of a hash keeps titles apart that are cut, or have no letters. */
function uidOf(title: string): string {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const hash = createHash('sha256').update(title).digest('hex').slice(0, 8);
  return `genchi-${slug.slice(0, 24).replace(/-$/, '')}${slug === '' ? '' : '-'}${hash}`;
}

/** The metric of the pillars that a query asks for, alone or first; its unit, target and threshold are the panel's. */
function metricOf(query: string): PillarMetric | undefined {
  const name = /\b(?:genchi_system_)?((?:jidoka|kanban|andon|heijunka)_\w+)/.exec(query)?.[1];
  return metricNames.find((known) => known === name);
}

const types = { graph: 'lines', gauge: 'gauge', stat: 'stat', bar: 'bars' } as const;

function panelOf(panel: CustomPanel, table: MetricTable, { genchiUrl }: DashboardSettings): Panel {
  const { title, query, legend, min, max, ylabel } = panel;
  const metric = metricOf(query);
  const spec = metric === undefined ? undefined : table[metric];
  const unit = panel.unit ?? (spec === undefined ? undefined : grafanaUnitOf(spec));
  const head = {
    ...{ title, queries: [{ expr: query, ...(legend === undefined ? {} : { legend }) }] },
    description: panel.description ?? spec?.meaning ?? `What ${query} answers.`,
    ...{ width: panel.width, height: panel.height },
    ...(unit === undefined ? {} : { unit }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(spec === undefined ? {} : { zones: zonesOf(spec) }),
  };
  if (panel.panel_type === 'table') {
    const service = { field: 'service', title: 'Service', link: toServiceDashboard('__data.fields.Service') };
    return { ...head, type: 'table', columns: [service, { field: 'Value', title: ylabel ?? title }] };
  }
  const links = [
    { title: 'Open in Genchi', url: `${genchiUrl}/id/service/\${__field.labels.service:percentencode}` },
  ];
  const type = types[panel.panel_type];
  return type === 'lines'
    ? { ...head, type, links, ...(ylabel === undefined ? {} : { axisLabel: ylabel }) }
    : { ...head, type, links };
}

/** A dashboard of one's own; where a query asks for `$service`, a choice of services stands above it. */
export function customDashboard(
  custom: CustomDashboard,
  table: MetricTable,
  settings: DashboardSettings,
): DashboardSpec {
  const chooses = custom.panels.some(({ query }) => /\$(service\b|\{service)/.test(query));
  const choice = {
    ...{ name: 'service', label: 'Service', all: true },
    query: 'label_values(genchi_service_health_score, service)',
  };
  return {
    uid: uidOf(custom.title),
    title: custom.title,
    description: custom.description,
    timeRange: custom.time_range,
    variables: chooses ? [choice] : [],
    sections: [{ panels: custom.panels.map((panel) => panelOf(panel, table, settings)) }],
  };
}
