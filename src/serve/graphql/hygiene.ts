/** `dataQuality`: how well measuring works. */
import {
  type Duplicated,
  type MetricGap,
  type MetricHygiene,
  readGaps,
  readMetricHygiene,
  type SensitiveLabel,
  type StalledMetric,
} from '../../analysis/index.js';
import { pathOf, SECOND_MS, type Series } from '../../model/index.js';
import { builder } from './builder.js';
import { connectionRef, keyOfParts, pageArgs, pageOfList, sizeOf } from './connection.js';
import { Citation } from './receipts.js';
import { TimeWindow } from './window.js';

const seriesPath = ({ key }: Series): string => pathOf({ type: 'series', series: key });

const ofService = 'The service; null where none is named.';

const StalledType = builder.objectRef<StalledMetric>('StalledMetric').implement({
  description: 'A metric of a service of which all series fell silent.',
  fields: (t) => ({
    service: t.exposeString('service', { nullable: true, description: ofService }),
    metric: t.exposeString('metric', { description: 'The name of the metric.' }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'The time of its last sample.' }),
    silentSeconds: t.float({
      description: 'How long ago that was, in seconds.',
      resolve: ({ silentMs }) => silentMs / SECOND_MS,
    }),
    stepSeconds: t.float({
      nullable: true,
      description: 'The mean time between its samples, in seconds; null with less than two.',
      resolve: ({ stepMs }) => (stepMs === undefined ? undefined : stepMs / SECOND_MS),
    }),
    seriesCount: t.int({ description: 'How many series it has.', resolve: ({ series }) => series.length }),
    series: t.field({
      type: [Citation],
      description: 'Its first series.',
      args: {
        first: t.arg.int({ required: true, defaultValue: 20, description: 'How many of them, 1..100.' }),
      },
      resolve: ({ series }, { first }) => series.slice(0, sizeOf(first)).map(seriesPath),
    }),
  }),
});

const StalledConnection = connectionRef('StalledMetric', StalledType, 'counted');

const MetricGapType = builder.objectRef<MetricGap>('MetricGap').implement({
  description: 'Over five minutes in which no series of a metric of a service had a sample.',
  fields: (t) => ({
    service: t.exposeString('service', { nullable: true, description: ofService }),
    metric: t.exposeString('metric', { description: 'The name of the metric.' }),
    from: t.expose('from', { type: 'DateTime', description: 'The last sample before it.' }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'The next sample; null while it lasts.',
    }),
  }),
});

const MetricGapConnection = connectionRef('MetricGap', MetricGapType, 'counted');

const DuplicatedType = builder.objectRef<Duplicated>('DuplicatedMetrics').implement({
  description: 'Metrics of a service that come from several senders, or under two names.',
  fields: (t) => ({
    service: t.exposeString('service', { nullable: true, description: ofService }),
    how: t.exposeString('how', { description: '`senders` or `names`.' }),
    metrics: t.exposeStringList('metrics', { description: 'The names of the metrics.' }),
    told: t.exposeString('told', {
      description: 'What tells the senders apart, such as `replica: a, b`, or the two names.',
    }),
    surplusSeries: t.exposeInt('surplus', { description: 'How many series could be left out.' }),
    example: t.field({
      type: [Citation],
      description: 'Two series that show it.',
      resolve: ({ example }) => example.map(seriesPath),
    }),
  }),
});

const DuplicatedConnection = connectionRef('DuplicatedMetrics', DuplicatedType, 'counted');

const SensitiveType = builder.objectRef<SensitiveLabel>('SensitiveLabel').implement({
  description: 'A label that looks like a credential or like personal data. Its value is not told.',
  fields: (t) => ({
    service: t.exposeString('service', { nullable: true, description: ofService }),
    label: t.exposeString('label', { description: 'The name of the label.' }),
    sensitivity: t.exposeString('sensitivity', { description: '`credential` or `personal data`.' }),
    metrics: t.exposeStringList('metrics', { description: 'The metrics that have it.' }),
    seriesCount: t.exposeInt('seriesCount', { description: 'How many series have it.' }),
    example: t.field({
      type: Citation,
      description: 'A series that has it.',
      resolve: ({ example }) => seriesPath(example),
    }),
  }),
});

const SensitiveConnection = connectionRef('SensitiveLabel', SensitiveType, 'counted');

const DataQualityType = builder.objectRef<MetricHygiene>('DataQuality').implement({
  description: 'How well measuring works: over the day before a time.',
  fields: (t) => ({
    window: t.expose('window', { type: TimeWindow, description: 'What was looked at.' }),
    metricCount: t.int({
      description: 'How many metrics of services spoke in it.',
      resolve: ({ metrics }) => metrics.length,
    }),
    seriesCount: t.int({
      description: 'How many series spoke in it.',
      resolve: ({ metrics }) => metrics.reduce((sum, { series }) => sum + series.length, 0),
    }),
    stalled: t.field({
      type: StalledConnection,
      args: pageArgs,
      description:
        'Metrics that are silent for over five minutes, and for over twice their own step; the longest first. What Genchi measures itself from events is never among them.',
      resolve: ({ stalled }, page) =>
        pageOfList(page, stalled, ({ service, metric }) => keyOfParts(service, metric)),
    }),
    gaps: t.field({
      type: MetricGapConnection,
      args: pageArgs,
      description: 'Where metrics were silent, by service, metric and time.',
      resolve: async ({ metrics, window }, page, { deps, budget }) => {
        budget.spend('recommendations');
        const gaps = await readGaps(deps.store, metrics, window);
        return await pageOfList(page, gaps, ({ service, metric, from }) => keyOfParts(service, metric, from));
      },
    }),
    duplicated: t.field({
      type: DuplicatedConnection,
      args: pageArgs,
      description: 'Metrics that are sent twice; those with the most surplus series first.',
      resolve: ({ duplicated }, page) =>
        pageOfList(page, duplicated, ({ service, how, metrics, told }) =>
          keyOfParts(service, how, told, ...metrics),
        ),
    }),
    sensitiveLabels: t.field({
      type: SensitiveConnection,
      args: pageArgs,
      description: 'Labels that hold what they must not.',
      resolve: ({ sensitive }, page) =>
        pageOfList(page, sensitive, ({ service, label, sensitivity }) =>
          keyOfParts(service, label, sensitivity),
        ),
    }),
  }),
});

builder.queryField('dataQuality', (t) =>
  t.field({
    type: DataQualityType,
    nullable: true,
    description:
      'What fell silent, is missing, is sent twice, or has labels that it should not; null only with an error.',
    args: {
      service: t.arg.string({ description: 'Only of this service.' }),
      at: t.arg({ type: 'DateTime', description: 'The end of the day looked at; now when absent.' }),
    },
    resolve: async (_, { service, at }, { deps, budget, now }) => {
      budget.spend('recommendations');
      const all = await readMetricHygiene(deps.store, at ?? now);
      const isWanted = (one: { readonly service: string | undefined }) =>
        service == null || one.service === service;
      return {
        window: all.window,
        metrics: all.metrics.filter(isWanted),
        stalled: all.stalled.filter(isWanted),
        duplicated: all.duplicated.filter(isWanted),
        sensitive: all.sensitive.filter(isWanted),
      };
    },
  }),
);
