/** `experiments` and `experiment`: from a hypothesis to its verdict. */
import {
  type Experiment,
  type ExperimentStatus,
  type ExperimentVerdict,
  type Levels,
  readExperiment,
  readExperiments,
  readStatus,
} from '../../analysis/index.js';
import { pathOfEvent } from '../../model/index.js';
import { builder } from './builder.js';
import { connectionRef, pageArgs, pageOfList } from './connection.js';
import { decodeGlobalId } from './global-ids.js';
import { Citation } from './receipts.js';
import { EstimateType } from './trend-parts.js';
import { TimeWindow } from './window.js';

const VerdictEnum = builder.enumType('ExperimentVerdict', {
  description: 'How an experiment came out.',
  values: {
    SUCCESS: { value: 'success', description: 'A significant change of at least the size expected.' },
    MARGINAL: {
      value: 'marginal',
      description: 'A significant change of less, or surely less than expected.',
    },
    NEGATIVE: { value: 'negative', description: 'A significant change the wrong way: roll it back.' },
    UNDECIDED: { value: 'undecided', description: 'Not enough data.' },
  } as const satisfies Record<string, { readonly value: ExperimentVerdict; readonly description: string }>,
});

const StateEnum = builder.enumType('ExperimentState', {
  description: 'Whether an experiment is over.',
  values: { RUNNING: { description: 'It runs.' }, ENDED: { description: 'It is over.' } } as const,
});

const LevelsType = builder.objectRef<Levels>('MetricLevels').implement({
  description:
    "What a metric was over a window, in the metric's unit; of a counter, its increase per minute.",
  fields: (t) => ({
    window: t.expose('window', { type: TimeWindow, description: 'The window.' }),
    samples: t.exposeFloat('samples', { description: 'Samples in it; of a counter, minutes.' }),
    mean: t.exposeFloat('mean', { description: "Their mean, in the metric's unit." }),
    p95: t.exposeFloat('p95', { description: "Their 95th percentile, in the metric's unit." }),
    p99: t.exposeFloat('p99', { description: "Their 99th percentile, in the metric's unit." }),
    throughputPerMin: t.exposeFloat('throughputPerMin', {
      nullable: true,
      description: 'How many tasks of the service are completed per minute; null where nobody tells.',
    }),
  }),
});

const StatusType = builder.objectRef<ExperimentStatus>('ExperimentStatus').implement({
  description:
    'What an experiment shows at a time. Looking at it often does not make it find more than there is.',
  fields: (t) => ({
    judgedAt: t.expose('judgedAt', { type: 'DateTime', description: 'Up to when evidence was looked at.' }),
    verdict: t.expose('verdict', { type: VerdictEnum, description: 'How it stands.' }),
    minutes: t.int({
      description: 'Minutes of the canary that were compared.',
      resolve: ({ outcome }) => outcome?.treatedMinutes ?? 0,
    }),
    controlMedian: t.float({
      nullable: true,
      description: "The median minute of the control, or of the baseline, in the metric's unit.",
      resolve: ({ outcome }) => outcome?.controlMedian,
    }),
    treatedMedian: t.float({
      nullable: true,
      description: "The median minute of the canary, in the metric's unit.",
      resolve: ({ outcome }) => outcome?.treatedMedian,
    }),
    shift: t.field({
      type: EstimateType,
      nullable: true,
      description:
        "By how much the canary is shifted, in the metric's unit; the interval holds at every look.",
      resolve: ({ outcome }) => outcome?.shift,
    }),
    changePercent: t.field({
      type: EstimateType,
      nullable: true,
      description: 'The shift in % of the median of the control; null where that is 0.',
      resolve: ({ outcome }) => outcome?.changePercent,
    }),
    p: t.float({
      nullable: true,
      description: 'The probability of such a difference between equal arms, at any look, 0..1.',
      resolve: ({ outcome }) => outcome?.p,
    }),
    minutesToGo: t.exposeInt('minutesToGo', {
      nullable: true,
      description:
        'About how many more minutes decide it, if what was measured stands; null where none would do.',
    }),
    missing: t.exposeString('missing', {
      nullable: true,
      description: 'What keeps it from being decided; null when it is.',
    }),
    baseline: t.expose('baseline', {
      type: LevelsType,
      nullable: true,
      description: 'What both arms were before the start.',
    }),
    during: t.expose('during', {
      type: LevelsType,
      nullable: true,
      description: 'What the canary was since the start.',
    }),
    surprises: t.stringList({
      description: 'What was not to be expected, in sentences.',
      resolve: ({ surprises }) => [...surprises],
    }),
  }),
});

/** An experiment. */
export const ExperimentType = builder.objectRef<Experiment>('Experiment');

