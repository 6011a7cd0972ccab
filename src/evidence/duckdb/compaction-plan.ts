import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/index.js';

/** Samples stay in the order in which they came for so long: an incident asks for what is recent, over all series. */
export const RECENT_MS = 6 * HOUR_MS;

/** Spans of parts begin and end at multiples of this, in milliseconds. */
export const STRETCH_MS = 10 * MINUTE_MS;

/**
 * The most samples that one step sorts, unless one stretch holds more: a second or two, and 200 MiB. Days with fewer
 * samples become one part, busier ones several.
 */
export const PART_SAMPLES = 4_000_000;

/** A part is written again for late samples when these are such a share of it; fewer stay where they are. */
const LATE_SHARE = 1 / 16;

/** A span of time, `from <= at < until`, with how many samples it has. */
export interface CountedSpan {
  readonly from: number;
  readonly until: number;
  readonly samples: number;
}

interface SortedOut {
  /** Stretches that no part covers, in the order of time. */
  readonly free: readonly CountedSpan[];
  /** For each part the stretches within it. */
  readonly late: ReadonlyMap<CountedSpan, readonly CountedSpan[]>;
}

/** Tells the stretches that parts cover from the others; both lists are in the order of time, parts do not overlap. */
function sortOut(stretches: readonly CountedSpan[], parts: readonly CountedSpan[]): SortedOut {
  const free: CountedSpan[] = [];
  const late = new Map<CountedSpan, CountedSpan[]>();
  let next = 0;
  for (const stretch of stretches) {
    while ((parts[next]?.until ?? Number.POSITIVE_INFINITY) <= stretch.from) next++;
    const part = parts[next];
    if (part === undefined || part.from > stretch.from) free.push(stretch);
    else late.set(part, [...(late.get(part) ?? []), stretch]);
  }
  return { free, late };
}

const total = (spans: readonly CountedSpan[]): number => spans.reduce((sum, { samples }) => sum + samples, 0);

/** As many of these stretches from the first on as fit into a part, at least one; `full` when there are more. */
function filled(stretches: readonly CountedSpan[]): {
  readonly taken: readonly CountedSpan[];
  full: boolean;
} {
  const taken: CountedSpan[] = [];
  let samples = 0;
  for (const stretch of stretches) {
    samples += stretch.samples;
    if (taken.length > 0 && samples > PART_SAMPLES) return { taken, full: true };
    taken.push(stretch);
  }
  return { taken, full: samples >= PART_SAMPLES };
}

/** The part to make of the oldest stretches without one: a day, or what fits into a part; undefined before it is due. */
function nextFree(
  free: readonly CountedSpan[],
  parts: readonly CountedSpan[],
  closedUntil: number,
): CountedSpan | undefined {
  const [first] = free;
  if (first === undefined) return undefined;
  const day = Math.floor(first.from / DAY_MS) * DAY_MS;
  const before = parts.reduce((end, { until }) => (until <= first.from ? Math.max(end, until) : end), day);
  const end = parts.reduce(
    (start, { from }) => (from > first.from ? Math.min(start, from) : start),
    day + DAY_MS,
  );
  const { taken, full } = filled(free.filter(({ from }) => from < end));
  if (!full && end > closedUntil) return undefined;
  const until = full ? (taken.at(-1)?.until ?? end) : end;
  return { from: before, until, samples: total(taken) };
}

/**
 * What to sort next, oldest first: `stretches` are the counts of the samples that are not in parts yet, by
 * {@link STRETCH_MS} and only of closed time, which ends at `closedUntil`; `parts` what is sorted already. A span that
 * lies in a part means to write that part again, or its beginning when it would become too large. Undefined when
 * nothing is due.
 */
export function planCompaction(
  stretches: readonly CountedSpan[],
  parts: readonly CountedSpan[],
  closedUntil: number,
): CountedSpan | undefined {
  const { free, late } = sortOut(stretches, parts);
  const due = nextFree(free, parts, closedUntil);
  if (due !== undefined) return due;
  for (const [part, some] of late) {
    const samples = total(some);
    if (samples < part.samples * LATE_SHARE) continue;
    if (part.samples + samples <= 2 * PART_SAMPLES) return { ...part, samples: part.samples + samples };
    const { taken } = filled(some);
    return { from: part.from, until: taken.at(-1)?.until ?? part.until, samples: total(taken) };
  }
  return undefined;
}
