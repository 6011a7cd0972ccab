/** Keeps the trends of services for those who ask often: each is computed once for each step of its window. */
import { type Instant, instantOf, MINUTE_MS } from '../../model/index.js';
import { metricNames } from '../metrics.js';
import { seededUniform } from '../random.js';
import { readTrends, type SubjectTrend, type TrendSources, type TrendSubject } from './read.js';
import { type TrendWindowName, trendWindows } from './trend.js';

/** A step counts as closed so long after its end, in milliseconds: until then samples of it may be on their way. */
export const SETTLED_MS = 2 * MINUTE_MS;

/** The tests of seasons draw the same numbers each time, so that the same evidence has the same answer. */
const SEED = 1;

/** The end of the latest step of a window that is closed at a time. */
export function closedStep(window: TrendWindowName, at: Instant): Instant {
  const { stepMs } = trendWindows[window];
  return instantOf(Math.floor((at - SETTLED_MS) / stepMs) * stepMs);
}

interface Kept {
  readonly service: string;
  readonly window: TrendWindowName;
  readonly until: Instant;
  readonly trends: Promise<readonly SubjectTrend[]>;
}

/**
 * Answers the trends of all pillar metrics of a service that there are series of, looked at together, over a window that
 * ends with its latest closed step: as {@link readTrends} does at that time. Who asks for the same at the same time waits
 * for the same reading, and one service is read at a time.
 */
export class TrendBoard {
  readonly #sources: Omit<TrendSources, 'random'>;
  readonly #kept = new Map<string, Kept>();
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(sources: Omit<TrendSources, 'random'>) {
    this.#sources = sources;
  }

  /** The trends of a service as of the latest closed step; none where it has no series of a pillar metric. */
  read(service: string, window: TrendWindowName, at: Instant): Promise<readonly SubjectTrend[]> {
    const key = JSON.stringify([service, window]);
    const until = closedStep(window, at);
    const kept = this.#kept.get(key);
    if (kept?.until === until) return kept.trends;
    const subjects = this.#subjectsOf(service);
    // Names that nobody sends metrics of are not kept: there is no end of them.
    if (subjects.length === 0) return Promise.resolve([]);
    const trends = this.#turn.then(() =>
      readTrends({ ...this.#sources, random: seededUniform(SEED) }, subjects, window, until),
    );
    this.#turn = trends.catch(() => this.#kept.delete(key));
    this.#kept.set(key, { service, window, until, trends });
    return trends;
  }

  /** Reads again what was asked for before and has a newer closed step by now, so that nobody has to wait for it. */
  async refresh(at: Instant): Promise<void> {
    for (const { service, window } of [...this.#kept.values()]) {
      if (this.#isClosed) return;
      await this.read(service, window, at);
    }
  }

  /** Ends what is under way; waits for the reading of one service at most. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turn;
  }

  #subjectsOf(service: string): readonly TrendSubject[] {
    const series = this.#sources.store.findSeries({ services: [service], metrics: metricNames });
    const sent = new Set(series.map(({ metric }) => metric));
    return metricNames.filter((metric) => sent.has(metric)).map((metric) => ({ service, metric }));
  }
}