builder.node(ExperimentType, {
  description: 'A change that is tried, and what it is to show.',
  id: { resolve: ({ id }) => id },
  loadWithoutCache: async (id, { deps, now }) => (await readExperiment(deps.store, id, now)) ?? null,
  fields: (t) => ({
    name: t.exposeString('id', { description: 'The id that its starter gave it.' }),
    state: t.field({
      type: StateEnum,
      description: 'Whether it is over.',
      resolve: ({ ended }) => (ended === undefined ? 'RUNNING' : 'ENDED'),
    }),
    service: t.string({
      nullable: true,
      description: 'The service that it is tried on.',
      resolve: ({ started }) => started.service,
    }),
    metric: t.string({
      description: 'The metric that is to change.',
      resolve: ({ started }) => started.metric,
    }),
    action: t.string({
      nullable: true,
      description: 'What is done.',
      resolve: ({ started }) => started.action,
    }),
    reason: t.string({
      nullable: true,
      description: 'Why the metric should change.',
      resolve: ({ started }) => started.reason,
    }),
    hypothesis: t.string({
      nullable: true,
      description: 'The hypothesis in one sentence.',
      resolve: ({ started }) => started.hypothesis,
    }),
    expectedChangePercent: t.float({
      nullable: true,
      description: 'How far the metric is to move, in %; negative where it is to fall.',
      resolve: ({ started }) => started.expectedChangePercent,
    }),
    owner: t.string({
      nullable: true,
      description: 'Who answers for it.',
      resolve: ({ started }) => started.owner,
    }),
  }),
});

builder.objectFields(ExperimentType, (t) => ({
  treated: t.string({
    nullable: true,
    description: 'The series of the canary, as label matchers; null for all of the service.',
    resolve: ({ started }) => started.treatedSelector,
  }),
  control: t.string({
    nullable: true,
    description: 'The series of the control, as label matchers; null where the time before is compared with.',
    resolve: ({ started }) => started.controlSelector,
  }),
  plannedMinutes: t.int({
    nullable: true,
    description: 'How many minutes are looked at; null where no end is set.',
    resolve: ({ started }) => started.plannedMinutes,
  }),
  startedAt: t.field({
    type: 'DateTime',
    description: 'When it began.',
    resolve: ({ started }) => started.at,
  }),
  endedAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When it ended; null while it runs.',
    resolve: ({ ended }) => ended?.at,
  }),
  outcome: t.string({
    nullable: true,
    description: 'The verdict that was recorded at its end.',
    resolve: ({ ended }) => ended?.outcome,
  }),
  surprise: t.string({
    nullable: true,
    description: 'What was surprising, as recorded at its end.',
    resolve: ({ ended }) => ended?.surprise,
  }),
}));

builder.objectFields(ExperimentType, (t) => ({
  receipts: t.field({
    type: [Citation],
    description: 'The receipts of its start and of its end.',
    resolve: ({ started, ended }) => [started, ...(ended === undefined ? [] : [ended])].map(pathOfEvent),
  }),
  status: t.field({
    type: StatusType,
    nullable: true,
    description: 'What it shows, measured from evidence; null only with an error, which says why.',
    args: { at: t.arg({ type: 'DateTime', description: 'As of when; now, or its end, when absent.' }) },
    resolve: (experiment, { at }, { deps, now, budget }) => {
      budget.spend('experiments');
      return readStatus({ store: deps.store, metrics: deps.pillarMetrics }, experiment, at ?? now);
    },
  }),
}));

const ExperimentConnection = connectionRef('Experiment', ExperimentType, 'counted');

/** The id that a starter gave, from it or from the id of the node. */
function ownId(id: string): string {
  const named = decodeGlobalId(id);
  return named.typename === 'Experiment' ? named.id : id;
}

builder.queryField('experiments', (t) =>
  t.field({
    type: ExperimentConnection,
    description: 'Experiments, the latest start first.',
    args: {
      state: t.arg({ type: StateEnum, description: 'Only those that run, or that are over.' }),
      service: t.arg.string({ description: 'Only those of this service.' }),
      at: t.arg({ type: 'DateTime', description: 'As of when; now when absent.' }),
      ...pageArgs,
    },
    resolve: async (_, { state, service, at, ...page }, { deps, now }) => {
      const all = await readExperiments(deps.store, at ?? now, service ?? undefined);
      const found = all.filter(({ ended }) => state == null || (state === 'ENDED') === (ended !== undefined));
      return pageOfList(page, found, ({ id }) => id);
    },
  }),
);

builder.queryField('experiment', (t) =>
  t.field({
    type: ExperimentType,
    nullable: true,
    description: 'The experiment of this id; null when none had started.',
    args: {
      id: t.arg.id({ required: true, description: 'The id that its starter gave it, or that of the node.' }),
      at: t.arg({ type: 'DateTime', description: 'As of when; now when absent.' }),
    },
    resolve: (_, { id, at }, { deps, now }) => readExperiment(deps.store, ownId(id), at ?? now),
  }),
);
