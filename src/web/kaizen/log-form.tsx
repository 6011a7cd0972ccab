/** Logs an improvement. */
import { useState } from 'preact/hooks';
import { faultsIn } from '../forms/faults.js';
import { ChoiceField, LongField, TextField } from '../forms/fields.js';
import { useSend } from '../forms/use-send.js';
import { LogImprovementDocument } from '../generated/graphql.js';
import { ProblemBox } from '../states/states.js';
import {
  EMPTY_IMPROVEMENT,
  efforts,
  type ImprovementDraft,
  improvementFaults,
  improvementInput,
  states,
} from './improvement-model.js';

const NAMES = Object.keys(EMPTY_IMPROVEMENT);

function useLogForm(onDone: () => void) {
  const [draft, setDraft] = useState(EMPTY_IMPROVEMENT);
  const [isChecked, check] = useState(false);
  const [logged, setLogged] = useState<string>();
  const { send, isSending, problem, forget } = useSend(LogImprovementDocument);
  const refused = problem === undefined ? {} : faultsIn(problem.detail, NAMES);
  const faults = { ...refused, ...(isChecked ? improvementFaults(draft) : {}) };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    check(true);
    if (Object.keys(improvementFaults(draft)).length > 0) return;
    const answer = await send({ input: improvementInput(draft) });
    if (answer?.logImprovement == null) return;
    setLogged(answer.logImprovement.name);
    check(false);
    setDraft(EMPTY_IMPROVEMENT);
    onDone();
  };
  const bind = (name: keyof ImprovementDraft) => ({
    name,
    value: draft[name],
    fault: faults[name],
    set: (value: string) => {
      setDraft((before) => ({ ...before, [name]: value }));
      forget();
    },
  });
  return { bind, submit, isSending, logged, unplaced: faults[''] };
}

/** The form. */
export function LogForm({ onDone }: { readonly onDone: () => void }) {
  const { bind, submit, isSending, logged, unplaced } = useLogForm(onDone);
  return (
    <form class="form section" aria-label="Improvement" noValidate onSubmit={(event) => void submit(event)}>
      <div class="fields">
        <TextField {...bind('title')} label="What it is" isNeeded placeholder="Pool of 40 connections" />
        <TextField
          {...bind('id')}
          label="Name"
          isNeeded
          placeholder="pool-40"
          hint="Sent twice under it, it is logged once."
        />
        <TextField {...bind('service')} label="Service" />
        <TextField {...bind('metric')} label="Metric" hint="What it did is measured where one is named." />
        <ChoiceField
          {...bind('state')}
          label="State"
          choices={states.map(([state, word]) => [state, word] as const)}
        />
        <ChoiceField {...bind('effort')} label="Effort" choices={[['', 'not said'], ...efforts]} />
        <TextField {...bind('expectedChangePercent')} label="Expected change, %" inputMode="decimal" />
        <TextField
          {...bind('before')}
          label="Median before"
          inputMode="decimal"
          hint="Where it cannot be measured."
        />
        <TextField
          {...bind('after')}
          label="Median after"
          inputMode="decimal"
          hint="Where it cannot be measured."
        />
        <TextField {...bind('owner')} label="Owner" />
      </div>
      <LongField {...bind('message')} label="What to say with it" rows={2} />
      {unplaced !== undefined && (
        <ProblemBox problem={{ title: 'The server refused it', detail: unplaced }} />
      )}
      {logged !== undefined && (
        <p class="done" role="status">
          Logged: {logged}
        </p>
      )}
      <div>
        <button type="submit" class="primary" disabled={isSending}>
          Log it
        </button>
      </div>
    </form>
  );
}
