/** `kaizenLog` and `improvement`: what was improved, and whether it holds. */
import {
  type Holding,
  type Improvement,
  type ImprovementMeasure,
  type LogQuery,
  measureImprovement,
  readImprovement,
  readKaizenLog,
} from '../../analysis/index.js';
import { type Effort, type ImprovementState, pathOfEvent } from '../../model/index.js';
import { builder } from './builder.js';
import { connectionRef, pageArgs, pageOfList } from './connection.js';
import { Citation } from './receipts.js';
import { EstimateType } from './trend-parts.js';
import { TimeWindow } from './window.js';

/** The states of an improvement. */
export const ImprovementStateEnum = builder.enumType('ImprovementState', {
  description: 'What has become of an improvement.',
  values: {
    PROPOSED: { value: 'proposed', description: 'Somebody proposed it.' },
    STARTED: { value: 'started', description: 'It is being made.' },
    DONE: { value: 'done', description: 'It was made.' },
    VERIFIED: { value: 'verified', description: 'It was judged, and held; of an experiment, a success.' },
    NOT_HELD: { value: 'not_held', description: 'It was judged, and did not hold.' },
    ABANDONED: { value: 'abandoned', description: 'It was given up; of an experiment, it ended undecided.' },
  } as const satisfies Record<string, { readonly value: ImprovementState; readonly description: string }>,
});

/** How much work something is. */
export const ImprovementEffortEnum = builder.enumType('ImprovementEffort', {
  description: 'How much work it is.',
  values: {
    SMALL: { value: 'small', description: 'An hour or two.' },
    MEDIUM: { value: 'medium', description: 'Half a day.' },
    LARGE: { value: 'large', description: 'A day or more.' },
  } as const satisfies Record<string, { readonly value: Effort; readonly description: string }>,
});

const SourceEnum = builder.enumType('ImprovementSource', {
  description: 'What an entry of the Kaizen log comes from.',
  values: {
    IMPROVEMENT: { value: 'improvement', description: 'Somebody logged it.' },
    EXPERIMENT: { value: 'experiment', description: 'An experiment ended.' },
  } as const satisfies Record<
    string,
    { readonly value: Improvement['source']; readonly description: string }
  >,
});

const HoldingEnum = builder.enumType('Holding', {
  description: 'Whether an improvement holds.',
  values: {
    HELD: { value: 'held', description: 'Its metric is significantly better than before.' },
    NOT_HELD: { value: 'not-held', description: 'It is worse, or a week after still not better.' },
    NOT_ENOUGH_DATA: { value: 'not-enough-data', description: 'Too little is known.' },
  } as const satisfies Record<string, { readonly value: Holding; readonly description: string }>,
});

const MeasureType = builder.objectRef<ImprovementMeasure>('ImprovementMeasure').implement({
  description:
    'What an improvement did to its metric: the latest week, hour by hour, against one before the work.',
  fields: (t) => ({
    holding: t.expose('holding', { type: HoldingEnum, description: 'Whether it holds.' }),
    missing: t.exposeString('missing', {
      nullable: true,
      description: 'What keeps it from being measured; null where it is.',
    }),
    before: t.expose('before', {
      type: TimeWindow,
      nullable: true,
      description: 'The week before the work.',
    }),
    after: t.expose('after', {
      type: TimeWindow,
      nullable: true,
      description: 'The latest week since it was done, or as much of one as there is.',
    }),
    hours: t.int({
      description: 'How many hours of the week both have data for.',
      resolve: ({ comparison }) => comparison?.hours ?? 0,
    }),
    medianBefore: t.float({
      nullable: true,
      description: "The median of those hours before, in the metric's unit.",
      resolve: ({ comparison }) => comparison?.medianBefore,
    }),
    medianAfter: t.float({
      nullable: true,
      description: "The median of those hours now, in the metric's unit.",
      resolve: ({ comparison }) => comparison?.medianAfter,
    }),
    shift: t.field({
      type: EstimateType,
      nullable: true,
      description: "From before to now at the same hour of the week, in the metric's unit.",
      resolve: ({ comparison }) => comparison?.shift,
    }),
    changePercent: t.float({
      nullable: true,
      description: 'The shift in % of the median before; null where that is 0.',
      resolve: ({ comparison }) => comparison?.changePercent,
    }),
    p: t.float({
      nullable: true,
      description: 'The probability of such a shift by chance, 0..1.',
      resolve: ({ comparison }) => comparison?.p,
    }),
    isAsExpected: t.exposeBoolean('isAsExpected', {
      nullable: true,
      description: 'Whether the interval of the shift reaches what was expected; null where nothing was.',
    }),
  }),
});

