/** Which samples a tally reads at once: so many of them that memory stays small whatever is asked. */
import { DAY_MS, type Instant, instantOf, type Window } from '../../model/index.js';
import type { TallyBands } from '../tally.js';

/** Whether bands are listed one by one. */
export function isList(bands: TallyBands): bands is readonly Window[] {
  return Array.isArray(bands);
}

/** Cuts a window at the days' ends. */
function days({ from, to }: Window): readonly Window[] {
  const cut: Window[] = [];
  for (let start: Instant = from; start < to; ) {
    const end = instantOf(Math.min(to, (Math.floor(start / DAY_MS) + 1) * DAY_MS));
    cut.push({ from: start, to: end });
    start = end;
  }
  return cut;
}

/** A day of so many series that are sampled each minute is read at once; of fewer series more days. */
const SERIES_A_DAY = 400;

/** How much time of so many series is read at once, in whole days. */
export function portionMsOf(series: number): number {
  return Math.max(1, Math.floor(SERIES_A_DAY / Math.max(1, series))) * DAY_MS;
}

/** Portions of the bands, each a list of windows in order that do not touch, together not longer than `mostMs`. */
export function portionsOf(bands: TallyBands, mostMs: number): readonly (readonly Window[])[] {
  const windows = isList(bands) ? bands : [bands.window];
  const portions: Window[][] = [];
  let lengthMs = 0;
  for (const piece of windows.flatMap(days)) {
    const pieceMs = piece.to - piece.from;
    if (portions.length === 0 || lengthMs + pieceMs > mostMs) {
      portions.push([]);
      lengthMs = 0;
    }
    lengthMs += pieceMs;
    const portion = portions.at(-1) ?? [];
    const last = portion.at(-1);
    if (last?.to === piece.from) portion.splice(-1, 1, { from: last.from, to: piece.to });
    else portion.push(piece);
  }
  return portions;
}

/** What must be read for a portion: each of its windows from so much earlier, those that then overlap as one. */
export function stretchesOf(portion: readonly Window[], earlierMs: number): readonly Window[] {
  const stretches: Window[] = [];
  for (const { from, to } of portion) {
    const start = instantOf(from - earlierMs);
    const last = stretches.at(-1);
    if (last !== undefined && start <= last.to) stretches.splice(-1, 1, { from: last.from, to });
    else stretches.push({ from: start, to });
  }
  return stretches;
}
