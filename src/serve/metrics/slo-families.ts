import type { BurnStatus, SloStatus } from '../../analysis/index.js';
import type { Gauges, Point, SeriesLabels } from './exposition.js';

/** How many objectives have series of their own. */
const MOST_SLOS = 500;

const states = ['met', 'missed', 'unknown'] as const satisfies readonly SloStatus['state'][];

/** A figure of an objective; what is not known has no series. */
interface Figure {
  readonly name: string;
  readonly help: string;
  readonly of: (status: SloStatus) => number | undefined;
}

const figures: readonly Figure[] = [
  {
    name: 'genchi_slo_attainment_percent',
    help: 'What was good in the window of the objective, in percent of what has data.',
    of: ({ attainmentPercent }) => attainmentPercent,
  },
  {
    name: 'genchi_slo_objective_percent',
    help: 'What must be good in the window of the objective, in percent.',
    of: ({ objectivePercent }) => objectivePercent,
  },
  {
    name: 'genchi_slo_coverage_ratio',
    help: 'Minutes with data as a share of all minutes of the window.',
    of: ({ coverage }) => coverage,
  },
  {
    name: 'genchi_slo_error_budget_left_percent',
    help: 'What is left of the error budget of the window: 100 is untouched, below 0 is overspent.',
    of: ({ budget }) => budget.leftPercent,
  },
  {
    name: 'genchi_slo_current',
    help: 'The latest level of the metric of the objective, in its unit.',
    of: ({ current }) => current,
  },
  {
    name: 'genchi_slo_target',
    help: 'The target of the metric of the objective, in its unit.',
    of: ({ slo }) => slo.target,
  },
  {
    name: 'genchi_slo_headroom_percent',
    help: 'How far the metric is from its target, in percent of the target: below 0 is past it.',
    of: ({ headroomPercent }) => headroomPercent,
  },
];

const labelsOf = ({ slo }: SloStatus): SeriesLabels => ({ slo: slo.slo, service: slo.service });

function each(
  statuses: readonly SloStatus[],
  points: (status: SloStatus, labels: SeriesLabels) => readonly Point[],
): readonly Point[] {
  return statuses.flatMap((status) => points(status, labelsOf(status)));
}

const point = (labels: SeriesLabels, value: number | undefined): readonly Point[] =>
  value === undefined ? [] : [{ labels, value }];

function burnPoints({ rule, long, short }: BurnStatus, { slo, service }: SeriesLabels): readonly Point[] {
  const windows = [
    ['long', long.rate],
    ['short', short.rate],
  ] as const;
  return windows.flatMap(([window, rate]) => point({ slo, service, rule: rule.name, window }, rate));
}

function firingPoints({ rule, firing }: BurnStatus, { slo, service }: SeriesLabels): readonly Point[] {
  const value = firing === undefined ? undefined : firing ? 1 : 0;
  return point({ slo, service, rule: rule.name, urgency: rule.urgency }, value);
}

/** The series of objectives, of the first 500 by name; how many more there are is a figure of its own. */
export function sloFamilies(all: readonly SloStatus[]): readonly Gauges[] {
  const statuses = all.toSorted((one, other) => (one.slo.slo < other.slo.slo ? -1 : 1)).slice(0, MOST_SLOS);
  const gauge = (name: string, help: string, points: readonly Point[]): Gauges => ({
    type: 'gauge',
    name,
    help,
    points,
  });
  return [
    ...figures.map(({ name, help, of }) =>
      gauge(
        name,
        help,
        each(statuses, (status, labels) => point(labels, of(status))),
      ),
    ),
    gauge(
      'genchi_slo_state',
      'The state of the objective: 1 for the one that it is in. Unknown is neither met nor missed.',
      each(statuses, (status, labels) =>
        states.map((state) => ({ labels: { ...labels, state }, value: state === status.state ? 1 : 0 })),
      ),
    ),
    gauge(
      'genchi_slo_burn_rate',
      'How fast the error budget burns over the windows of a rule: 1 uses it up exactly at the end of the window.',
      each(statuses, ({ burns }, labels) => burns.flatMap((burn) => burnPoints(burn, labels))),
    ),
    gauge(
      'genchi_slo_burn_alert_firing',
      'Whether a rule on the burn rate fires, by the attention that it asks for: 1 or 0.',
      each(statuses, ({ burns }, labels) => burns.flatMap((burn) => firingPoints(burn, labels))),
    ),
    gauge('genchi_slos_left_out', 'Objectives without series of their own, beyond the first 500.', [
      { labels: {}, value: Math.max(0, all.length - MOST_SLOS) },
    ]),
  ];
}
