/** Reads, through the evidence port, what recommendations are made from: in some ten statements for all services. */
import type { EvidenceStore } from '../../evidence/index.js';
import { DAY_MS, EARLIEST, HOUR_MS, type Instant, shift } from '../../model/index.js';
import { assessAll, healthSettingsOf } from '../health.js';
import { readAlertHygiene } from '../hygiene/alerts.js';
import { readMetricHygiene } from '../hygiene/metrics.js';
import { type MetricTable, metricNames } from '../metrics.js';
import { type Measured, measureSteps, type Sources } from '../pillars.js';
import { seededUniform } from '../random.js';
import type { SloRevision, SloStatus } from '../slo/status.js';
import { trendsOf, trendWindows } from '../trend/trend.js';
import type { Findings, MetricTrend } from './findings.js';

/** What findings are read from. */
export interface FindingSources {
  readonly store: EvidenceStore;
  readonly metrics: MetricTable;
  /** Which series and closed minutes the pillars are measured from, beside events. */
  readonly measuring?: Sources;
  /** Judges the objectives in force at a time. */
  readonly judge?: (slos: readonly SloRevision[], at: Instant) => Promise<readonly SloStatus[]>;
}

/** Of which service, and when. */
export interface FindingQuestion {
  readonly at: Instant;
  /** All services when absent. */
  readonly service?: string;
}

/** Pillars are looked at over the hour, alerts over the day, trends over the week before a time. */
const HEALTH_MS = HOUR_MS;
const ALERTS_MS = DAY_MS;

/** The tests of seasons draw the same numbers each time, so that the same evidence has the same answer. */
const SEED = 1;

/** The objectives in force at a time, by name. */
export async function slosInForce(store: EvidenceStore, at: Instant): Promise<readonly SloRevision[]> {
  const latest = await store.latestEvents('slo', ['slo'], { from: EARLIEST, to: shift(at, 1) });
  return latest
    .flatMap(({ event }) => (event.kind === 'slo' && event.retired !== true ? [event] : []))
    .sort((a, b) => (a.slo < b.slo ? -1 : 1));
}

/** The courses of a scope's metrics that have a good side, judged together. */
export function metricTrends(
  measured: readonly Measured[],
  metrics: MetricTable,
  at: Instant,
): readonly MetricTrend[] {
  const { lengthMs, stepMs } = trendWindows['7d'];
  const window = { from: shift(at, -lengthMs), to: at };
  const subjects = metricNames.flatMap((metric) => {
    const { judged } = metrics[metric];
    const points = measured.flatMap((step) => {
      const value = step.readings.get(metric);
      return value === undefined ? [] : [{ at: step.at - stepMs, value }];
    });
    return judged.better === 'trend' || points.length === 0 ? [] : [{ metric, judged, points }];
  });
  const inputs = subjects.map(({ judged, points }) => ({
    points: { at: points.map((point) => point.at), value: points.map(({ value }) => value) },
    ...{ window, stepMs, judged },
  }));
  const trends = trendsOf(inputs, seededUniform(SEED));
  return subjects.flatMap(({ metric }, item) => {
    const trend = trends[item];
    const service = measured[0]?.service;
    return trend === undefined ? [] : [{ metric, service, trend }];
  });
}

/** The trends of a service's metrics over the week, or of the whole system's. */
async function readMetricTrends(
  { store, metrics, measuring }: FindingSources,
  { at, service }: FindingQuestion,
): Promise<readonly MetricTrend[]> {
  const { lengthMs, stepMs } = trendWindows['7d'];
  const window = { from: shift(at, -lengthMs), to: at };
  const services = service === undefined ? {} : { services: [service] };
  const steps = await measureSteps(store, { window, stepMs, ...services, ...measuring });
  return metricTrends(
    steps.filter((step) => step.service === service),
    metrics,
    at,
  );
}

/** Reads all that recommendations at a time are made from; fails as the store does. */
export async function readFindings(sources: FindingSources, question: FindingQuestion): Promise<Findings> {
  const { store, metrics, measuring, judge = async () => [] } = sources;
  const { at, service } = question;
  const slos = await slosInForce(store, at);
  const window = { from: shift(at, -HEALTH_MS), to: at };
  const [health, alerts, measured, statuses, trends] = await Promise.all([
    assessAll(store, window, healthSettingsOf(metrics), measuring),
    readAlertHygiene(store, { window: { from: shift(at, -ALERTS_MS), to: at }, slos }),
    readMetricHygiene(store, at),
    judge(slos, at),
    readMetricTrends(sources, question),
  ]);
  return {
    ...{ at, metrics, slos, statuses, trends, alerts, measuring: measured },
    health: service === undefined ? health : health.filter((one) => one.service === service),
    seriesOf: (metric, of) =>
      store
        .findSeries({ metrics: [metric], ...(of === undefined ? {} : { services: [of] }) })
        .filter((series) => series.service === of),
  };
}
