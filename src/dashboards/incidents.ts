import { serviceLink, toServiceDashboard } from './kaizen.js';
import type { DashboardSettings, DashboardSpec, Panel } from './spec.js';

const OF_SERVICE = '{service=~"$service"}';

function openNow({ genchiUrl }: DashboardSettings): readonly Panel[] {
  const causes = {
    title: 'Its causes',
    url: `${genchiUrl}/id/incident/\${__data.fields.Incident:percentencode}`,
  };
  return [
    {
      type: 'stat',
      title: 'Open incidents',
      description: 'Incidents that are open now.',
      queries: [{ expr: 'genchi_incidents_open', legend: 'open' }],
      ...{ width: 4, height: 5, unit: 'short', links: [{ title: 'Open Genchi', url: `${genchiUrl}/` }] },
      zones: [
        { from: null, color: 'green' },
        { from: 1, color: 'red' },
      ],
    },
    {
      type: 'bars',
      title: 'By severity',
      description: 'Incidents that are open now, by the severity that their alerts have.',
      queries: [{ expr: 'genchi_incidents_open_by_severity', legend: '{{severity}}' }],
      ...{ width: 8, height: 5, unit: 'short', min: 0 },
    },
    {
      type: 'lines',
      title: 'Confidence in the first candidate',
      description: 'How often first candidates of such a score were right, 0 to 1, for each open incident.',
      queries: [
        {
          expr: `genchi_incident_top_candidate_confidence_ratio${OF_SERVICE}`,
          legend: '{{service}}: {{cause_kind}} of {{cause_service}}',
        },
      ],
      ...{ width: 12, height: 5, unit: 'percentunit', min: 0, max: 1 },
    },
    {
      type: 'table',
      title: 'Incidents and their causes',
      description:
        'Open incidents, when they began, and whether anybody has taken them on. A click leads to the causes.',
      queries: [
        {
          expr: `max by (incident, service, severity, title) (genchi_incident_start_timestamp_seconds${OF_SERVICE}) * 1000`,
        },
        { expr: `max by (incident, service) (genchi_incident_acknowledged${OF_SERVICE})` },
        {
          expr:
            'max by (incident, service, cause_kind, cause_service) ' +
            `(genchi_incident_top_candidate_confidence_ratio${OF_SERVICE})`,
        },
      ],
      ...{ width: 24, height: 8 },
      columns: [
        { field: 'incident', title: 'Incident', link: causes },
        { field: 'title', title: 'Title', link: causes },
        { field: 'severity', title: 'Severity' },
        { field: 'service', title: 'Service', link: toServiceDashboard('__data.fields.Service') },
        { field: 'Value #A', title: 'Began', unit: 'dateTimeFromNow' },
        { field: 'Value #B', title: 'Acknowledged' },
        { field: 'cause_kind', title: 'Cause' },
        { field: 'cause_service', title: 'Of' },
        { field: 'Value #C', title: 'Confidence', unit: 'percentunit' },
      ],
    },
  ];
}

/** What was counted within the interval; a series that is younger counts whole, since nothing was before its first value. */
function newOf(series: string): string {
  const interval = '$__rate_interval';
  return `((${series} unless ${series} offset ${interval}) or increase(${series}[${interval}]))`;
}

function rate(title: string, description: string, series: string, by: string): Panel {
  return {
    type: 'lines',
    title,
    description: `${description} Points are receipts: a click on one leads to it.`,
    queries: [
      {
        expr: `sum by (${by}) ${newOf(`${series}${OF_SERVICE}`)}`,
        legend: by
          .split(', ')
          .map((label) => `{{${label}}}`)
          .join(' '),
        exemplars: true,
      },
    ],
    ...{ width: 12, height: 8, unit: 'short', min: 0 },
  };
}

function latestChanges({ genchiUrl }: DashboardSettings): Panel {
  return {
    type: 'table',
    title: 'Latest changes',
    description: 'The newest change of each kind of each service. A click leads to its receipt.',
    queries: [{ expr: `genchi_last_change_timestamp_seconds${OF_SERVICE} * 1000` }],
    ...{ width: 24, height: 8 },
    columns: [
      { field: 'Value', title: 'When', unit: 'dateTimeFromNow' },
      { field: 'service', title: 'Service', link: serviceLink(genchiUrl) },
      { field: 'kind', title: 'Kind' },
      { field: 'subject', title: 'What' },
      {
        field: 'receipt',
        title: 'Receipt',
        link: { title: 'Open the receipt', url: `${genchiUrl}\${__data.fields.Receipt}` },
      },
    ],
  };
}

/** Incidents that are open, what may have caused them, and what happened around them. */
export function incidentsDashboard(settings: DashboardSettings): DashboardSpec {
  return {
    uid: 'genchi-incidents',
    title: 'Incidents and causes',
    description:
      'Incidents that are open, what may have caused them, and what changed and failed around them.',
    timeRange: '6h',
    variables: [
      {
        ...{ name: 'service', label: 'Service', all: true },
        query: 'label_values(genchi_service_health_score, service)',
      },
    ],
    sections: [
      { panels: openNow(settings) },
      {
        title: 'What happened',
        panels: [
          rate('Alerts', 'Alerts that fired.', 'genchi_alerts_fired_total', 'severity'),
          rate('Failures', 'Failures recorded.', 'jidoka_failures_total', 'service'),
          rate(
            'Changes',
            'Deployments, configuration, flags and experiments.',
            'genchi_changes_total',
            'service, kind',
          ),
          rate('Circuits', 'Circuits that opened.', 'jidoka_circuit_opens_total', 'service'),
          latestChanges(settings),
        ],
      },
    ],
  };
}
