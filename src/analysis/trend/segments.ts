import type { Judgement } from '../metrics.js';
import { changePoints } from './change-points.js';
import { type Line, lineThrough } from './line.js';
import { movementOf, type TrendVerdict } from './movement.js';
import type { Points } from './theil-sen.js';

/** A stretch between two changes. */
export interface Segment {
  /** The times of its first and its last point. */
  readonly from: number;
  readonly to: number;
  readonly line: Line;
  readonly verdict: TrendVerdict;
}

/** A change of level or slope: the segments before and after it meet there. */
export interface Change {
  /** The time of the first point after it. */
  readonly at: number;
  readonly levelBefore: number;
  readonly levelAfter: number;
}

/** A change after which the verdict turns round; steady stretches between are passed over. */
export interface Reversal {
  readonly at: number;
  readonly from: TrendVerdict;
  readonly to: TrendVerdict;
}

const opposite: Partial<Record<TrendVerdict, TrendVerdict>> = {
  improving: 'degrading',
  degrading: 'improving',
  rising: 'falling',
  falling: 'rising',
};

/** Cuts points at their changes, each piece with its own line and verdict; `whole` is the line through all of them. */
export function segmentsOf(
  { at, value }: Points,
  judged: Judgement,
  whole: Line | undefined,
): readonly Segment[] {
  const begins = [0, ...changePoints(value)];
  return begins.flatMap((begin, item) => {
    const end = begins[item + 1] ?? at.length;
    const times = at.slice(begin, end);
    const line = begins.length === 1 ? whole : lineThrough({ at: times, value: value.slice(begin, end) });
    const [from, to] = [times[0], times.at(-1)];
    if (line === undefined || from === undefined || to === undefined) return [];
    return [{ from, to, line, verdict: movementOf(judged, line.at(from), line.at(to), line.p) }];
  });
}

/** The changes between segments. */
export function changesOf(segments: readonly Segment[]): readonly Change[] {
  return segments.slice(1).map((after, item) => {
    const before = segments[item] ?? after;
    return {
      at: after.from,
      levelBefore: before.line.at(before.to),
      levelAfter: after.line.at(after.from),
    };
  });
}

/** Where the verdict turns from improving to degrading, or back. */
export function reversalsOf(segments: readonly Segment[]): readonly Reversal[] {
  const reversals: Reversal[] = [];
  let last: TrendVerdict | undefined;
  for (const { from, verdict } of segments) {
    if (opposite[verdict] === undefined) continue;
    if (last !== undefined && opposite[verdict] === last)
      reversals.push({ at: from, from: last, to: verdict });
    last = verdict;
  }
  return reversals;
}
