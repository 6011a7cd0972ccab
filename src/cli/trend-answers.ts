/** What the server answers of trends, and how it is printed. */
import { z } from 'zod';

/** The fields that are asked of a trend; `$limit` and `$months` come with the question. */
export const TREND_FIELDS = `metric isRate isStalled verdict coverage current mean meanWithoutOutliers outlierCount
  relativePosition p slopePerDay { value low high } growthPerMonth { value low high }
  reversals { at from to } gaps { from to } seasons { periodHours strength } window { from to }
  projection(months: $months) @include(if: $hasMonths) { value low high }
  reach(limit: $limit) @include(if: $hasLimit) { expectedDays earliestDays latestDays headroomPercent }`;

const estimate = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() });
type Estimate = z.output<typeof estimate>;

/** The trend of a metric. */
export const trendShape = z.object({
  metric: z.string(),
  isRate: z.boolean(),
  isStalled: z.boolean(),
  verdict: z.enum(['IMPROVING', 'DEGRADING', 'RISING', 'FALLING', 'STEADY', 'NOT_ENOUGH_DATA']),
  coverage: z.number(),
  current: z.number().nullable(),
  mean: z.number().nullable(),
  meanWithoutOutliers: z.number().nullable(),
  outlierCount: z.number(),
  relativePosition: z.number().nullable(),
  p: z.number().nullable(),
  slopePerDay: estimate.nullable(),
  growthPerMonth: estimate.nullable(),
  reversals: z.array(z.object({ at: z.string(), from: z.string(), to: z.string() })),
  gaps: z.array(z.object({ from: z.string(), to: z.string().nullable() })),
  seasons: z.array(z.object({ periodHours: z.number(), strength: z.number() })),
  window: z.object({ from: z.string(), to: z.string() }),
  projection: estimate.nullish(),
  reach: z
    .object({
      expectedDays: z.number().nullable(),
      earliestDays: z.number().nullable(),
      latestDays: z.number().nullable(),
      headroomPercent: z.number().nullable(),
    })
    .nullish(),
});

/** The trend of a metric of a service. */
export type ShownTrend = z.output<typeof trendShape> & { readonly service: string };

const figure = (value: number | null): string => (value === null ? '' : String(Number(value.toPrecision(4))));
const bound = (value: number | null): string => (value === null ? 'open' : figure(value));

function interval(estimated: Estimate | null | undefined): string {
  if (estimated == null) return '';
  return `${figure(estimated.value)} (${bound(estimated.low)} to ${bound(estimated.high)})`;
}

const percent = (share: number | null): string => (share === null ? '' : `${(share * 100).toFixed(1)}`);

const percents = (growth: Estimate | null): Estimate | null =>
  growth && {
    value: growth.value * 100,
    low: growth.low === null ? null : growth.low * 100,
    high: growth.high === null ? null : growth.high * 100,
  };

function reachOf({ reach }: ShownTrend): string {
  if (reach == null) return '';
  const { expectedDays, earliestDays, latestDays } = reach;
  const days = (value: number | null): string => (value === null ? 'never' : figure(value));
  return `${days(expectedDays)} (${days(earliestDays)} to ${days(latestDays)})`;
}

/** What is looked ahead for. */
export interface Ahead {
  readonly months: number | undefined;
  readonly limit: number | undefined;
}

/** The columns of trends. */
export function trendColumns({ months, limit }: Ahead): readonly string[] {
  return [
    ...['service', 'metric', 'verdict', 'current', 'mean', 'position %', 'slope per day', 'p'],
    ...['growth %/month', 'seasons h', 'reversals', 'outliers', 'gaps', 'stalled'],
    ...(months === undefined ? [] : [`in ${months} months`]),
    ...(limit === undefined ? [] : [`days to ${limit}`, 'headroom %']),
  ];
}

/** A trend as a row of {@link trendColumns}. */
export function trendRow(trend: ShownTrend, { months, limit }: Ahead): readonly string[] {
  return [
    trend.service,
    trend.metric,
    trend.verdict.toLowerCase().replaceAll('_', ' '),
    figure(trend.current),
    figure(trend.mean),
    percent(trend.relativePosition),
    interval(trend.slopePerDay),
    figure(trend.p),
    interval(percents(trend.growthPerMonth)),
    trend.seasons.map(({ periodHours }) => figure(periodHours)).join(', '),
    trend.reversals.map(({ at, to }) => `${to.toLowerCase()} since ${at}`).join(', '),
    figure(trend.outlierCount),
    figure(trend.gaps.length),
    trend.isStalled ? 'stalled' : '',
    ...(months === undefined ? [] : [interval(trend.projection)]),
    ...(limit === undefined ? [] : [reachOf(trend), figure(trend.reach?.headroomPercent ?? null)]),
  ];
}
