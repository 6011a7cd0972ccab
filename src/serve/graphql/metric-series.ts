/** `metricSeries`: the series of a metric as a chart needs them. */
import { metricNames } from '../../analysis/index.js';
import type { Series, Window } from '../../model/index.js';
import { builder } from './builder.js';
import type { GraphqlDeps } from './context.js';
import { type DrawnPoint, type DrawnSeries, drawSeries, MOST_SERIES } from './drawn-series.js';
import { SeriesType } from './receipts.js';
import { GapType } from './trend-parts.js';
import { TimeWindow } from './window.js';

/** JSON has no NaN and no infinities, and a staleness marker has no value. */
const drawable = ({ value, stale }: DrawnPoint): number | null =>
  stale || !Number.isFinite(value) ? null : value;

const PointType = builder.objectRef<DrawnPoint>('MetricPoint').implement({
  description:
    'A sample as it was recorded. A line is drawn from each to the next, and breaks where the value is null.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it was taken.' }),
    value: t.float({
      nullable: true,
      description: "The value, in the metric's unit; null for a staleness marker, NaN and infinities.",
      resolve: drawable,
    }),
    stale: t.exposeBoolean('stale', {
      description: "Whether it is Prometheus' marker that the series ended.",
    }),
  }),
});

const DrawnType = builder.objectRef<DrawnSeries>('DrawnSeries').implement({
  description: 'One series of a metric, with no more points than its pixels can show.',
  fields: (t) => ({
    series: t.expose('series', { type: SeriesType, description: 'Which series it is.' }),
    points: t.field({
      type: [PointType],
      description:
        'Of each column of pixels the first, the last, the least and the greatest sample, and what breaks the line; in the order of time.',
      resolve: ({ points }) => [...points],
    }),
    times: t.floatList({
      description:
        'The times of `points` alone, in milliseconds since 1970-01-01T00:00:00Z: for large charts.',
      resolve: ({ points }) => points.map(({ at }) => at),
    }),
    values: t.field({
      type: ['Float'],
      nullable: { list: false, items: true },
      description: "The values of `points` alone, in the metric's unit; null as there.",
      resolve: ({ points }) => points.map(drawable),
    }),
    samples: t.int({
      description: 'How many finite samples they stand for.',
      resolve: ({ extent }) => extent?.samples ?? 0,
    }),
    min: t.float({
      nullable: true,
      description: "The least finite sample of the window, in the metric's unit; null without one.",
      resolve: ({ extent }) => extent?.least,
    }),
    max: t.float({
      nullable: true,
      description: "The greatest finite sample of the window, in the metric's unit; null without one.",
      resolve: ({ extent }) => extent?.greatest,
    }),
    gaps: t.field({
      type: [GapType],
      description:
        'Stretches without samples, wider than a pixel, longer than five minutes and than three times what is usual for the series.',
      resolve: ({ gaps }) => gaps.map(({ until, ...gap }) => ({ ...gap, to: until })),
    }),
  }),
});

/** A chart: what was asked and what it came to. */
interface Chart {
  readonly metric: string;
  readonly window: Window;
  readonly width: number;
  readonly drawn: readonly DrawnSeries[];
}

/** What the names of metrics say of their unit: https://prometheus.io/docs/practices/naming/#base-units */
const UNITS =
  /_(seconds|bytes|ratio|celsius|meters|volts|amperes|joules|grams|percent|ms|secs)(?:_total|_sum)?$/;

/** The unit of a metric, by the ontology, by a label of one of its series, or by its name. */
export function unitOfMetric(
  metric: string,
  series: Series | undefined,
  { pillarMetrics }: Pick<GraphqlDeps, 'pillarMetrics'>,
): string | undefined {
  const ofPillars = metricNames.find((name) => name === metric);
  if (ofPillars !== undefined) return pillarMetrics[ofPillars].unit;
  return series?.labels.unit ?? UNITS.exec(metric)?.[1];
}

const ChartType = builder.objectRef<Chart>('MetricChart').implement({
  description:
    'The series of a metric in a window, thinned out to the pixels of a chart without losing extremes.',
  fields: (t) => ({
    metric: t.exposeString('metric', { description: 'The name of the metric.' }),
    unit: t.string({
      nullable: true,
      description: 'The unit of its values, where the metric, a label or its name says it.',
      resolve: ({ metric, drawn }, _, { deps }) => unitOfMetric(metric, drawn[0]?.series, deps),
    }),
    window: t.expose('window', { type: TimeWindow, description: 'The window that is shown.' }),
    pixelSeconds: t.float({
      description: 'How many seconds one column of pixels stands for.',
      resolve: ({ window, width }) => (window.to - window.from) / width / 1_000,
    }),
    series: t.field({
      type: [DrawnType],
      description: 'Every series that matches, in the order in which they were first seen.',
      resolve: ({ drawn }) => [...drawn],
    }),
  }),
});

const LabelMatch = builder.inputType('LabelMatch', {
  description: 'A label that a series must have.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name of the label.' }),
    values: t.stringList({
      required: true,
      description: 'The values of which it must have one; the empty text is a label that is not there.',
    }),
  }),
});

builder.queryField('metricSeries', (t) =>
  t.field({
    type: ChartType,
    nullable: true,
    description: `The series of a metric as a chart needs them, thinned out where they are stored; at most ${MOST_SERIES}. Null only with an error, which says why.`,
    args: {
      service: t.arg.string({ description: 'Only series about this service.' }),
      metric: t.arg.string({ required: true, description: 'The name of the metric.' }),
      labels: t.arg({ type: [LabelMatch], description: 'Only series that have all of these labels.' }),
      from: t.arg({ type: 'DateTime', required: true, description: 'The first instant of the window.' }),
      to: t.arg({ type: 'DateTime', description: 'The first instant after the window; now when absent.' }),
      width: t.arg.int({
        required: true,
        defaultValue: 600,
        description: 'How wide the chart is in pixels, from 1; all series together have at most 40,000.',
      }),
    },
    resolve: async (_, { service, metric, labels, from, to, width }, { deps, now, budget }) => {
      budget.spend('charts');
      const window = { from, to: to ?? now };
      const drawn = await drawSeries(deps.store, {
        metric,
        ...(service == null ? {} : { service }),
        labels: new Map((labels ?? []).map(({ name, values }) => [name, values])),
        window,
        width,
      });
      return { metric, window, width, drawn };
    },
  }),
);
