/** Simple methods to stand beside ours: how far each series left its past, and who owns the ones that did most. */
import type { LabelledSample } from './recording.js';

/** When a sample was taken: before the failure, since, or neither. */
export type Phase = 'before' | 'since' | undefined;

/** What a simple method ranks. */
export interface Compared {
  readonly samples: readonly LabelledSample[];
  readonly phaseOf: (sample: LabelledSample) => Phase;
  /** What is to be named: a service, a pod, a metric of a service. */
  readonly nameOf: (sample: LabelledSample) => string;
}

interface Values {
  readonly name: string;
  readonly before: number[];
  readonly since: number[];
}

function valuesOf({ samples, phaseOf, nameOf }: Compared): readonly Values[] {
  const series = new Map<string, Values>();
  for (const sample of samples) {
    const phase = phaseOf(sample);
    if (phase === undefined || !Number.isFinite(sample.value)) continue;
    const key = `${sample.metric}\n${Object.values(sample.labels).join('\n')}`;
    const values = series.get(key) ?? { name: nameOf(sample), before: [], since: [] };
    series.set(key, values);
    values[phase].push(sample.value);
  }
  return [...series.values()].filter(({ before, since }) => before.length > 1 && since.length > 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.round((ascending.length - 1) * share)] ?? 0;
}

/** Standard deviations between the means. */
function sigmas({ before, since }: Values): number {
  const middle = mean(before);
  const deviation = Math.sqrt(mean(before.map((value) => (value - middle) ** 2)));
  return Math.abs(mean(since) - middle) / Math.max(deviation, 1e-9);
}

/** Ranges between the quartiles from median to median, the range no less than a fiftieth of the median. */
function quartileRanges({ before, since }: Values): number {
  const [past, present] = [before.toSorted((a, b) => a - b), since.toSorted((a, b) => a - b)];
  const middle = quantile(past, 0.5);
  const range = quantile(past, 0.75) - quantile(past, 0.25);
  return Math.abs(quantile(present, 0.5) - middle) / Math.max(range, Math.abs(middle) / 50, 1e-9);
}

function rankBy(score: (values: Values) => number, compared: Compared): readonly string[] {
  const best = new Map<string, number>();
  for (const values of valuesOf(compared)) {
    best.set(values.name, Math.max(best.get(values.name) ?? 0, score(values)));
  }
  return [...best].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

/** The names by each simple method, the most suspicious first. */
export function simpleRankings(compared: Compared): Readonly<Record<string, readonly string[]>> {
  return { 'N-sigma': rankBy(sigmas, compared), 'robust N-sigma': rankBy(quartileRanges, compared) };
}
