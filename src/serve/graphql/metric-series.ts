/** `metricSeries`: the series of a metric as a chart needs them. */
import { metricNames } from '../../analysis/index.js';
import type { EvidenceStore, Silence } from '../../evidence/index.js';
import { type Instant, instantOf, type Series, type Window } from '../../model/index.js';
import { builder } from './builder.js';
import type { GraphqlDeps } from './context.js';
import {
  type ChartQuestion,
  type DrawnSeries,
  drawSeries,
  MOST_COLUMNS,
  MOST_SERIES,
  readGaps,
} from './drawn-series.js';
import { packedOf } from './packed-line.js';
import { SeriesType } from './receipts.js';
import { GapType } from './trend-parts.js';
import { TimeWindow } from './window.js';

/** A sample of a line; without a value it is where the line breaks: a staleness marker, NaN or an infinity. */
interface DrawnPoint {
  readonly at: Instant;
  readonly value: number | null;
  readonly stale: boolean;
}

const PointType = builder.objectRef<DrawnPoint>('MetricPoint').implement({
  description:
    'A sample as it was recorded. A line is drawn from each to the next, and breaks where the value is null.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it was taken.' }),
    value: t.exposeFloat('value', {
      nullable: true,
      description: "The value, in the metric's unit; null for a staleness marker, NaN and infinities.",
    }),
    stale: t.exposeBoolean('stale', {
      description: "Whether it is Prometheus' marker that the series ended.",
    }),
  }),
});

/** JSON has no NaN and no infinities. */
const drawable = (value: number): number | null => (Number.isFinite(value) ? value : null);

const timesOf = ({ line }: DrawnSeries): readonly number[] => Array.from(line?.at ?? []);
const valuesOf = ({ line }: DrawnSeries): readonly (number | null)[] =>
  Array.from(line?.value ?? [], drawable);

function pointsOf(drawn: DrawnSeries): readonly DrawnPoint[] {
  const values = valuesOf(drawn);
  return timesOf(drawn).map((at, place) => ({
    at: instantOf(at),
    value: values[place] ?? null,
    stale: drawn.line?.stale.has(place) === true,
  }));
}

/** A series of a chart, with what is read of it when it is asked for. */
interface ChartedSeries extends DrawnSeries {
  readonly gaps: () => Promise<readonly Silence[]>;
}

const DrawnType = builder.objectRef<ChartedSeries>('DrawnSeries').implement({
  description: 'One series of a metric, with no more points than its pixels can show.',
  fields: (t) => ({
    series: t.expose('series', { type: SeriesType, description: 'Which series it is.' }),
    points: t.field({
      type: [PointType],
      description:
        'Of each column of pixels the first, the last, the least and the greatest sample, and what breaks the line; in the order of time.',
      resolve: (drawn) => [...pointsOf(drawn)],
    }),
    times: t.floatList({
      description:
        'The times of `points` alone, in milliseconds since 1970-01-01T00:00:00Z: for large charts.',
      resolve: (drawn) => [...timesOf(drawn)],
    }),
    values: t.field({
      type: ['Float'],
      nullable: { list: false, items: true },
      description: "The values of `points` alone, in the metric's unit; null as there.",
      resolve: (drawn) => [...valuesOf(drawn)],
    }),
    packed: t.string({
      description:
        'The same for large charts, as base64: all times in milliseconds since 1970-01-01T00:00:00Z, then all values, NaN where there is none; each a double of IEEE 754, little-endian.',
      resolve: ({ line }) => packedOf(line),
    }),
    samples: t.int({
      description: 'How many finite samples they stand for.',
      resolve: ({ line }) => line?.extent?.samples ?? 0,
    }),
    min: t.float({
      nullable: true,
      description: "The least finite sample of the window, in the metric's unit; null without one.",
      resolve: ({ line }) => line?.extent?.least,
    }),
    max: t.float({
      nullable: true,
      description: "The greatest finite sample of the window, in the metric's unit; null without one.",
      resolve: ({ line }) => line?.extent?.greatest,
    }),
    gaps: t.field({
      type: [GapType],
      description:
        'Stretches without samples, wider than a pixel, longer than five minutes and than three times what is usual for the series.',
      resolve: async ({ gaps }) => (await gaps()).map(({ until, ...gap }) => ({ ...gap, to: until })),
    }),
  }),
});

/** A chart: what was asked and what it came to. */
interface Chart {
  readonly metric: string;
  readonly window: Window;
  readonly width: number;
  readonly drawn: readonly ChartedSeries[];
}

/** What the names of metrics say of their unit: https://prometheus.io/docs/practices/naming/#base-units */
const UNITS =
  /_(seconds|bytes|ratio|celsius|meters|volts|amperes|joules|grams|percent|ms|secs)(?:_total|_sum|_bucket)?$/;

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

/** Reads a chart; where it has no samples is read once, when the first of its series is asked for it. */
async function readChart(store: EvidenceStore, question: ChartQuestion): Promise<Chart> {
  const { metric, window } = question;
  const { drawn, width } = await drawSeries(store, question);
  let reading: ReturnType<typeof readGaps> | undefined;
  const gapsOf = async ({ series: { ref } }: DrawnSeries): Promise<readonly Silence[]> => {
    reading ??= readGaps(store, { window, width }, drawn);
    return (await reading).get(ref) ?? [];
  };
  return { metric, window, width, drawn: drawn.map((one) => ({ ...one, gaps: () => gapsOf(one) })) };
}

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
        description: `How wide the chart is in pixels, 1..${MOST_COLUMNS.toLocaleString('en')}. All series together have at most as many: with more series each column is wider, see \`pixelSeconds\`.`,
      }),
    },
    resolve: (_, { service, metric, labels, from, to, width }, { deps, now, budget }) => {
      budget.spend('charts');
      return readChart(deps.store, {
        metric,
        ...(service == null ? {} : { service }),
        labels: new Map((labels ?? []).map(({ name, values }) => [name, values])),
        window: { from, to: to ?? now },
        width,
      });
    },
  }),
);
