import { burnRulesFor } from '../analysis/index.js';
import { DAY_MS } from '../model/index.js';
import { serviceLink } from './kaizen.js';
import type { DashboardSettings, DashboardSpec, Panel, Zone } from './spec.js';

const BUDGET_ZONES: readonly Zone[] = [
  { from: null, color: 'red' },
  { from: 0.000_1, color: 'orange' },
  { from: 25, color: 'yellow' },
  { from: 50, color: 'green' },
];

const CHOSEN = '{service=~"$service",slo=~"$slo"}';

/** The budget burns as fast as it may at 1; the rules fire from their factors on. */
function burnZones(): readonly Zone[] {
  const factors = burnRulesFor(30 * DAY_MS).map(({ factor }) => factor);
  const colors = ['yellow', 'orange', 'red'] as const;
  const steps = [1, ...factors.filter((factor) => factor > 1).toSorted((one, other) => one - other)].slice(1);
  const zones = steps.slice(-3).map((from, index) => ({ from, color: colors[index] ?? 'red' }));
  return [{ from: null, color: 'green' }, ...zones];
}

function states(): readonly Panel[] {
  const stat = (title: string, state: string, zones: readonly Zone[]): Panel => ({
    type: 'stat',
    title,
    description: 'Unknown is an objective without data over more than half of its window: it is not met.',
    queries: [
      { expr: `sum(genchi_slo_state{service=~"$service",slo=~"$slo",state="${state}"})`, legend: title },
    ],
    ...{ width: 4, height: 4, unit: 'short', zones },
  });
  const bad = (color: Zone['color']): readonly Zone[] => [
    { from: null, color: 'green' },
    { from: 1, color },
  ];
  return [
    stat('Met', 'met', [{ from: null, color: 'green' }]),
    stat('Missed', 'missed', bad('red')),
    stat('Unknown', 'unknown', bad('yellow')),
    {
      type: 'bars',
      title: 'Error budget left',
      description: 'In percent of the budget of the window: 100 is untouched, below 0 is overspent.',
      queries: [{ expr: `genchi_slo_error_budget_left_percent${CHOSEN}`, legend: '{{slo}}' }],
      ...{ width: 12, height: 8, unit: 'percent', max: 100, zones: BUDGET_ZONES },
    },
  ];
}

function objectives({ genchiUrl }: DashboardSettings): Panel {
  const column = (index: number) => `Value #${String.fromCharCode(65 + index)}`;
  const names = ['attainment_percent', 'objective_percent', 'coverage_ratio', 'current', 'target'];
  const query = (name: string) => ({ expr: `max by (slo, service) (genchi_slo_${name}${CHOSEN})` });
  const page = {
    title: 'Open in Genchi',
    url: `${genchiUrl}/id/slo/\${__data.fields.Objective:percentencode}`,
  };
  return {
    type: 'table',
    title: 'Objectives',
    description:
      'What was attained of what has data, and how much had data: the one says nothing without the other.',
    queries: [...names, 'headroom_percent', 'error_budget_left_percent'].map(query),
    ...{ width: 24, height: 9 },
    columns: [
      { field: 'slo', title: 'Objective', link: page },
      { field: 'service', title: 'Service', link: serviceLink(genchiUrl) },
      { field: column(0), title: 'Attained', unit: 'percent' },
      { field: column(1), title: 'Asked', unit: 'percent' },
      { field: column(2), title: 'Coverage', unit: 'percentunit' },
      { field: column(3), title: 'Now' },
      { field: column(4), title: 'Target' },
      { field: column(5), title: 'Headroom', unit: 'percent' },
      { field: column(6), title: 'Budget left', unit: 'percent', zones: BUDGET_ZONES },
    ],
  };
}

function burning(): readonly Panel[] {
  const zones = burnZones();
  return [
    {
      type: 'lines',
      title: 'Attainment',
      description: 'What was good in the window of each objective, in percent of what has data.',
      queries: [{ expr: `genchi_slo_attainment_percent${CHOSEN}`, legend: '{{slo}}' }],
      ...{ width: 12, height: 8, unit: 'percent', max: 100 },
    },
    {
      type: 'lines',
      title: 'Burn rate over the long windows',
      description:
        'How fast the budget burns: 1 uses it up exactly at the end of the window of the objective.',
      queries: [
        {
          expr: `genchi_slo_burn_rate{service=~"$service",slo=~"$slo",window="long"}`,
          legend: '{{slo}} {{rule}}',
        },
      ],
      ...{ width: 12, height: 8, unit: 'short', min: 0, zones },
    },
    {
      type: 'lines',
      title: 'Burn rate over the short windows',
      description:
        'Whether it still goes on: a rule fires where both of its windows burn faster than its factor.',
      queries: [
        {
          expr: `genchi_slo_burn_rate{service=~"$service",slo=~"$slo",window="short"}`,
          legend: '{{slo}} {{rule}}',
        },
      ],
      ...{ width: 12, height: 8, unit: 'short', min: 0, zones },
    },
    {
      type: 'lines',
      title: 'Rules that fire',
      description: '1 while a rule on the burn rate fires, by the attention that it asks for.',
      queries: [{ expr: `genchi_slo_burn_alert_firing${CHOSEN}`, legend: '{{slo}} {{rule}} ({{urgency}})' }],
      ...{ width: 12, height: 8, unit: 'short', min: 0, max: 1 },
    },
  ];
}

/** Service level objectives: which are met, with how much data, and how fast their budgets burn. */
export function slosDashboard(settings: DashboardSettings): DashboardSpec {
  return {
    uid: 'genchi-slos',
    title: 'Service level objectives',
    description: 'Which objectives are met, with how much data, and how fast their error budgets burn.',
    timeRange: '24h',
    variables: [
      {
        ...{ name: 'service', label: 'Service', all: true },
        query: 'label_values(genchi_slo_objective_percent, service)',
      },
      {
        ...{ name: 'slo', label: 'Objective', all: true },
        query: 'label_values(genchi_slo_objective_percent{service=~"$service"}, slo)',
      },
    ],
    sections: [{ panels: [...states(), objectives(settings)] }, { title: 'Over time', panels: burning() }],
  };
}
