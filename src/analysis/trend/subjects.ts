/** Trends of metrics of services: measured one by one, and judged together. */
import { setImmediate } from 'node:timers/promises';
import type { EvidenceStore } from '../../evidence/index.js';
import { type Instant, MINUTE_MS, type SeriesRef, shift, type Window } from '../../model/index.js';
import {
  type Asked,
  isCounter,
  judgementOf,
  readPoints,
  seriesOf,
  type TrendStore,
  type TrendSubject,
} from './read.js';
import {
  judgeTrends,
  type MeasuredTrend,
  measureTrend,
  type Trend,
  type TrendWindowName,
  trendWindows,
} from './trend.js';

/** A metric that is silent for longer is stalled; the same span without samples is a gap. */
export const STALLED_MS = 5 * MINUTE_MS;

/** Stretches without samples; `to` is undefined while it lasts. */
export interface Gap {
  readonly series: SeriesRef;
  readonly from: Instant;
  readonly to: Instant | undefined;
  readonly lastValue: number;
}

/** What is known of a metric of a service beside its trend. */
interface Spoken extends Asked {
  /** Whether values are the increase of a counter per minute, rather than readings. */
  readonly isRate: boolean;
  readonly gaps: readonly Gap[];
  /** Whether it spoke in the window, but none of its series in the last five minutes of it. */
  readonly isStalled: boolean;
}

/** The trend of a metric of a service. */
export interface SubjectTrend extends Spoken {
  readonly trend: Trend;
}

/** A metric of a service, measured but not judged yet. */
export interface MeasuredSubject extends Spoken {
  readonly measured: MeasuredTrend;
}

/** What reading and judging trends depends on. */
export interface TrendSources extends TrendStore {
  /** Numbers 0 <= x < 1 from a fixed seed. */
  readonly random: () => number;
}

async function readGaps(
  store: EvidenceStore,
  asked: readonly Asked[],
  window: Window,
): Promise<ReadonlyMap<SeriesRef, readonly Gap[]>> {
  const series = [...new Set(asked.flatMap((each) => each.series))];
  const gaps = new Map<SeriesRef, Gap[]>();
  for (const silence of await store.silences({ series, window, longerThanMs: STALLED_MS })) {
    const { series: ref, from, until, lastValue } = silence;
    gaps.set(ref, [...(gaps.get(ref) ?? []), { series: ref, from, to: until, lastValue }]);
  }
  return gaps;
}

/** The places of the subjects of which a series spoke in the last minutes before a time. */
async function readSpeaking(
  store: EvidenceStore,
  asked: readonly Asked[],
  at: Instant,
): Promise<ReadonlySet<number>> {
  const window = { from: shift(at, -STALLED_MS), to: at };
  const columns = await store.buckets({
    groups: asked.map(({ series }) => series),
    window,
    stepMs: STALLED_MS,
    origin: window.from,
    figure: 'value',
    limit: Math.max(1, asked.length),
  });
  return new Set(columns.group);
}

/** What was read of subjects, so far without the work of the processor. */
export interface ReadSubjects {
  readonly subjects: readonly (Spoken & Pick<MeasuredTrend, 'input'>)[];
}

/** Reads subjects over one of the windows that end at a time, in some four statements. */
export async function readSubjects(
  { store, metrics }: TrendStore,
  subjects: readonly TrendSubject[],
  name: TrendWindowName,
  at: Instant,
): Promise<ReadSubjects> {
  const { lengthMs, stepMs } = trendWindows[name];
  const window = { from: shift(at, -lengthMs), to: at };
  const asked = seriesOf(store, subjects);
  const points = await readPoints(store, asked, window, stepMs);
  const gaps = await readGaps(store, asked, window);
  const speaking = await readSpeaking(store, asked, at);
  return {
    subjects: asked.map((each, item) => {
      const own = points[item] ?? { at: [], value: [] };
      return {
        ...each,
        input: { points: own, window, stepMs, judged: judgementOf(metrics, each.metric) },
        isRate: isCounter(each.metric),
        gaps: each.series.flatMap((ref) => gaps.get(ref) ?? []),
        isStalled: own.at.length > 0 && !speaking.has(item),
      };
    }),
  };
}

/**
 * Measures one subject after the other, with a turn of the event loop for others between any two. The tests of seasons
 * draw from the numbers of the subject's service.
 */
export async function measureSubjects(
  { subjects }: ReadSubjects,
  randomOf: (service: string) => () => number,
): Promise<readonly MeasuredSubject[]> {
  const measured: MeasuredSubject[] = [];
  for (const { input, ...subject } of subjects) {
    measured.push({ ...subject, measured: measureTrend(input, randomOf(subject.service)) });
    await setImmediate();
  }
  return measured;
}

/** Judges subjects that are looked at together, in the order given: see {@link judgeTrends}. */
export function judgeSubjects(subjects: readonly MeasuredSubject[]): readonly SubjectTrend[] {
  const trends = judgeTrends(subjects.map(({ measured }) => measured));
  return subjects.flatMap(({ measured: _, ...subject }, item) => {
    const trend = trends[item];
    return trend === undefined ? [] : [{ ...subject, trend }];
  });
}

/**
 * The trends of metrics over one of the windows that end at a time, in the order given. All of them count as looked at
 * together. A metric without samples answers `not-enough-data`.
 */
export async function readTrends(
  { random, ...sources }: TrendSources,
  subjects: readonly TrendSubject[],
  name: TrendWindowName,
  at: Instant,
): Promise<readonly SubjectTrend[]> {
  return judgeSubjects(await measureSubjects(await readSubjects(sources, subjects, name, at), () => random));
}
