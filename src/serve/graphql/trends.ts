/** `trends` and `weeks`: where the metrics of a service are going, and this week against the one before. */
import {
  courseOf,
  headroomPercent,
  metricNames,
  projectAlong,
  reachOf,
  readTrends,
  readWeeks,
  type SubjectTrend,
  type SubjectWeeks,
  seededUniform,
  type TrendSubject,
  type TrendWindowName,
} from '../../analysis/index.js';
import type { EvidenceStore } from '../../evidence/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import {
  ChangeType,
  EstimateType,
  GapType,
  OutlierType,
  ReachType,
  ReversalType,
  SeasonType,
  VerdictEnum,
} from './trend-parts.js';
import { TimeWindow } from './window.js';

/** Trends of so many metrics are judged together at most; each takes some milliseconds of the processor. */
const MOST_METRICS = 20;

/** The tests of seasons draw the same numbers each time, so that the same question has the same answer. */
const SEED = 1;

const WindowEnum = builder.enumType('TrendWindow', {
  description: 'How far back a trend is looked at, and by which steps.',
  values: {
    HOUR: { value: '1h', description: 'An hour, by minutes.' },
    DAY: { value: '24h', description: '24 hours, by ten minutes.' },
    WEEK: { value: '7d', description: '7 days, by hours.' },
    MONTH: { value: '30d', description: '30 days, by three hours.' },
  } as const satisfies Record<string, { readonly value: TrendWindowName; readonly description: string }>,
});

const TrendType = builder.objectRef<SubjectTrend>('Trend').implement({
  description: 'Where a metric of a service is going.',
  fields: (t) => ({
    metric: t.exposeString('metric', { description: 'The name of the metric.' }),
    isRate: t.exposeBoolean('isRate', {
      description: 'Whether values are the increase of a counter per minute, rather than readings.',
    }),
    isStalled: t.exposeBoolean('isStalled', { description: 'Whether it fell silent over five minutes ago.' }),
    window: t.field({
      type: TimeWindow,
      description: 'The window looked at.',
      resolve: ({ trend }) => trend.window,
    }),
    verdict: t.field({
      type: VerdictEnum,
      description: 'What it means, corrected for all metrics asked for together.',
      resolve: ({ trend }) => trend.verdict,
    }),
    coverage: t.float({
      description: 'The share of the steps of the window that have data, 0..1.',
      resolve: ({ trend }) => trend.coverage,
    }),
    current: t.float({
      nullable: true,
      description: "The last value, in the metric's unit.",
      resolve: ({ trend }) => trend.current,
    }),
    mean: t.float({
      nullable: true,
      description: "The mean of the window, in the metric's unit.",
      resolve: ({ trend }) => trend.mean,
    }),
    relativePosition: t.float({
      nullable: true,
      description: '(current - mean) / mean, so that 0.1 is 10 %; null where the mean is 0.',
      resolve: ({ trend }) => trend.relativePosition,
    }),
    slopePerDay: t.field({
      type: EstimateType,
      nullable: true,
      description: "The Theil-Sen slope, in the metric's unit per day.",
      resolve: ({ trend }) => trend.slopePerDay,
    }),
    growthPerMonth: t.field({
      type: EstimateType,
      nullable: true,
      description: 'Growth as a share per month, 0.15 is +15 %; null where values are not all above 0.',
      resolve: ({ trend }) => trend.growthPerMonth,
    }),
  }),
});

builder.objectFields(TrendType, (t) => ({
  projection: t.field({
    type: EstimateType,
    nullable: true,
    description:
      "The level after so many months of this growth, or of this slope where it has no rate, in the metric's unit.",
    args: { months: t.arg.float({ required: true, description: 'How many months, above 0 to 120.' }) },
    resolve: ({ trend }, { months }) => {
      if (!(months > 0 && months <= 120)) {
        throw new ServeError('bad-request', `expected months above 0 and up to 120, not ${months}`);
      }
      const course = courseOf(trend);
      if (course === undefined || trend.current === undefined) return undefined;
      return projectAlong(trend.current, course, months);
    },
  }),
  reach: t.field({
    type: ReachType,
    nullable: true,
    description: 'When it reaches a limit, going on so; null where it has no course.',
    args: { limit: t.arg.float({ required: true, description: "The limit, in the metric's unit." }) },
    resolve: ({ trend }, { limit }) => {
      const course = courseOf(trend);
      if (course === undefined || trend.current === undefined) return undefined;
      const { current } = trend;
      return {
        ...reachOf(current, limit, course),
        headroomPercent: headroomPercent(current, limit, 'at_most'),
      };
    },
  }),
  meanWithoutOutliers: t.float({
    nullable: true,
    description: "The mean with its outliers left out, in the metric's unit.",
    resolve: ({ trend }) => trend.meanWithoutOutliers,
  }),
  outlierCount: t.int({
    description: 'How many points are outliers.',
    resolve: ({ trend }) => trend.outliers.length,
  }),
  p: t.float({
    nullable: true,
    description: 'The probability of such a trend by chance, corrected as the verdict is, 0..1.',
    resolve: ({ trend }) => trend.adjustedP,
  }),
}));

