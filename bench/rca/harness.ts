/** Runs the cases of a set: each in a store of its own, asked of the same `analyse` that the server calls. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDbStore } from '../../src/evidence/index.js';
import type { Instant } from '../../src/model/index.js';
import { type Analysis, type analyse, confidenceOf } from '../../src/rca/index.js';
import type { BenchCase, BenchSet, LoadOptions, Marks } from './case.js';
import { Collected, Perturbed, type PerturbedBy } from './perturb.js';
import { Recording } from './recording.js';
import { type Judged, type Scores, scoresOf, termNames, without } from './score.js';

/** What became of one case. */
export interface CaseResult {
  readonly case: BenchCase;
  readonly analysis: Analysis;
  readonly marks: Marks;
  /** From the question to its answer, in milliseconds. */
  readonly analyseMs: number;
}

/** What became of a set. */
export interface SetResult {
  readonly set: BenchSet;
  readonly cases: number;
  readonly scores: Scores;
  /** Mean time from question to answer, and the longest, in milliseconds. */
  readonly msPerCase: number;
  readonly slowestMs: number;
  readonly judged: readonly Judged[];
  /** Scores without a term, by its name. */
  readonly ablation: Readonly<Record<string, Scores>>;
  /** Scores of simple methods over the same samples, by their names. */
  readonly simple: Readonly<Record<string, Scores>>;
}

const MEMORY_MIB = 512;
const THREADS = 2;

/** Asks the question of a case, of the analysis unless of another that is given. */
type Ask = (by?: typeof analyse) => Promise<Analysis>;

/** Records a case in a fresh store and lets it be asked; the store is thrown away. */
export async function withRecorded<T>(
  one: BenchCase,
  how: PerturbedBy,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'genchi-bench-rca-'));
  const { store } = await openDuckDbStore({
    folder,
    clock: () => Date.now() as Instant,
    memoryMiB: MEMORY_MIB,
    threads: THREADS,
    publicUrl: 'http://127.0.0.1:4600',
  });
  try {
    const recording = new Recording(store);
    const collected = new Collected();
    await one.record(collected);
    const perturbed = new Perturbed(how, collected.services(), one.question);
    await collected.record(recording, perturbed);
    const topology = await recording.topology();
    return await work((by) => perturbed.ask(store, topology, one.experience, by));
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Records a case, asks, and judges the answer. */
export function runCase(one: BenchCase, how: PerturbedBy): Promise<CaseResult> {
  return withRecorded(one, how, async (ask) => {
    const start = performance.now();
    const analysis = await ask();
    return { case: one, analysis, marks: one.marks(analysis), analyseMs: performance.now() - start };
  });
}

function ablate(set: BenchSet, results: readonly CaseResult[]): Readonly<Record<string, Scores>> {
  const names = termNames(results.map(({ analysis }) => analysis));
  return Object.fromEntries(
    names.map((name) => {
      const marks = results.map(({ case: one, analysis }) => one.marks(without(analysis, name)));
      return [name, scoresOf(set.scores, marks)];
    }),
  );
}

function compare(set: BenchSet, cases: readonly BenchCase[]): Readonly<Record<string, Scores>> {
  const marks = new Map<string, Marks[]>();
  for (const one of cases) {
    for (const [name, own] of Object.entries(one.simple?.() ?? {})) {
      marks.set(name, [...(marks.get(name) ?? []), own]);
    }
  }
  return Object.fromEntries([...marks].map(([name, own]) => [name, scoresOf(set.scores, own)]));
}

function judge({ case: one, analysis }: CaseResult): readonly Judged[] {
  const first = analysis.candidates[0];
  return first === undefined || one.isRight === undefined
    ? []
    : [{ score: first.score, confidence: confidenceOf(first.score), right: one.isRight(first) }];
}

/** What to run of a set. */
export interface RunOptions extends LoadOptions {
  /** Only cases with this in their names. */
  readonly named: string;
  /** Only every so many-th case. */
  readonly every: number;
  /** What is done to each case first. */
  readonly perturb: PerturbedBy;
}

/** Runs a set below its folder; undefined when it has no such cases there. `seen` hears of each case. */
export async function runSet(
  set: BenchSet,
  folder: string,
  options: RunOptions,
  seen: (result: CaseResult) => void,
): Promise<SetResult | undefined> {
  const named = (await set.load(folder, options)).filter(({ name }) => name.includes(options.named));
  const cases = named.filter((_, place) => place % options.every === 0);
  if (cases.length === 0) return undefined;
  const results: CaseResult[] = [];
  for (const one of cases) {
    const result = await runCase(one, options.perturb);
    results.push(result);
    seen(result);
  }
  const times = results.map(({ analyseMs }) => analyseMs);
  return {
    set,
    cases: new Set(cases.map(({ name }) => name)).size,
    scores: scoresOf(
      set.scores,
      results.map(({ marks }) => marks),
    ),
    msPerCase: times.reduce((sum, ms) => sum + ms, 0) / times.length,
    slowestMs: Math.max(...times),
    judged: results.flatMap(judge),
    ablation: ablate(set, results),
    simple: compare(set, cases),
  };
}
