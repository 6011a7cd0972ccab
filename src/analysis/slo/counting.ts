/** Counts what was good and bad in many stretches of time of many objectives, in a bounded number of statements. */
import type {
  EventPart,
  EvidenceStore,
  LevelPart,
  LevelTally,
  Tally,
  TallyBands,
} from '../../evidence/index.js';
import { type Instant, MINUTE_MS, type SeriesRef, type Window } from '../../model/index.js';
import type { Indicator, SeriesSelector } from './objective.js';
import type { PlannedPart } from './plan.js';
import { selectSeries } from './series.js';
import type { SampleMark } from './status.js';

/** What was counted of a part in a stretch of time. */
export interface Count {
  /** Milliseconds of slices with data. */
  readonly knownMs: number;
  /** Minutes or events, as the objective of the part counts, and those that were bad. */
  readonly total: number;
  readonly bad: number;
  /** The level of the last slice; undefined of events, or without data. */
  readonly latest: number | undefined;
  /** Slices that were left out. */
  readonly outliers: number;
  readonly firstBad: SampleMark | undefined;
  readonly lastBad: SampleMark | undefined;
}

/** Nothing counted. */
export const NOTHING: Count = {
  knownMs: 0,
  total: 0,
  bad: 0,
  latest: undefined,
  outliers: 0,
  firstBad: undefined,
  lastBad: undefined,
};

/** What two stretches hold together, the later one second. */
export function added(earlier: Count, later: Count): Count {
  return {
    knownMs: earlier.knownMs + later.knownMs,
    total: earlier.total + later.total,
    bad: earlier.bad + later.bad,
    latest: later.latest ?? earlier.latest,
    outliers: earlier.outliers + later.outliers,
    firstBad: earlier.firstBad ?? later.firstBad,
    lastBad: later.lastBad ?? earlier.lastBad,
  };
}

/** What is left when a stretch goes that lies at the begin of another one. */
export function subtracted(whole: Count, gone: Count): Count {
  const knownMs = whole.knownMs - gone.knownMs;
  // Without a slice left there is nothing left of sums either, but for what rounding makes of them.
  if (knownMs <= 0) return NOTHING;
  return { ...whole, knownMs, total: Math.max(0, whole.total - gone.total), bad: whole.bad - gone.bad };
}

/** A part with its series, and the stretches to count it in; they may overlap. */
export interface Asked {
  readonly part: PlannedPart;
  readonly series: IndicatorSeries;
  readonly stretches: readonly Window[];
}

/** The series of an indicator: the level's, or the total's and those of the counted ones. */
export interface IndicatorSeries {
  readonly main: readonly SeriesRef[];
  readonly counted: readonly SeriesRef[];
}

/** How stretches are counted. */
export interface CountOptions {
  /** Leaves levels far from what is usual out. */
  readonly withoutOutliers?: boolean;
  /** Tells which samples show what was bad. */
  readonly marks?: boolean;
  readonly signal?: AbortSignal | undefined;
}

const selectorsOf = (indicator: Indicator): readonly [SeriesSelector, SeriesSelector | undefined] =>
  indicator.type === 'level' ? [indicator.level, undefined] : [indicator.total, indicator.counted];

/** Finds the series of parts, in their order. */
export async function findSeriesOf(
  store: EvidenceStore,
  parts: readonly PlannedPart[],
): Promise<readonly IndicatorSeries[]> {
  const selectors = parts.flatMap(({ objective }) =>
    selectorsOf(objective.indicator).flatMap((selector) => selector ?? []),
  );
  const found = await selectSeries(store, selectors);
  let next = 0;
  return parts.map(({ objective }) => {
    const main = found[next] ?? [];
    const counted = objective.indicator.type === 'level' ? [] : (found[next + 1] ?? []);
    next += objective.indicator.type === 'level' ? 1 : 2;
    return { main, counted };
  });
}

/** Stretches as bands that do not overlap, and which bands each is made of. */
interface Bands {
  readonly bands: readonly Window[];
  readonly of: (stretch: Window) => readonly number[];
}

