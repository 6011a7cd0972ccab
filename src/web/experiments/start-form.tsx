/** Starts an experiment: a hypothesis, and how it is to be judged. */
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { faultsIn } from '../forms/faults.js';
import { TextField } from '../forms/fields.js';
import { useSend } from '../forms/use-send.js';
import { StartExperimentDocument } from '../generated/graphql.js';
import { experimentPath } from '../paths.js';
import { ProblemBox } from '../states/states.js';
import {
  EMPTY_EXPERIMENT,
  type ExperimentDraft,
  experimentFaults,
  experimentInput,
} from './experiment-model.js';

const NAMES = Object.keys(EMPTY_EXPERIMENT);

interface FieldWords {
  readonly name: keyof ExperimentDraft;
  readonly label: string;
  readonly hint?: string;
  readonly isNeeded?: boolean;
  readonly placeholder?: string;
  readonly inputMode?: 'decimal' | 'numeric';
}

const HYPOTHESIS: readonly FieldWords[] = [
  { name: 'action', label: 'If we do this', isNeeded: true, placeholder: 'double the connection pool' },
  { name: 'metric', label: 'this metric', isNeeded: true, placeholder: 'kanban_latency_p99_ms' },
  {
    ...{ name: 'expectedChangePercent', label: 'changes by, %', isNeeded: true, inputMode: 'decimal' },
    ...{ hint: 'Negative where it is to fall.', placeholder: '-20' },
  },
  { name: 'reason', label: 'since', isNeeded: true, placeholder: 'requests wait for connections' },
];

const PLAN: readonly FieldWords[] = [
  { name: 'id', label: 'Name', isNeeded: true, placeholder: 'pool-40' },
  { name: 'service', label: 'Service', isNeeded: true },
  {
    name: 'treated',
    label: 'Canary',
    hint: 'Labels of its series; all of the service when empty.',
    placeholder: 'version=2',
  },
  {
    name: 'control',
    label: 'Control',
    hint: 'The time before is compared with when empty.',
    placeholder: 'version=1',
  },
  {
    name: 'plannedMinutes',
    label: 'Minutes planned',
    hint: 'Small changes are found earlier with a plan.',
    inputMode: 'numeric',
  },
  { name: 'baselineMinutes', label: 'Baseline, minutes', hint: '60 when empty.', inputMode: 'numeric' },
  { name: 'owner', label: 'Owner' },
];

/** The form. */
export function StartForm({ onDone }: { readonly onDone: () => void }) {
  const [draft, setDraft] = useState(EMPTY_EXPERIMENT);
  const [isChecked, check] = useState(false);
  const [started, setStarted] = useState<string>();
  const { send, isSending, problem, forget } = useSend(StartExperimentDocument);
  const refused = problem === undefined ? {} : faultsIn(problem.detail, NAMES);
  const faults = { ...refused, ...(isChecked ? experimentFaults(draft) : {}) };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    check(true);
    if (Object.keys(experimentFaults(draft)).length > 0) return;
    const answer = await send({ input: experimentInput(draft) });
    if (answer?.startExperiment == null) return;
    setStarted(answer.startExperiment.name);
    onDone();
  };
  const field = ({ name, ...words }: FieldWords) => (
    <TextField
      key={name}
      {...{ name, ...words }}
      value={draft[name]}
      fault={faults[name]}
      set={(value) => {
        setDraft((before) => ({ ...before, [name]: value }));
        forget();
      }}
    />
  );
  const unplaced = faults[''];
  return (
    <form class="form section" aria-label="Experiment" noValidate onSubmit={(event) => void submit(event)}>
      <fieldset>
        <legend>The hypothesis</legend>
        <div class="fields">{HYPOTHESIS.map(field)}</div>
      </fieldset>
      <fieldset>
        <legend>How it is tried</legend>
        <div class="fields">{PLAN.map(field)}</div>
      </fieldset>
      {unplaced !== undefined && (
        <ProblemBox problem={{ title: 'The server refused it', detail: unplaced }} />
      )}
      {started !== undefined && (
        <p class="done" role="status">
          Started: <Link href={experimentPath(started)}>{started}</Link>
        </p>
      )}
      <div class="row">
        <button type="submit" class="primary" disabled={isSending}>
          Start
        </button>
      </div>
    </form>
  );
}
