/** What a set of recorded failures is to the benchmark. One file a set; `sets.ts` lists them. */
import type { Analysis, Candidate, Experience, Question } from '../../src/rca/index.js';
import type { CaseRecorder } from './recording.js';

/**
 * What a case counts for each score, by the score's name: 1 or 0, a share, or a part of a sum. A case has no part in a
 * score that it does not name.
 */
export type Marks = Readonly<Record<string, number>>;

/** One recorded failure: its evidence, what is asked of it, and how an answer is judged. */
export interface BenchCase {
  /** For the listing of `--verbose`; cases of the same name count once. */
  readonly name: string;
  /** Records the evidence as a server would have received it; nothing of the truth may go in. */
  record(into: CaseRecorder): Promise<void>;
  /** What an operator would ask. */
  readonly question: Question;
  /** What past incidents taught, as the server hands it to the analysis; nothing of this case may be in it. */
  readonly experience?: Experience;
  /** Holds an answer against the truth. */
  marks(analysis: Analysis): Marks;
  /** Whether a candidate names the true cause, for the calibration; absent where that cannot be said of one. */
  isRight?(candidate: Candidate): boolean;
  /** The marks of simple methods over the same samples, by the method's name; computed in the same run. */
  simple?(): Readonly<Record<string, Marks>>;
}

/** How the marks of a set become one of its scores. */
export interface ScoreSpec {
  readonly name: string;
  readonly of: 'mean' | 'sum';
  /** The score that fails the benchmark when it is missed; `atMost` when less is better. */
  readonly floor?: number;
  readonly aim?: number;
  readonly atMost?: boolean;
  /** What others reach, for the table. */
  readonly published?: string;
}

/** What a set may need beside its folder. */
export interface LoadOptions {
  /** Another folder of the same layout to learn weights from, instead of from folds. */
  readonly learnFrom?: string;
}

/** A set of cases from one source. */
export interface BenchSet {
  /** The name of its folder. */
  readonly name: string;
  readonly scores: readonly ScoreSpec[];
  /** The cases below the set's folder, in a fixed order; parts that are missing are left out. */
  load(folder: string, options: LoadOptions): Promise<readonly BenchCase[]>;
}
