/** One query at a time: a new one ends the one before, and so does leaving the page. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Outcome, type Question, run } from './run.js';

/** What was asked last, and what became of it. */
export interface Run {
  readonly question: Question | undefined;
  readonly outcome: Outcome | undefined;
  readonly isRunning: boolean;
  readonly start: (question: Question) => void;
  readonly cancel: () => void;
}

/** Runs queries. */
export function useRun(): Run {
  const [state, setState] = useState<Pick<Run, 'question' | 'outcome' | 'isRunning'>>({
    ...{ question: undefined, outcome: undefined, isRunning: false },
  });
  const abort = useRef<AbortController>();
  const start = useCallback((question: Question) => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    setState((before) => ({ ...before, question, isRunning: true }));
    void run(question, own.signal).then((outcome) => {
      if (abort.current === own) setState({ question, outcome, isRunning: false });
    });
  }, []);
  const cancel = useCallback(() => abort.current?.abort(), []);
  useEffect(
    () => () => {
      const own = abort.current;
      abort.current = undefined;
      own?.abort();
    },
    [],
  );
  return { ...state, start, cancel };
}
