/** Reads, through the evidence port, what recommendations are made from: in some ten statements for all services. */
import type { EvidenceStore } from '../../evidence/index.js';
import { DAY_MS, EARLIEST, type EventReceipt, HOUR_MS, type Instant, shift } from '../../model/index.js';
import { assessAll, healthSettingsOf } from '../health.js';
import { readAlertHygiene } from '../hygiene/alerts.js';
import { readMetricHygiene } from '../hygiene/metrics.js';
import { type MetricTable, metricNames } from '../metrics.js';
import { type Measured, measureSteps, type Sources } from '../pillars.js';
import { seededUniform } from '../random.js';
import { judgeSlos } from '../slo/judge.js';
import type { SloHistory, SloRevision, SloStatus } from '../slo/status.js';
import { trendsOf, trendWindows } from '../trend/trend.js';
import type { Findings, MetricTrend } from './findings.js';

/** What findings are read from. */
export interface FindingSources {
  readonly store: EvidenceStore;
  readonly metrics: MetricTable;
  /** Which series and closed minutes the pillars are measured from, beside events. */
  readonly measuring?: Sources;
  /** Judges objectives at a time, where something else than their whole histories is to do it. */
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

/** So many revisions are read at a time. */
const PAGE = 10_000;

/** Every revision of every objective up to a time, by name. */
export async function sloHistories(store: EvidenceStore, at: Instant): Promise<readonly SloHistory[]> {
  const histories = new Map<string, SloRevision[]>();
  const window = { from: EARLIEST, to: shift(at, 1) };
  let after: SloRevision | undefined;
  do {
    const page: readonly EventReceipt[] = await store.events({
      ...{ kinds: ['slo'], window, order: 'oldest-first', limit: PAGE },
      ...(after === undefined ? {} : { after }),
    });
    const revisions = page.flatMap((event) => (event.kind === 'slo' ? [event] : []));
    for (const one of revisions) histories.set(one.slo, [...(histories.get(one.slo) ?? []), one]);
    after = page.length < PAGE ? undefined : revisions.at(-1);
  } while (after !== undefined);
  return [...histories].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, history]) => history);
}

/** The revisions in force of some histories. */
export function inForce(histories: readonly SloHistory[]): readonly SloRevision[] {
  return histories.flatMap((history) => {
    const last = history.at(-1);
    return last === undefined || last.retired === true ? [] : [last];
  });
}

/** The objectives in force at a time, by name. */
export async function slosInForce(store: EvidenceStore, at: Instant): Promise<readonly SloRevision[]> {
  return inForce(await sloHistories(store, at));
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
  const { store, metrics, measuring, judge } = sources;
  const { at, service } = question;
  const histories = await sloHistories(store, at);
  const slos = inForce(histories);
  const window = { from: shift(at, -HEALTH_MS), to: at };
  const [health, alerts, measured, statuses, trends] = await Promise.all([
    assessAll(store, window, healthSettingsOf(metrics), measuring),
    readAlertHygiene(store, { window: { from: shift(at, -ALERTS_MS), to: at }, slos }),
    readMetricHygiene(store, at),
    judge === undefined ? judgeSlos(store, histories, at) : judge(slos, at),
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
