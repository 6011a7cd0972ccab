/** Logs an improvement. */
import { useState } from 'preact/hooks';
import { faultsIn } from '../forms/faults.js';
import { Form, type Group } from '../forms/form.js';
import { useServiceNames } from '../forms/service-names.js';
import { useForm } from '../forms/use-form.js';
import { LogImprovementDocument } from '../generated/graphql.js';
import {
  EMPTY_IMPROVEMENT,
  efforts,
  type ImprovementDraft,
  improvementFaults,
  improvementInput,
  states,
} from './improvement-model.js';

const NAMES = Object.keys(EMPTY_IMPROVEMENT);

const groupsWith = (services: readonly string[]): readonly Group<keyof ImprovementDraft>[] => [
  {
    fields: [
      { name: 'title', label: 'What it is', isNeeded: true, placeholder: 'Pool of 40 connections' },
      {
        ...{ name: 'id', label: 'Name', isNeeded: true, placeholder: 'pool-40' },
        hint: 'Sent twice under it, it is logged once.',
      },
      { name: 'service', label: 'Service', proposals: services },
      { name: 'metric', label: 'Metric', hint: 'What it did is measured where one is named.' },
      { name: 'state', label: 'State', choices: states },
      { name: 'effort', label: 'Effort', choices: [['', 'not said'], ...efforts] },
      { name: 'owner', label: 'Owner' },
    ],
  },
  {
    legend: 'What it is to do',
    fields: [
      {
        ...{ name: 'expectedChangePercent', label: 'Expected change, %', inputMode: 'decimal' },
        hint: 'Negative where it is to fall.',
      },
      {
        ...{ name: 'before', label: 'Median before', inputMode: 'decimal' },
        hint: 'Where it cannot be measured.',
      },
      { name: 'after', label: 'Median after', inputMode: 'decimal', hint: 'Where it cannot be measured.' },
      { name: 'message', label: 'What to say with it', rows: 2 },
    ],
  },
];

/** The form. */
export function LogForm({ onDone }: { readonly onDone: () => void }) {
  const [logged, setLogged] = useState<string>();
  const services = useServiceNames();
  const form = useForm({
    from: EMPTY_IMPROVEMENT,
    document: LogImprovementDocument,
    faultsOf: improvementFaults,
    variablesOf: (draft: ImprovementDraft) => ({ input: improvementInput(draft) }),
    refused: (detail) => faultsIn(detail, NAMES),
    isCleared: true,
    onAnswer: ({ logImprovement }) => {
      setLogged(logImprovement?.name);
      onDone();
      return logImprovement != null;
    },
  });
  return (
    <Form
      label="Improvement"
      form={form}
      groups={groupsWith(services)}
      submit="Log it"
      done={logged === undefined ? undefined : `Logged: ${logged}`}
    />
  );
}
