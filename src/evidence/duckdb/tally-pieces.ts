/** Which samples a tally reads at once: about a day of them, so that memory stays small whatever is asked. */
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

/**
 * Portions of the bands, each a list of windows in order that do not touch, together not longer than a day. All of it
 * is one portion when it `isWhole`.
 */
export function portionsOf(bands: TallyBands, isWhole: boolean): readonly (readonly Window[])[] {
  const windows = isList(bands) ? bands : [bands.window];
  const portions: Window[][] = [];
  let lengthMs = Number.POSITIVE_INFINITY;
  for (const piece of windows.flatMap((window) => (isWhole ? [window] : days(window)))) {
    const pieceMs = piece.to - piece.from;
    if (portions.length === 0 || (!isWhole && lengthMs + pieceMs > DAY_MS)) {
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