function bandsOf(stretches: readonly Window[]): Bands {
  const edges = [...new Set(stretches.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const isCovered = (from: Instant): boolean =>
    stretches.some((stretch) => stretch.from <= from && from < stretch.to);
  const bands = edges.slice(1).flatMap((to, place) => {
    const from = edges[place] ?? to;
    return isCovered(from) ? [{ from, to }] : [];
  });
  const of = ({ from, to }: Window): readonly number[] =>
    bands.flatMap((band, place) => (band.from >= from && band.to <= to ? [place] : []));
  return { bands, of };
}

/** A statement knows at most so many edges of stretches. */
const MOST_EDGES = 150;

/** Groups of what is asked whose stretches have few edges together: one, unless objectives have very many windows. */
function groupsOf(asked: readonly Asked[]): readonly (readonly number[])[] {
  const groups: number[][] = [];
  let edges = new Set<number>();
  for (const [place, { stretches }] of asked.entries()) {
    const own = stretches.flatMap(({ from, to }) => [from, to]);
    const both = new Set([...edges, ...own]);
    const group = groups.at(-1);
    if (group !== undefined && both.size <= MOST_EDGES) {
      group.push(place);
      edges = both;
    } else {
      groups.push([place]);
      edges = new Set(own);
    }
  }
  return groups;
}

function countOf({ objective }: PlannedPart, tally: Tally | LevelTally): Count {
  const { sliceMs, unit } = objective;
  const each = unit === 'events' ? 1 : sliceMs / MINUTE_MS;
  return {
    ...NOTHING,
    ...('latest' in tally
      ? { latest: tally.latest, outliers: tally.outliers, firstBad: tally.firstBad, lastBad: tally.lastBad }
      : {}),
    knownMs: tally.known * sliceMs,
    total: tally.total * each,
    bad: tally.bad * each,
  };
}

/** More tallies than any question that is bounded by its objectives. */
const MOST_TALLIES = 2_000_000;

/** Counts every part in every band; by part, then band. */
async function tally(
  store: EvidenceStore,
  asked: readonly Asked[],
  bands: TallyBands,
  { withoutOutliers = false, marks = false, signal }: CountOptions,
): Promise<ReadonlyMap<number, ReadonlyMap<number, Count>>> {
  const levels: [LevelPart, number][] = [];
  const events: [EventPart, number][] = [];
  for (const [place, { part, series }] of asked.entries()) {
    const { sliceMs, indicator } = part.objective;
    const head = { sliceMs, within: part.window };
    if (indicator.type === 'level') {
      const { direction, target: bound } = indicator;
      levels.push([{ ...head, series: series.main, direction, bound }, place]);
      continue;
    }
    const { counts, sliceTarget } = indicator;
    const target = sliceTarget === undefined ? {} : { sliceTarget };
    events.push([{ ...head, total: series.main, counted: series.counted, counts, ...target }, place]);
  }
  const query = { bands, limit: MOST_TALLIES };
  const found = await Promise.all([
    store.tallyLevels({ ...query, parts: levels.map(([part]) => part), withoutOutliers, marks }, signal),
    store.tallyEvents({ ...query, parts: events.map(([part]) => part) }, signal),
  ]);
  const counts = new Map<number, Map<number, Count>>();
  for (const [kind, tallies] of found.entries()) {
    for (const each of tallies) {
      const place = (kind === 0 ? levels : events)[each.part]?.[1] ?? -1;
      const part = asked[place]?.part;
      if (part === undefined) continue;
      const own = counts.get(place) ?? new Map<number, Count>();
      counts.set(place, own.set(each.band, countOf(part, each)));
    }
  }
  return counts;
}

/** Counts each part in each of its stretches, in the order asked. */
export async function count(
  store: EvidenceStore,
  asked: readonly Asked[],
  options: CountOptions = {},
): Promise<readonly (readonly Count[])[]> {
  const answers: (readonly Count[])[] = [];
  for (const group of groupsOf(asked)) {
    const own = group.flatMap((place) => asked[place] ?? []);
    const { bands, of } = bandsOf(own.flatMap(({ stretches }) => stretches));
    const counts = await tally(store, own, bands, options);
    for (const [place, { stretches }] of own.entries()) {
      const found = counts.get(place);
      answers.push(
        stretches.map((stretch) =>
          of(stretch).reduce((sum, band) => added(sum, found?.get(band) ?? NOTHING), NOTHING),
        ),
      );
    }
  }
  return answers;
}

/** Counts one part in even steps of a window; by the number of the step, those without data left out. */
export async function countSteps(
  store: EvidenceStore,
  asked: Asked,
  window: Window,
  stepMs: number,
): Promise<ReadonlyMap<number, Count>> {
  const counts = await tally(store, [asked], { window, stepMs }, {});
  return counts.get(0) ?? new Map<number, Count>();
}
