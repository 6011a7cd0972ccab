import { type SubjectTrend, type TrendVerdict, trendWindows } from '../../analysis/index.js';
import type { Gauges, Point, SeriesLabels } from './exposition.js';

/** How many trends have series of their own. */
const MOST_TRENDS = 20_000;

const windowNames = new Map<number, string>(
  Object.entries(trendWindows).map(([name, { lengthMs }]) => [lengthMs, name]),
);

function labelsOf({ service, metric, trend: { window } }: SubjectTrend): SeriesLabels {
  const lengthMs = window.to - window.from;
  return { service, metric, window: windowNames.get(lengthMs) ?? `${lengthMs / 1_000}s` };
}

/** 1 for better, -1 for worse, 0 for neither; too little data has no direction. */
function directionOf(verdict: TrendVerdict): number | undefined {
  switch (verdict) {
    case 'improving':
      return 1;
    case 'degrading':
      return -1;
    case 'steady':
      return 0;
    case 'rising':
    case 'falling':
    case 'not-enough-data':
      return undefined;
  }
}

/** The series of trends of services that have series; at most 20,000, what is beyond is a figure of its own. */
export function trendFamilies(
  all: readonly SubjectTrend[],
  hasSeries: (service: string) => boolean,
): readonly Gauges[] {
  const trends = all.filter(({ service }) => hasSeries(service)).slice(0, MOST_TRENDS);
  const points = (value: (trend: SubjectTrend) => number | undefined): readonly Point[] =>
    trends.flatMap((trend) => {
      const known = value(trend);
      return known === undefined ? [] : [{ labels: labelsOf(trend), value: known }];
    });
  return [
    {
      type: 'gauge',
      name: 'genchi_trend_slope_per_day',
      help: 'The slope of a metric over a window (Theil-Sen), in its unit a day; of a counter, of its increase a minute.',
      points: points(({ trend }) => trend.slopePerDay?.value),
    },
    {
      type: 'gauge',
      name: 'genchi_trend_direction',
      help: 'Where a metric goes over a window: 1 improving, 0 steady, -1 degrading; significant only.',
      points: points(({ trend }) => directionOf(trend.verdict)),
    },
    {
      type: 'gauge',
      name: 'genchi_trends_left_out',
      help: 'Trends without series of their own, of services that have none or beyond 20,000.',
      points: all.length === 0 ? [] : [{ labels: {}, value: all.length - trends.length }],
    },
  ];
}