/** An entry of the Kaizen log. */
export const ImprovementType = builder.objectRef<Improvement>('Improvement').implement({
  description: 'An entry of the Kaizen log: an improvement, or an experiment that is over.',
  fields: (t) => ({
    name: t.exposeString('id', { description: 'The id that its author gave it.' }),
    source: t.expose('source', { type: SourceEnum, description: 'What the entry comes from.' }),
    title: t.exposeString('title', { description: 'What it is, in a line.' }),
    state: t.expose('state', { type: ImprovementStateEnum, description: 'What has become of it.' }),
    service: t.exposeString('service', { nullable: true, description: 'The service that it is made on.' }),
    metric: t.exposeString('metric', { nullable: true, description: 'The metric that it is to improve.' }),
    owner: t.exposeString('owner', { nullable: true, description: 'Who answers for it.' }),
    effort: t.expose('effort', {
      type: ImprovementEffortEnum,
      nullable: true,
      description: 'How much work it is.',
    }),
    expectedChangePercent: t.exposeFloat('expectedChangePercent', {
      nullable: true,
      description: 'How far the metric is to move, in %; negative where it is to fall.',
    }),
    message: t.exposeString('message', { nullable: true, description: 'What was said with its state.' }),
    surprise: t.exposeString('surprise', {
      nullable: true,
      description: 'What was surprising, of an experiment.',
    }),
    before: t.exposeFloat('before', {
      nullable: true,
      description: "The median before, as recorded, in the metric's unit.",
    }),
    after: t.exposeFloat('after', {
      nullable: true,
      description: "The median after, as recorded, in the metric's unit.",
    }),
    changePercent: t.exposeFloat('changePercent', {
      nullable: true,
      description: 'The change that the end of an experiment recorded, in %.',
    }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the work began.',
    }),
    doneAt: t.expose('doneAt', { type: 'DateTime', nullable: true, description: 'When it was done.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When its present state was recorded.' }),
    receipts: t.field({
      type: [Citation],
      description: 'The receipt of its present state; of an experiment those of its end and its start.',
      resolve: ({ receipts }) => receipts.map(pathOfEvent),
    }),
    measure: t.field({
      type: MeasureType,
      nullable: true,
      description: 'Whether it holds, measured from evidence; null only with an error, which says why.',
      args: { at: t.arg({ type: 'DateTime', description: 'As of when; now when absent.' }) },
      resolve: (improvement, { at }, { deps, now, budget }) => {
        budget.spend('improvements');
        const sources = { store: deps.store, metrics: deps.pillarMetrics };
        return measureImprovement(sources, improvement, at ?? now);
      },
    }),
  }),
});

const LogConnection = connectionRef('Improvement', ImprovementType, 'counted');

const FilterInput = builder.inputType('KaizenLogFilter', {
  description: 'Which entries of the Kaizen log.',
  fields: (t) => ({
    source: t.field({ type: SourceEnum, description: 'Only from this source.' }),
    states: t.field({ type: [ImprovementStateEnum], description: 'Only in these states.' }),
    service: t.string({ description: 'Only of this service.' }),
    metric: t.string({ description: 'Only to improve this metric.' }),
    owner: t.string({ description: 'Only of this owner.' }),
  }),
});

function queryOf({ source, states, service, metric, owner }: typeof FilterInput.$inferInput): LogQuery {
  return {
    ...(source == null ? {} : { source }),
    ...(states == null ? {} : { states }),
    ...(service == null ? {} : { service }),
    ...(metric == null ? {} : { metric }),
    ...(owner == null ? {} : { owner }),
  };
}

builder.queryField('kaizenLog', (t) =>
  t.field({
    type: LogConnection,
    description: 'What was improved and tried, what changed last first.',
    args: {
      filter: t.arg({ type: FilterInput, description: 'Which entries; all when absent.' }),
      at: t.arg({ type: 'DateTime', description: 'As of when; now when absent.' }),
      ...pageArgs,
    },
    resolve: async (_, { filter, at, ...page }, { deps, now }) => {
      const log = await readKaizenLog(deps.store, at ?? now, queryOf(filter ?? {}));
      return pageOfList(page, log, ({ source, id }) => `${source} ${id}`);
    },
  }),
);

builder.queryField('improvement', (t) =>
  t.field({
    type: ImprovementType,
    nullable: true,
    description: 'The improvement of this id; null when none was logged.',
    args: {
      name: t.arg.string({ required: true, description: 'The id that its author gave it.' }),
      at: t.arg({ type: 'DateTime', description: 'As of when; now when absent.' }),
    },
    resolve: (_, { name, at }, { deps, now }) => readImprovement(deps.store, name, at ?? now),
  }),
);
