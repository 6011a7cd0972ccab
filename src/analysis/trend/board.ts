/** Keeps the trends of services for those who ask often: each is measured once for each step of its window. */
import { type Instant, instantOf, MINUTE_MS } from '../../model/index.js';
import { metricNames } from '../metrics.js';
import { seededUniform } from '../random.js';
import type { TrendStore, TrendSubject } from './read.js';
import {
  judgeSubjects,
  type MeasuredSubject,
  measureSubjects,
  readSubjects,
  type SubjectTrend,
} from './subjects.js';
import { type TrendWindowName, trendWindows } from './trend.js';

/** A step counts as closed so long after its end, in milliseconds: until then samples of it may be on their way. */
export const SETTLED_MS = 2 * MINUTE_MS;

/** The tests of seasons draw the same numbers each time, so that the same evidence has the same answer. */
const SEED = 1;

/** So many services are read by one set of statements. */
const MOST_TOGETHER = 80;

/** What nobody asked for in so long is not read again before somebody does, in milliseconds. */
const FORGOTTEN_MS = 60 * MINUTE_MS;

/** The end of the latest step of a window that is closed at a time. */
export function closedStep(window: TrendWindowName, at: Instant): Instant {
  const { stepMs } = trendWindows[window];
  return instantOf(Math.floor((at - SETTLED_MS) / stepMs) * stepMs);
}

/** A service as it was looked at. */
interface Look {
  readonly service: string;
  readonly window: TrendWindowName;
  readonly until: Instant;
  readonly subjects: readonly MeasuredSubject[];
  readonly trends: readonly SubjectTrend[];
}

/** Services that are read together once their turn comes. */
interface Batch {
  readonly window: TrendWindowName;
  readonly until: Instant;
  readonly asked: Map<string, readonly TrendSubject[]>;
  readonly looks: Promise<ReadonlyMap<string, Look>>;
}

const keyOf = (service: string, window: TrendWindowName): string => `${window} ${service}`;

/**
 * Answers the trends of all pillar metrics of a service that there are series of, looked at together, over a window that
 * ends with its latest closed step: as `readTrends` does at that time. Services that are asked for while others are read
 * are read together next; while one set is measured the next one is read.
 */
export class TrendBoard {
  readonly #sources: TrendStore;
  readonly #kept = new Map<string, Look>();
  readonly #askedAt = new Map<string, Instant>();
  readonly #underWay = new Map<string, Promise<Look | undefined>>();
  #open: Batch | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(sources: TrendStore) {
    this.#sources = sources;
  }

  /**
   * The trends of a service as of the latest closed step, or of the one before while that is not looked at yet; none where
   * it has no series of a pillar metric.
   */
  async read(service: string, window: TrendWindowName, at: Instant): Promise<readonly SubjectTrend[]> {
    const key = keyOf(service, window);
    const until = closedStep(window, at);
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.#askedAt.set(key, at);
    if (kept?.until === until) return kept.trends;
    const look = this.#look(service, window, until);
    if (kept?.until === until - trendWindows[window].stepMs) {
      // Who waits for the next look hears of its failure.
      look.catch(() => undefined);
      return kept.trends;
    }
    const found = await look;
    if (found !== undefined) this.#askedAt.set(key, at);
    return found?.trends ?? [];
  }

  /** Services as of the latest closed step, measured but not judged yet; those without series are left out. */
  async measured(
    services: readonly string[],
    window: TrendWindowName,
    at: Instant,
  ): Promise<readonly MeasuredSubject[]> {
    const until = closedStep(window, at);
    const looks = services.map((service) => {
      const kept = this.#kept.get(keyOf(service, window));
      return kept?.until === until ? kept : this.#look(service, window, until);
    });
    return (await Promise.all(looks)).flatMap((look) => look?.subjects ?? []);
  }

  /**
   * Reads some of what was asked for lately and has a newer closed step by now, the oldest first, so that nobody has to
   * wait for it.
   */
  async refresh(at: Instant): Promise<void> {
    for (const [key, askedAt] of this.#askedAt) {
      if (askedAt > at - FORGOTTEN_MS) continue;
      this.#askedAt.delete(key);
      this.#kept.delete(key);
    }
    const old = [...this.#kept.values()]
      .filter((look) => look.until < closedStep(look.window, at))
      .filter(({ service, window }) => this.#askedAt.has(keyOf(service, window)))
      .sort((a, b) => a.until - b.until)
      .slice(0, MOST_TOGETHER);
    if (this.#isClosed) return;
    await Promise.all(old.map(({ service, window }) => this.#look(service, window, closedStep(window, at))));
  }

  /** Ends what is under way; waits for what is being read. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([this.#turn, ...this.#underWay.values()]);
  }

  /** A look at a service, with others that wait for their turn; undefined where it has no series. */
  #look(service: string, window: TrendWindowName, until: Instant): Promise<Look | undefined> {
    const key = `${until} ${keyOf(service, window)}`;
    const known = this.#underWay.get(key);
    if (known !== undefined) return known;
    const subjects = this.#subjectsOf(service);
    // Names that nobody sends metrics of are not kept: there is no end of them.
    if (subjects.length === 0) return Promise.resolve(undefined);
    const batch = this.#batchFor(window, until);
    batch.asked.set(service, subjects);
    const look = batch.looks.then((looks) => looks.get(service)).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, look);
    return look;
  }

  #batchFor(window: TrendWindowName, until: Instant): Batch {
    const open = this.#open;
    if (open?.window === window && open.until === until && open.asked.size < MOST_TOGETHER) return open;
    const asked = new Map<string, readonly TrendSubject[]>();
    const reading = this.#turn.then(() => {
      if (this.#open?.asked === asked) this.#open = undefined;
      return readSubjects(this.#sources, [...asked.values()].flat(), window, until);
    });
    this.#turn = reading.catch(() => undefined);
    const looks = reading.then(async (read) => {
      const randoms = new Map([...asked.keys()].map((service) => [service, seededUniform(SEED)]));
      const subjects = await measureSubjects(read, (service) => randoms.get(service) ?? seededUniform(SEED));
      return this.#keep([...asked.keys()], subjects, window, until);
    });
    this.#open = { window, until, asked, looks };
    return this.#open;
  }

  #keep(
    services: readonly string[],
    subjects: readonly MeasuredSubject[],
    window: TrendWindowName,
    until: Instant,
  ): ReadonlyMap<string, Look> {
    const looks = services.map((service): [string, Look] => {
      const own = subjects.filter((subject) => subject.service === service);
      return [service, { service, window, until, subjects: own, trends: judgeSubjects(own) }];
    });
    for (const [service, look] of looks) this.#kept.set(keyOf(service, window), look);
    return new Map(looks);
  }

  #subjectsOf(service: string): readonly TrendSubject[] {
    const series = this.#sources.store.findSeries({ services: [service], metrics: metricNames });
    const sent = new Set(series.map(({ metric }) => metric));
    return metricNames.filter((metric) => sent.has(metric)).map((metric) => ({ service, metric }));
  }
}
