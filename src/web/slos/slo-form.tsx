/** Registers an objective, or changes it from now on. */
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { faultsIn } from '../forms/faults.js';
import { Form } from '../forms/form.js';
import { useServiceNames } from '../forms/service-names.js';
import { useForm } from '../forms/use-form.js';
import { RegisterSloDocument } from '../generated/graphql.js';
import { sloPath } from '../paths.js';
import { sloGroups } from './slo-fields.js';
import { faultsOf, formNames, inputOf, SERVER_FIELDS, type SloDraft } from './slo-model.js';

/** The form; `from` holds what it begins with. */
export function SloForm({ from, onDone }: { readonly from: SloDraft; readonly onDone: () => void }) {
  const [done, setDone] = useState<{ readonly name: string; readonly isNew: boolean }>();
  const services = useServiceNames();
  const isNew = from.slo === '';
  const form = useForm({
    from,
    document: RegisterSloDocument,
    faultsOf,
    variablesOf: (draft: SloDraft) => ({ input: inputOf(draft) }),
    refused: (detail) => formNames(faultsIn(detail, SERVER_FIELDS)),
    onAnswer: ({ registerSlo }, { slo }) => {
      if (registerSlo == null) return false;
      setDone({ name: slo.trim(), isNew: registerSlo.isNew });
      onDone();
      return true;
    },
  });
  return (
    <Form
      label="Objective"
      form={form}
      groups={sloGroups(form.draft, { isNew, services })}
      submit={isNew ? 'Register' : 'Change from now on'}
      done={
        done && (
          <>
            {done.isNew ? 'Registered: ' : 'Nothing changed: '}
            <Link href={sloPath(done.name)}>{done.name}</Link>
          </>
        )
      }
    />
  );
}