builder.objectFields(TrendType, (t) => ({
  changes: t.field({
    type: [ChangeType],
    description: 'Changes of level or slope, oldest first.',
    resolve: ({ trend }) => [...trend.changes],
  }),
  reversals: t.field({
    type: [ReversalType],
    description: 'Changes after which the verdict turned.',
    resolve: ({ trend }) => [...trend.reversals],
  }),
  outliers: t.field({
    type: [OutlierType],
    description: 'Points far from the rest, oldest first.',
    resolve: ({ trend }) => [...trend.outliers],
  }),
  seasons: t.field({
    type: [SeasonType],
    description: 'Periods of a day or a week; they are taken out before the trend is judged.',
    resolve: ({ trend }) => [...trend.seasons],
  }),
  gaps: t.field({
    type: [GapType],
    description: 'Where samples are missing.',
    resolve: ({ gaps }) => [...gaps],
  }),
}));

const WeeksType = builder.objectRef<SubjectWeeks>('WeekComparison').implement({
  description:
    'A metric in the 7 days before a time, against the 7 days before those, hour by hour of the week.',
  fields: (t) => ({
    metric: t.exposeString('metric', { description: 'The name of the metric.' }),
    verdict: t.field({
      type: VerdictEnum,
      description: 'What the shift means, corrected for all metrics asked for together.',
      resolve: ({ weeks }) => weeks.verdict,
    }),
    hours: t.int({
      description: 'Hours that both weeks have data for.',
      resolve: ({ weeks }) => weeks.hours,
    }),
    medianBefore: t.float({
      nullable: true,
      description: "The median of the week before, in the metric's unit.",
      resolve: ({ weeks }) => weeks.medianBefore,
    }),
    medianAfter: t.float({
      nullable: true,
      description: "The median of this week, in the metric's unit.",
      resolve: ({ weeks }) => weeks.medianAfter,
    }),
    shift: t.field({
      type: EstimateType,
      nullable: true,
      description: "From one week to the other at the same hour, in the metric's unit.",
      resolve: ({ weeks }) => weeks.shift,
    }),
    changePercent: t.float({
      nullable: true,
      description: 'The shift in % of the week before; null where that is 0.',
      resolve: ({ weeks }) => weeks.changePercent,
    }),
    p: t.float({
      nullable: true,
      description: 'The probability of such a shift by chance, corrected as the verdict is, 0..1.',
      resolve: ({ weeks }) => weeks.adjustedP,
    }),
  }),
});

/** The metrics asked for; each counts against the budget of the request. */
function subjectsOf(
  service: string,
  metrics: readonly string[],
  { budget }: GraphqlContext,
): readonly TrendSubject[] {
  const names = [...new Set(metrics)];
  if (names.length === 0 || names.length > MOST_METRICS) {
    throw new ServeError('bad-request', `expected 1 to ${MOST_METRICS} metrics, not ${names.length}`);
  }
  return names.map((metric) => {
    budget.spend('trends');
    return { service, metric };
  });
}

/** The pillar metrics that a service sends. */
function pillarsOf(service: string, store: EvidenceStore): readonly string[] {
  const sent = store.findSeries({ services: [service], metrics: metricNames });
  return metricNames.filter((name) => sent.some(({ metric }) => metric === name));
}

const described = {
  service: 'The name of the service.',
  metrics: `Names of 1..${MOST_METRICS} metrics that the service has series of.`,
  at: 'The end of the window; now when absent.',
};

builder.queryField('trends', (t) =>
  t.field({
    type: [TrendType],
    description:
      'Where metrics of a service are going, in the order asked for. Without `metrics` all of the pillars that it sends; without `at` too, as of the latest step of the window that is closed, which costs next to nothing.',
    args: {
      service: t.arg.string({ required: true, description: described.service }),
      metrics: t.arg.stringList({ description: described.metrics }),
      window: t.arg({ type: WindowEnum, required: true, defaultValue: '7d', description: 'How far back.' }),
      at: t.arg({ type: 'DateTime', description: described.at }),
    },
    resolve: async (_, { service, metrics, window, at }, context) => {
      const { store, pillarMetrics, trends } = context.deps;
      if (metrics == null && at == null) return [...(await trends.read(service, window, context.now))];
      const sources = { store, metrics: pillarMetrics, random: seededUniform(SEED) };
      const asked = metrics ?? pillarsOf(service, store);
      if (metrics == null && asked.length === 0) return [];
      const subjects = subjectsOf(service, asked, context);
      return [...(await readTrends(sources, subjects, window, at ?? context.now))];
    },
  }),
);

builder.queryField('weeks', (t) =>
  t.field({
    type: [WeeksType],
    description: 'Metrics of a service, this week against the one before, in the order asked for.',
    args: {
      service: t.arg.string({ required: true, description: described.service }),
      metrics: t.arg.stringList({ required: true, description: described.metrics }),
      at: t.arg({ type: 'DateTime', description: described.at }),
    },
    resolve: async (_, { service, metrics, at }, context) => {
      const { store, pillarMetrics } = context.deps;
      const subjects = subjectsOf(service, metrics, context);
      return [...(await readWeeks({ store, metrics: pillarMetrics }, subjects, at ?? context.now))];
    },
  }),
);
