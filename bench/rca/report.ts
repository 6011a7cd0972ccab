/** The tables that the benchmark prints. */
import type { SetResult } from './harness.js';
import { leaveOneOut, reliability, type Scores } from './score.js';
import type { Sensitivity } from './sensitivity.js';
import { type Cell, table } from './table.js';

function bound(value: number | undefined, atMost: boolean | undefined): string {
  if (value === undefined) return '';
  return atMost === true ? `<= ${value}` : String(value);
}

function simpleOf(result: SetResult, name: string): string {
  const told = Object.entries(result.simple).flatMap(([method, scores]) => {
    const score = scores[name];
    return score === undefined || Number.isNaN(score) ? [] : [`${method} ${score.toFixed(2)}`];
  });
  return told.join(', ');
}

/** One row a score: ours beside what simple methods reach in the same run and what is published, floor and aim. */
export function scoreTable(results: readonly SetResult[]): string {
  const rows = results.flatMap((result) =>
    result.set.scores.map(({ name, floor, aim, atMost, published }, place): readonly Cell[] => [
      place === 0 ? result.set.name : '',
      place === 0 ? String(result.cases) : '',
      name,
      result.scores[name] ?? Number.NaN,
      bound(floor, atMost),
      bound(aim, atMost),
      simpleOf(result, name),
      published ?? '',
      place === 0 ? `${result.msPerCase.toFixed(0)} (${result.slowestMs.toFixed(0)})` : '',
    ]),
  );
  const head = ['set', 'cases', 'score', 'ours', 'floor', 'aim', 'simple, this run', 'published'];
  return table([...head, 'ms a case (most)'], rows);
}

/** How often the first candidates were right, by what they were given. */
export function reliabilityTable(results: readonly SetResult[]): string {
  const all = results.flatMap(({ judged }) => judged);
  const rows = reliability(all).map(({ from, to, cases, meanConfidence, right }): readonly Cell[] => [
    `${from * 100} to ${to * 100} %`,
    cases,
    meanConfidence,
    right,
  ]);
  const sure = all.filter(({ confidence }) => confidence >= 0.8);
  const right = sure.filter((one) => one.right).length;
  return `${table(['first candidates given', 'cases', 'given', 'right'], rows)}\nOf ${sure.length} given 80 % or more, ${right} were right.`;
}

/** How a calibration on the other sets holds for each. */
export function leftOutTable(results: readonly SetResult[]): string {
  const all = leaveOneOut(results.map(({ set, judged }) => [set.name, judged] as const));
  const rows = all.map(({ set, cases, given, right, brier, brierOfShare }): readonly Cell[] => [
    set,
    cases,
    given,
    right,
    brier,
    brierOfShare,
  ]);
  return table(
    ['calibrated on all sets but', 'cases', 'given', 'right', 'Brier', 'Brier of their share alone'],
    rows,
  );
}

/** Each score that differs, with by how much. */
function changesOf(names: readonly string[], from: Scores, to: Scores): string {
  return names
    .flatMap((name) => {
      const change = (to[name] ?? Number.NaN) - (from[name] ?? Number.NaN);
      return Number.isNaN(change) || change === 0
        ? []
        : [`${name} ${change >= 0 ? '+' : ''}${change.toFixed(3)}`];
    })
    .join('  ');
}

/** How each score changes when a term is left out. */
export function ablationTable(results: readonly SetResult[]): string {
  const rows = results.flatMap(({ set, scores, ablation }) =>
    Object.entries(ablation).map(([term, left]): readonly Cell[] => [
      set.name,
      term,
      changesOf(
        set.scores.map(({ name }) => name),
        scores,
        left,
      ),
    ]),
  );
  return table(['set', 'without the term', 'change of its scores'], rows);
}

/** How the scores change when a weight is half or twice what it is; weights that change none are counted only. */
export function sensitivityTable(all: readonly Sensitivity[]): string {
  const rows = all.map(({ set, weight, factor, usual, scores }): readonly Cell[] => [
    set,
    weight,
    `x ${factor}`,
    changesOf(Object.keys(usual), usual, scores),
  ]);
  const moved = rows.filter((row) => row[3] !== '');
  const told = table(['set', 'weight', 'times', 'change of its scores'], moved);
  return `${told}\n${rows.length - moved.length} of ${rows.length} changes of a weight changed no score.`;
}
