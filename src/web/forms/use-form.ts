/** A form: what it holds, what is wrong with it, and how it is sent. */
import { useState } from 'preact/hooks';
import type { TypedDocumentString } from '../generated/graphql.js';
import type { Faults } from './faults.js';
import type { Held } from './fields.js';
import { useSend } from './use-send.js';

/** What the fields of a form hold, as they were typed. */
export type Draft<D> = Readonly<Record<keyof D, string>>;

/** How a form is judged and sent. */
export interface FormRules<D, T, V> {
  /** What it begins with. */
  readonly from: D;
  readonly document: TypedDocumentString<T, V>;
  /** What is wrong before it is sent, by the server's own rules. */
  readonly faultsOf: (draft: D) => Faults;
  readonly variablesOf: (draft: D) => V;
  /** The fields that a refusal names. */
  readonly refused: (detail: string) => Faults;
  /** Is told of what the server did; answers what is shown of it, or undefined when that was a refusal. */
  readonly onAnswer: (answer: T, draft: D) => boolean;
  /** Whether it begins again once it was sent. */
  readonly isCleared?: boolean;
}

/** A form as it stands. */
export interface FormState<D> {
  readonly draft: D;
  readonly faults: Faults;
  readonly isSending: boolean;
  /** How often it was refused, here or by the server: each time its faults are told anew. */
  readonly refusals: number;
  readonly hold: (name: string & keyof D) => Held;
  readonly submit: () => Promise<void>;
}

/** Holds a form. Faults are told when it is sent first, and from then on as it is written. */
export function useForm<D extends Draft<D>, T, V>(rules: FormRules<D, T, V>): FormState<D> {
  const { from, faultsOf } = rules;
  const [draft, setDraft] = useState(from);
  const [isChecked, check] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const { send, isSending, problem, forget } = useSend(rules.document);
  const refused = problem === undefined ? {} : rules.refused(problem.detail);
  const faults = { ...refused, ...(isChecked ? faultsOf(draft) : {}) };
  const refuse = (): void => setRefusals((before) => before + 1);
  const submit = async (): Promise<void> => {
    check(true);
    if (Object.keys(faultsOf(draft)).length > 0) return refuse();
    const answer = await send(rules.variablesOf(draft));
    if (answer === undefined || !rules.onAnswer(answer, draft)) return refuse();
    if (rules.isCleared !== true) return;
    check(false);
    setDraft(from);
  };
  const hold = (name: string & keyof D): Held => ({
    ...{ value: draft[name], fault: faults[name] },
    set: (value) => {
      setDraft((before) => ({ ...before, [name]: value }));
      forget();
    },
  });
  return { draft, faults, isSending, refusals, hold, submit };
}
