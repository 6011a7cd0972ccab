import type { EvidenceStore } from '../evidence/index.js';
import type { Instant } from '../model/index.js';
import type { Finding } from './onset.js';
import type { Symptom } from './scene.js';
import { ORDER_SLACK_MS, SHIFT_THRESHOLD } from './weights.js';
import type { Windows } from './windows.js';

const MOST_SAMPLES = 10_000;

/** Samples in a row within the usual range that end the way back. */
const MOST_USUAL = 3;

/** The part of the samples before an onset, from the oldest, that tells what is usual, and how many at least. */
const OLDEST_PART = 0.3;
const LEAST_SAMPLES = 5;

/** A median absolute deviation times this is the standard deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;

/** The least spread, as a part of what is usual. */
const LEAST_SPREAD = 0.05;

function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** Walks back from an onset as long as the samples before it are out of the usual range on the same side. */
async function walkBack(store: EvidenceStore, finding: Finding, { baseline }: Windows): Promise<Instant> {
  const { series, shift, onsetAt } = finding;
  const window = { from: baseline.from, to: onsetAt };
  const bounds = {
    from: 'sample',
    since: window.from,
    until: window.to,
    values: { seriesKey: [series.key] },
  } as const;
  if ((await store.countRows(bounds, MOST_SAMPLES)) > MOST_SAMPLES) return onsetAt;
  const { at, value } = await store.samples([series.ref], window, MOST_SAMPLES);
  const side = Math.sign(shift.deviation);
  // What a slow burn had reached before the window is in its baseline: the oldest part tells what is usual.
  const oldest = value.slice(0, Math.max(LEAST_SAMPLES, Math.floor(value.length * OLDEST_PART)));
  const usualValue = median(oldest);
  const deviations = oldest.map((one) => Math.abs(one - usualValue));
  const spread = Math.max(MAD_TO_SIGMA * median(deviations), LEAST_SPREAD * Math.abs(usualValue));
  const least = SHIFT_THRESHOLD * spread;
  let [first, usual] = [onsetAt, 0];
  for (let place = at.length - 1; place >= 0 && usual < MOST_USUAL; place--) {
    const out = ((value[place] ?? Number.NaN) - usualValue) * side > least;
    usual = out ? 0 : usual + 1;
    if (out) first = at[place] ?? first;
  }
  return first;
}

/**
 * The symptom since it truly began: one that was there when the recent window opened is followed back through the
 * samples before it, as a slow burn has to be.
 */
export async function sinceItBegan(
  store: EvidenceStore,
  symptom: Symptom,
  windows: Windows,
): Promise<Symptom> {
  const { finding } = symptom;
  if (finding?.shift.figure !== 'value' || finding.events !== undefined) return symptom;
  if (finding.onsetAt - windows.recent.from > ORDER_SLACK_MS) return symptom;
  return { ...symptom, onsetAt: await walkBack(store, finding, windows) };
}
