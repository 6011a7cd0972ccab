/** Many lines in one chart, by themselves: uPlot would join their times, of which no two series need share one. */
import type uPlot from 'uplot';
import { colourOf, SERIES_COLOURS, seriesColour } from './colours.js';
import type { Span } from './lanes.js';
import type { Line } from './line.js';

/** More lines than these are drawn thin, and each over its own times: joined, fifty of them are mostly holes. */
const MOST_JOINED = 12;

/** Whether lines are so many that they are drawn here. */
export const isMany = (lines: readonly Line[]): boolean => lines.length > MOST_JOINED;

/** The times of the span with the least and the greatest value, from which a chart of many lines has its scales. */
export function frameOf(lines: readonly Line[], { from, to }: Span): uPlot.AlignedData {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of lines) {
    for (const value of values) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return [[from, to], low > high ? [null, null] : [low, high]];
}

/** Draws a line through its own times, broken where it has no value. */
function trace({ ctx, bbox, scales }: uPlot, { times, values }: Line): void {
  const { min: from = 0, max: to = 1 } = scales.x ?? {};
  const { min: low = 0, max: high = 1 } = scales.y ?? {};
  const perMs = bbox.width / ((to ?? 1) - (from ?? 0));
  const perUnit = bbox.height / ((high ?? 1) - (low ?? 0));
  let isDown = false;
  ctx.beginPath();
  times.forEach((time, place) => {
    const value = values[place] ?? null;
    if (value !== null) {
      const x = bbox.left + (time - (from ?? 0)) * perMs;
      const y = bbox.top + ((high ?? 1) - value) * perUnit;
      if (isDown) ctx.lineTo(x, y);
      else ctx.moveTo(x, y);
    }
    isDown = value !== null;
  });
  ctx.stroke();
}

/** Draws all lines into a chart, thin and so that one shows through another. */
export function drawMany(chart: uPlot, lines: readonly Line[]): void {
  const { ctx, bbox } = chart;
  // Asked for once: each question of a style makes the browser work out all of them.
  const colours = Array.from({ length: SERIES_COLOURS }, (_, place) => colourOf(seriesColour(place)));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = devicePixelRatio;
  ctx.globalAlpha = 0.65;
  lines.forEach((line, place) => {
    ctx.strokeStyle = colours[place % SERIES_COLOURS] ?? '';
    trace(chart, line);
  });
  ctx.restore();
}
