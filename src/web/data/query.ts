/** A question of a page, asked again when it changes or when the connection is back. */
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TypedDocumentString } from '../generated/graphql.js';
import { type Answer, ask, calm } from './ask.js';
import { reconnections } from './live.js';
import { type Problem, problemIn } from './problem.js';

/** How many answers are kept, so that going back shows at once what was there. */
const MOST_KEPT = 40;

const kept = new Map<string, Answer<unknown>>();

function keep(key: string, answer: Answer<unknown>): void {
  kept.delete(key);
  kept.set(key, answer);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
}

/** What is known of the answer to a question. */
export interface Query<T> {
  /** The latest answer; undefined before the first one. */
  readonly data: T | undefined;
  /** What of it could not be had. */
  readonly partial: readonly Problem[];
  /** Why there is no newer answer, where asking failed. */
  readonly problem: Problem | undefined;
  /** Whether an answer is being waited for. */
  readonly isAsking: boolean;
  readonly reload: () => void;
}

interface State {
  readonly key: string;
  readonly subject: string;
  readonly answer: Answer<unknown> | undefined;
  readonly problem: Problem | undefined;
  readonly isAsking: boolean;
}

/** How the answer to a question is held. */
export interface QueryOptions {
  /**
   * What the question is about: while an answer about the same is waited for, the one before stays; an answer about
   * something else never does.
   */
  readonly subject?: string;
  /** Which state of it is asked about, where the variables do not tell: another one is asked for anew. */
  readonly version?: number;
  /** Lets others be answered first: for what is not looked at first. */
  readonly isPatient?: boolean;
  /** Does not ask yet. */
  readonly isOff?: boolean;
}

/** Asks whenever `key` or the round changes; an answer that comes too late is dropped. */
function useAnswer(
  key: string,
  subject: string,
  askNow: ((signal: AbortSignal) => Promise<Answer<unknown>>) | undefined,
  round: number,
): State {
  const [state, setState] = useState<State>(() => ({
    ...{ key, subject, answer: kept.get(key), problem: undefined, isAsking: true },
  }));
  const asking = useRef(askNow);
  asking.current = askNow;
  const isOff = askNow === undefined;
  // A new round asks the same question again. Before anything is painted: an effect would wait for a frame.
  useLayoutEffect(() => {
    if (isOff) return undefined;
    const abort = new AbortController();
    setState((before) => ({
      ...{ key, subject, problem: undefined, isAsking: true },
      answer: kept.get(key) ?? (before.subject === subject ? before.answer : undefined),
    }));
    asking.current?.(abort.signal).then(
      (answer) => {
        if (abort.signal.aborted) return;
        keep(key, answer);
        setState({ key, subject, answer, problem: undefined, isAsking: false });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setState((before) => ({ ...before, problem: problemIn(error), isAsking: false }));
      },
    );
    return () => abort.abort();
  }, [key, subject, round, isOff]);
  // In the moment when the question has changed and its effect has not run yet, the old answer must not stand for it.
  if (state.subject !== subject) {
    return { key, subject, answer: kept.get(key), problem: undefined, isAsking: true };
  }
  return state;
}

/** Asks a question, and again when its variables change or the connection is back. */
export function useQuery<T, V>(
  document: TypedDocumentString<T, V>,
  variables: V,
  { subject, version = 0, isOff = false, isPatient = false }: QueryOptions = {},
): Query<T> {
  const text = document.toString();
  const key = `${text} ${JSON.stringify(variables)} ${version}`;
  const [round, setRound] = useState(0);
  const askNow = isOff
    ? undefined
    : async (signal: AbortSignal) => {
        if (isPatient) await calm();
        signal.throwIfAborted();
        return ask(document, variables, signal);
      };
  const state = useAnswer(key, subject ?? text, askNow, round + reconnections.value);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const answer = state.answer as Answer<T> | undefined;
  return {
    data: answer?.data,
    partial: answer?.problems ?? [],
    problem: state.problem,
    isAsking: state.isAsking,
    reload,
  };
}
