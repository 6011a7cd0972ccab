/** Starts an experiment: a hypothesis, and how it is to be judged. */
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { faultsIn } from '../forms/faults.js';
import { Form, type Group } from '../forms/form.js';
import { useServiceNames } from '../forms/service-names.js';
import { useForm } from '../forms/use-form.js';
import { StartExperimentDocument } from '../generated/graphql.js';
import { experimentPath } from '../paths.js';
import {
  EMPTY_EXPERIMENT,
  type ExperimentDraft,
  experimentFaults,
  experimentInput,
} from './experiment-model.js';

const NAMES = Object.keys(EMPTY_EXPERIMENT);

const groupsWith = (services: readonly string[]): readonly Group<keyof ExperimentDraft>[] => [
  {
    legend: 'The hypothesis',
    fields: [
      { name: 'action', label: 'If we do this', isNeeded: true, placeholder: 'double the connection pool' },
      { name: 'metric', label: 'this metric', isNeeded: true, placeholder: 'kanban_latency_p99_ms' },
      {
        ...{ name: 'expectedChangePercent', label: 'changes by, %', isNeeded: true, inputMode: 'decimal' },
        ...{ hint: 'Negative where it is to fall.', placeholder: '-20' },
      },
      { name: 'reason', label: 'since', isNeeded: true, placeholder: 'requests wait for connections' },
    ],
  },
  {
    legend: 'How it is tried',
    fields: [
      { name: 'id', label: 'Name', isNeeded: true, placeholder: 'pool-40' },
      { name: 'service', label: 'Service', isNeeded: true, proposals: services },
      {
        ...{ name: 'treated', label: 'Canary', placeholder: 'version=2' },
        hint: 'Labels of its series; all of the service when empty.',
      },
      {
        ...{ name: 'control', label: 'Control', placeholder: 'version=1' },
        hint: 'The time before is compared with when empty.',
      },
      {
        ...{ name: 'plannedMinutes', label: 'Minutes planned', inputMode: 'numeric' },
        hint: 'Small changes are found earlier with a plan.',
      },
      { name: 'baselineMinutes', label: 'Baseline, minutes', hint: '60 when empty.', inputMode: 'numeric' },
      {
        ...{ name: 'minutesAgo', label: 'Began, minutes ago', inputMode: 'numeric' },
        hint: 'Now when empty; up to a week ago.',
      },
      { name: 'owner', label: 'Owner' },
    ],
  },
];

/** The form. */
export function StartForm({ onDone }: { readonly onDone: () => void }) {
  const [started, setStarted] = useState<string>();
  const services = useServiceNames();
  const form = useForm({
    from: EMPTY_EXPERIMENT,
    document: StartExperimentDocument,
    faultsOf: experimentFaults,
    variablesOf: (draft: ExperimentDraft) => ({ input: experimentInput(draft, Date.now()) }),
    refused: (detail) => faultsIn(detail.replace('startedAt:', 'minutesAgo:'), NAMES),
    onAnswer: ({ startExperiment }) => {
      setStarted(startExperiment?.name);
      onDone();
      return startExperiment != null;
    },
  });
  const done = started !== undefined && (
    <>
      Started: <Link href={experimentPath(started)}>{started}</Link>
    </>
  );
  return (
    <Form
      label="Experiment"
      form={form}
      groups={groupsWith(services)}
      submit="Start"
      done={done || undefined}
    />
  );
}
