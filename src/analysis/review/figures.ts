/** The figures of a week: all that its review says beside incidents and their causes. */
import type { EvidenceStore } from '../../evidence/index.js';
import { HOUR_MS, type Instant, instantOf, type Window } from '../../model/index.js';
import { AnalysisError } from '../errors.js';
import { assessAll, type Health, healthSettingsOf } from '../health.js';
import { readFired } from '../hygiene/alert-counts.js';
import { type AlertHygiene, readAlertHygiene } from '../hygiene/alerts.js';
import { isMeasuredHere, type MetricGap, readGaps } from '../hygiene/metrics.js';
import type { JudgedImprovement } from '../kaizen-log/measure.js';
import { improvementsBefore, improvementsOfWindow } from '../kaizen-log/weekly.js';
import type { MetricTable } from '../metrics.js';
import type { Sources } from '../pillars.js';
import { readFindings } from '../recommend/read.js';
import { recommend } from '../recommend/recommend.js';
import { byRank, type Recommendation } from '../recommend/recommendation.js';
import type { SloStatus } from '../slo/status.js';
import { compareCourses, hoursWithData, type MetricCourse, readHours } from './courses.js';
import { type Week, weekBefore } from './week.js';

/** What the figures of a week are read from. */
export interface ReviewSources {
  readonly store: EvidenceStore;
  readonly metrics: MetricTable;
  readonly measuring?: Sources;
}

/** How much of the week a service has data of. */
export interface ServiceCoverage {
  readonly service: string;
  readonly hoursWithData: number;
  readonly hours: number;
}

/** The figures of a week, up to its end or to the time at which they were asked for. */
export interface WeekFigures {
  readonly week: Week;
  /** The part of the week that is over. */
  readonly window: Window;
  readonly isOver: boolean;
  /** The system first, then services by name; and the same of the week before. */
  readonly health: readonly Health[];
  readonly healthBefore: readonly Health[];
  readonly courses: readonly MetricCourse[];
  readonly slos: readonly SloStatus[];
  readonly alerts: AlertHygiene;
  /** How many alerts fired in the same part of the week before. */
  readonly firedBefore: number;
  /** What was done within the week, experiments that ended among it, and in the four weeks before, each with whether it holds. */
  readonly improvements: readonly JudgedImprovement[];
  readonly improvementsBefore: readonly JudgedImprovement[];
  /** Everything recommended at the end, the most gain for effort first. */
  readonly recommendations: readonly Recommendation[];
  /** Services that lack hours, those that lack most first. */
  readonly coverage: readonly ServiceCoverage[];
  /** Silences of metrics that an objective holds. */
  readonly gaps: readonly MetricGap[];
}

/** What was done in so many weeks before is held against its metric again. */
const WEEKS_HELD = 4;

/** So many improvements are proposed for the next week. */
export const MOST_PROPOSED = 5;

/** The improvements to propose: by gain for effort, and not more than two of one source, so that no trouble hides another. */
export function proposedOf(recommendations: readonly Recommendation[]): readonly Recommendation[] {
  const counts = new Map<string, number>();
  return recommendations
    .filter(({ source, rank }) => {
      const many = (counts.get(source) ?? 0) + 1;
      counts.set(source, many);
      return rank > 0 && many <= 2;
    })
    .slice(0, MOST_PROPOSED);
}

async function gapsOf(
  { store }: ReviewSources,
  slos: readonly SloStatus[],
  window: Window,
): Promise<readonly MetricGap[]> {
  const held = slos.flatMap(({ slo: { metric, goodMetric, badMetric, totalMetric, service } }) =>
    [metric, goodMetric, badMetric, totalMetric].flatMap((name) =>
      name === undefined ? [] : [{ metric: name, service }],
    ),
  );
  const metrics = held
    .map(({ metric, service }) => ({
      ...{ metric, service },
      series: store.findSeries({
        metrics: [metric],
        ...(service === undefined ? {} : { services: [service] }),
      }),
    }))
    .filter(({ series }) => series.length > 0 && !series.every(isMeasuredHere));
  // A series may be held by more than one objective, but belongs to one group.
  const unique = new Map(metrics.map((one) => [JSON.stringify([one.metric, one.service ?? null]), one]));
  const seen = new Set<number>();
  const groups = [...unique.values()].map((one) => ({
    ...one,
    series: one.series.filter(({ ref }) => !seen.has(ref) && seen.add(ref)),
  }));
  return readGaps(store, groups, window);
}

/**
 * Reads the figures of a week, as far as it is over at `now`; the same evidence gives the same figures. Fails with
 * `bad-window` for a week that has not begun.
 */
export async function readWeekFigures(
  sources: ReviewSources,
  week: Week,
  now: Instant,
): Promise<WeekFigures> {
  const { store, metrics, measuring = {} } = sources;
  const settings = healthSettingsOf(metrics);
  if (now < week.window.from + HOUR_MS) {
    throw new AnalysisError(
      'bad-window',
      `expected a week of which an hour is over; ${week.name} has not begun`,
    );
  }
  // Whole hours, which hourly figures are of.
  const end =
    week.window.from + Math.floor((Math.min(now, week.window.to) - week.window.from) / HOUR_MS) * HOUR_MS;
  const window = { from: week.window.from, to: instantOf(end) };
  const before = weekBefore(week);
  const part = {
    from: before.from,
    to: instantOf(Math.min(before.to, before.from + (window.to - window.from))),
  };
  const health = await assessAll(store, window, settings, measuring);
  const healthBefore = await assessAll(store, part, settings, measuring);
  const hours = await readHours(store, { from: before.from, to: window.to }, health.length, measuring);
  const findings = await readFindings({ store, metrics, measuring }, { at: window.to });
  const alerts = await readAlertHygiene(store, { window, days: week.days, slos: findings.slos });
  const all = (window.to - window.from) / HOUR_MS;
  const services = health.flatMap(({ service }) => (service === undefined ? [] : [service]));
  const coverage = services
    .map((service) => ({ service, hours: all, hoursWithData: hoursWithData(hours, service, window) }))
    .filter((one) => one.hoursWithData > 0 && one.hoursWithData < all)
    .sort((a, b) => a.hoursWithData - b.hoursWithData || (a.service < b.service ? -1 : 1));
  return {
    ...{ week, window, isOver: now >= week.window.to, health, healthBefore, alerts, coverage },
    courses: compareCourses(hours, health, metrics, week.window.from),
    slos: findings.statuses,
    firedBefore: (await readFired(store, part)).reduce((sum, { fired }) => sum + fired, 0),
    improvements: await improvementsOfWindow(sources, window, window.to),
    improvementsBefore: await improvementsBefore(sources, week.window, WEEKS_HELD),
    recommendations: recommend(findings).toSorted(byRank),
    gaps: await gapsOf(sources, findings.statuses, window),
  };
}
