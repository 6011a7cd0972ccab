/** From marks to scores, the terms of a score left out in turn, and how often a confident answer was right. */
import type { Analysis, Candidate } from '../../src/rca/index.js';
import type { Marks, ScoreSpec } from './case.js';

/** The scores of a set by name; NaN where no case had a mark. */
export type Scores = Readonly<Record<string, number>>;

/** Sums the marks of all cases up. */
export function scoresOf(specs: readonly ScoreSpec[], marks: readonly Marks[]): Scores {
  return Object.fromEntries(
    specs.map(({ name, of }) => {
      const values = marks.flatMap((one) => one[name] ?? []);
      const sum = values.reduce((total, value) => total + value, 0);
      return [name, of === 'sum' ? sum : sum / values.length];
    }),
  );
}

/** The scores that miss their floor. */
export function belowFloor(specs: readonly ScoreSpec[], scores: Scores): readonly ScoreSpec[] {
  return specs.filter(({ name, floor, atMost }) => {
    const score = scores[name] ?? Number.NaN;
    // Rounding of a mean must not fail it. A score that no case speaks of is not missed.
    return floor !== undefined && (atMost === true ? score > floor + 1e-9 : score < floor - 1e-9);
  });
}

/** The names of all terms of the candidates that stand. */
export function termNames(analyses: readonly Analysis[]): readonly string[] {
  const names = analyses.flatMap(({ candidates }) =>
    candidates.flatMap(({ terms }) => terms.map(({ name }) => name)),
  );
  return [...new Set(names)].sort();
}

/** The same analysis ranked without a term; the candidates are those that the analysis kept. */
export function without(analysis: Analysis, term: string): Analysis {
  const score = (candidate: Candidate): number =>
    candidate.score -
    candidate.terms.reduce((sum, { name, contribution }) => sum + (name === term ? contribution : 0), 0);
  const candidates = analysis.candidates
    .map((candidate) => ({ ...candidate, score: score(candidate) }))
    .sort((a, b) => b.score - a.score || a.rank - b.rank)
    .map((candidate, place) => ({ ...candidate, rank: place + 1 }));
  return { ...analysis, candidates };
}

/** A judged first candidate: what it was given, and whether it was the cause. */
export interface Judged {
  readonly score: number;
  readonly confidence: number;
  readonly right: boolean;
}

/** One row of a reliability table. */
export interface Reliability {
  readonly from: number;
  readonly to: number;
  readonly cases: number;
  readonly meanConfidence: number;
  readonly right: number;
}

const BINS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** First candidates by what they were given, and the share of each bin that was right. */
export function reliability(judged: readonly Judged[]): readonly Reliability[] {
  return BINS.slice(0, -1).flatMap((from, place) => {
    const to = BINS[place + 1] ?? 1;
    const some = judged.filter(
      ({ confidence }) => confidence >= from && (confidence < to || (to === 1 && confidence <= 1)),
    );
    if (some.length === 0) return [];
    const mean = some.reduce((sum, { confidence }) => sum + confidence, 0) / some.length;
    const right = some.filter((one) => one.right).length / some.length;
    return [{ from, to, cases: some.length, meanConfidence: mean, right }];
  });
}

/** 1 when the wanted one is among the first so many, else 0. */
export function withinFirst(ranked: readonly string[], wanted: string, most: number): number {
  return ranked.slice(0, most).includes(wanted) ? 1 : 0;
}

/** Each service of the candidates once, in the order of its best. */
export function rankedServices({ candidates }: Analysis): readonly string[] {
  return [...new Set(candidates.map(({ service }) => service))];
}

/** Pools neighbours until the shares that were right never fall as the score rises (Ayer et al., 1955). */
export function isotonic(judged: readonly Judged[]): readonly (readonly [number, number])[] {
  const blocks: { score: number; right: number; count: number }[] = [];
  for (const { score, right } of judged.toSorted((a, b) => a.score - b.score)) {
    blocks.push({ score, right: right ? 1 : 0, count: 1 });
    for (let last = blocks.at(-1), before = blocks.at(-2); last !== undefined && before !== undefined; ) {
      if (before.right / before.count < last.right / last.count) break;
      const count = before.count + last.count;
      const score = (before.score * before.count + last.score * last.count) / count;
      blocks.splice(-2, 2, { score, right: before.right + last.right, count });
      [last, before] = [blocks.at(-1), blocks.at(-2)];
    }
  }
  return blocks.map(({ score, right, count }) => [score, (right + 1) / (count + 2)] as const);
}

/** What knots learned from the other sets would have given the first candidates of one, beside how many were right. */
export interface LeftOut {
  readonly set: string;
  readonly cases: number;
  readonly given: number;
  readonly right: number;
  /** The mean squared distance between what was given and what was right (Brier, 1950); less is better. */
  readonly brier: number;
  /** The same of the share of the other sets that was right, given to each: what knowing nothing of the score gives. */
  readonly brierOfShare: number;
}

function between(knots: readonly (readonly [number, number])[], score: number): number {
  const above = knots.findIndex(([at]) => at >= score);
  const [, last] = knots.at(-1) ?? [1, 0.5];
  if (above < 0) return last;
  const [at, value] = knots[above] ?? [1, 0.5];
  const [from, low] = knots[above - 1] ?? [at, value];
  return at === from ? value : low + ((score - from) / (at - from)) * (value - low);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Calibrates on all sets but one and holds that one against it, each in turn; none of fewer than two sets. */
export function leaveOneOut(sets: readonly (readonly [string, readonly Judged[]])[]): readonly LeftOut[] {
  const judged = sets.filter(([, own]) => own.length > 0);
  if (judged.length < 2) return [];
  return judged.map(([set, own]) => {
    const others = judged.filter(([name]) => name !== set).flatMap(([, all]) => all);
    const knots = isotonic(others);
    const share = mean(others.map(({ right }) => Number(right)));
    const given = own.map(({ score }) => between(knots, score));
    return {
      set,
      cases: own.length,
      given: mean(given),
      right: mean(own.map(({ right }) => Number(right))),
      brier: mean(own.map(({ right }, place) => ((given[place] ?? 0) - Number(right)) ** 2)),
      brierOfShare: mean(own.map(({ right }) => (share - Number(right)) ** 2)),
    };
  });
}

/** The same names with other values. */
export function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  to: (value: A) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));
}
