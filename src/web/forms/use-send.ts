/** Sends a form: once at a time, and says what became of it. */
import { useCallback, useRef, useState } from 'preact/hooks';
import { ask } from '../data/ask.js';
import { type Problem, problemIn } from '../data/problem.js';
import type { TypedDocumentString } from '../generated/graphql.js';

/** What becomes of a form. */
export interface Sending<T, V> {
  readonly isSending: boolean;
  readonly problem: Problem | undefined;
  /** Sends it; answers what the server did, or undefined when it refused. */
  readonly send: (variables: V) => Promise<T | undefined>;
  readonly forget: () => void;
}

/** A mutation that a form is sent by. An answer that lacks its only part is a refusal. */
export function useSend<T, V>(document: TypedDocumentString<T, V>): Sending<T, V> {
  const [problem, setProblem] = useState<Problem>();
  const [isSending, setSending] = useState(false);
  const busy = useRef(false);
  const send = useCallback(
    async (variables: V): Promise<T | undefined> => {
      if (busy.current) return undefined;
      busy.current = true;
      setSending(true);
      try {
        const { data, problems } = await ask(document, variables);
        setProblem(problems[0]);
        return problems.length === 0 ? data : undefined;
      } catch (error) {
        setProblem(problemIn(error));
        return undefined;
      } finally {
        busy.current = false;
        setSending(false);
      }
    },
    [document],
  );
  return { isSending, problem, send, forget: useCallback(() => setProblem(undefined), []) };
}
