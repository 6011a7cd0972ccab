/** One evaluation after the other: what changes by the moment anew each time, what moves slowly in turns after it. */
import type { EvidenceStore, SignalSeries } from '../../evidence/index.js';
import { type Instant, MINUTE_MS, shift } from '../../model/index.js';
import { assessAll, type Health, healthSettingsOf } from '../health.js';
import { type MetricTable, metricNames } from '../metrics.js';
import { readFindings } from '../recommend/read.js';
import { recommend } from '../recommend/recommend.js';
import type { Recommendation } from '../recommend/recommendation.js';
import type { SloStatus } from '../slo/status.js';
import type { Standing } from '../standing.js';
import { closedStep, type TrendBoard } from '../trend/board.js';
import { judgeSubjects, type SubjectTrend } from '../trend/subjects.js';

/** How long the window is that health is judged over, in milliseconds: long enough that a rate of one a minute shows. */
export const STANDING_WINDOW_MS = 5 * MINUTE_MS;

/** How old recommendations, which move slowly, become before they are looked at again, in milliseconds. */
export const SLOW_MS = 5 * MINUTE_MS;

/** Trends of so many services are looked at in one evaluation unless it is said otherwise, over the last day. */
const SERVICES_AT_ONCE = 20;
const TREND_WINDOW = '24h';

/** What is evaluated from. */
export interface EvaluationSources {
  readonly store: EvidenceStore;
  readonly metrics: MetricTable;
  /** The series that figures are read from beside events. */
  readonly signals: () => readonly SignalSeries[];
  readonly trends: TrendBoard;
  /** Trends of so many services are looked at in one evaluation; 20 unless given. */
  readonly servicesAtOnce?: number;
  /** Judges the objectives in force at a time. */
  readonly judge: (at: Instant) => Promise<readonly SloStatus[]>;
}

interface Dated<T> {
  readonly at: Instant;
  readonly found: readonly T[];
}

/** Things by their service, in the order given. */
function byService<T extends { readonly service: string }>(
  things: Iterable<T>,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(thing.service) ?? [];
    group.push(thing);
    groups.set(thing.service, group);
  }
  return groups;
}

/** The values of two pieces of work, once both have ended: neither goes on after the failure of the other. */
async function settledAll<A, B>(one: Promise<A>, other: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

/** Evaluates everything, and keeps what need not be found anew. */
export class Evaluator {
  readonly #sources: EvaluationSources;
  readonly #trends = new Map<string, Dated<SubjectTrend>>();
  #recommendations: Dated<Recommendation> | undefined;

  constructor(sources: EvaluationSources) {
    this.#sources = sources;
  }

  /**
   * What stands at a time, with trends and recommendations as they were last looked at; the first time these are looked
   * at too. Objectives wait for the minutes that are being closed, which health does not need. The signal ends it between
   * its parts, and the reading of health at once.
   */
  async evaluate(at: Instant, closing: Promise<unknown>, signal?: AbortSignal): Promise<Standing> {
    const judging = closing.then(() => this.#sources.judge(at));
    const [scopes, slos] = await settledAll(this.#health(at, signal), judging);
    signal?.throwIfAborted();
    const standing = { at, scopes, slos, trends: this.#allTrends(), recommendations: [] };
    const known = this.#recommendations;
    if (known !== undefined) return { ...standing, recommendations: known.found };
    return (await this.renew(standing, signal)) ?? standing;
  }

  /**
   * Looks at what moves slowly and is due: trends of some services, recommendations every five minutes. Answers the
   * standing with them, undefined when nothing was due. The signal ends it between its parts.
   */
  async renew(standing: Standing, signal?: AbortSignal): Promise<Standing | undefined> {
    const { at, scopes, slos } = standing;
    const isTrendNew = await this.#renewTrends(scopes, at);
    signal?.throwIfAborted();
    const isAdviceNew = await this.#renewRecommendations(slos, at);
    if (!isTrendNew && !isAdviceNew) return undefined;
    return { ...standing, trends: this.#allTrends(), recommendations: this.#recommendations?.found ?? [] };
  }

  #health(at: Instant, signal: AbortSignal | undefined): Promise<readonly Health[]> {
    const { store, metrics, signals } = this.#sources;
    const window = { from: shift(at, -STANDING_WINDOW_MS), to: at };
    return assessAll(store, window, healthSettingsOf(metrics), { signals: signals() }, signal);
  }

  /** The services that there are samples of metrics of whose movement is good or bad. */
  #movingServices(): ReadonlySet<string> {
    const { store, metrics } = this.#sources;
    const judged = metricNames.filter((metric) => metrics[metric].judged.better !== 'trend');
    const series = store.findSeries({ metrics: judged });
    return new Set(series.flatMap(({ service }) => service ?? []));
  }

  #allTrends(): readonly SubjectTrend[] {
    return [...this.#trends.values()].flatMap((each) => each.found);
  }

  /**
   * Looks at the services whose trends are the oldest, and only at those that have a newer closed step; says whether
   * there were any.
   */
  async #renewTrends(scopes: readonly Health[], at: Instant): Promise<boolean> {
    const { trends, servicesAtOnce = SERVICES_AT_ONCE } = this.#sources;
    const moving = this.#movingServices();
    for (const service of this.#trends.keys()) if (!moving.has(service)) this.#trends.delete(service);
    const ageOf = (service: string): number => this.#trends.get(service)?.at ?? Number.NEGATIVE_INFINITY;
    const until = closedStep(TREND_WINDOW, at);
    const due = scopes
      .flatMap(({ service }) => (service === undefined || !moving.has(service) ? [] : [service]))
      .filter((service) => ageOf(service) < until)
      .sort((a, b) => ageOf(a) - ageOf(b))
      .slice(0, servicesAtOnce);
    const measured = await trends.measured(due, TREND_WINDOW, at);
    const judged = measured.filter(({ measured: { input } }) => input.judged.better !== 'trend');
    const found = byService(judgeSubjects(judged));
    for (const service of due) this.#trends.set(service, { at: until, found: found.get(service) ?? [] });
    return due.length > 0;
  }

  /** Makes recommendations anew once they are old; says whether they were. */
  async #renewRecommendations(slos: readonly SloStatus[], at: Instant): Promise<boolean> {
    if (this.#recommendations !== undefined && this.#recommendations.at > at - SLOW_MS) return false;
    const { store, metrics, signals } = this.#sources;
    const measuring = { signals: signals() };
    // What was judged a moment ago is not judged again.
    const judge = async () => slos;
    const findings = await readFindings({ store, metrics, measuring, judge }, { at });
    this.#recommendations = { at, found: recommend(findings) };
    return true;
  }
}
