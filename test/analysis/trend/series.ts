import type { Judgement } from '../../../src/analysis/metrics.js';
import { type TrendInput, type TrendWindowName, trendWindows } from '../../../src/analysis/trend/trend.js';
import { seededRandom, wanderer } from '../../../src/cli/demo/random.js';
import { instantOf } from '../../../src/model/index.js';

/** A Monday. */
export const END = instantOf(Date.parse('2026-01-26T00:00:00Z'));

/** The values of a series: `share` runs from 0 to 1 over the window, `hours` since its start. */
export type Shape = (share: number, hours: number, noise: () => number) => number | undefined;

/** Makes a series over a window, from noise of deviation 1 with a memory. */
export function inputOf(
  name: TrendWindowName,
  judged: Judgement,
  shape: Shape,
  { seed = 1, memory = 0 } = {},
): TrendInput {
  const { lengthMs, stepMs } = trendWindows[name];
  const window = { from: instantOf(END - lengthMs), to: END };
  const noise = wanderer(seededRandom(seed), 1, memory);
  const at: number[] = [];
  const value: number[] = [];
  for (let time = 0; time < lengthMs; time += stepMs) {
    const one = shape(time / lengthMs, time / 3_600_000, noise);
    if (one === undefined) continue;
    at.push(window.from + time);
    value.push(one);
  }
  return { points: { at, value }, window, stepMs, judged };
}
