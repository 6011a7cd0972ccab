/** Ends an experiment. */
import '../forms/forms.css';
import { useState } from 'preact/hooks';
import { textOrNull } from '../forms/faults.js';
import { Field } from '../forms/fields.js';
import { useSend } from '../forms/use-send.js';
import { StopExperimentDocument } from '../generated/graphql.js';
import { Section } from '../parts/text.js';
import { ProblemBox } from '../states/states.js';

/** The form that ends it. */
export function Stop({ name, reload }: { readonly name: string; readonly reload: () => void }) {
  const [surprise, setSurprise] = useState('');
  const { send, isSending, problem } = useSend(StopExperimentDocument);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const input = { id: name, surprise: textOrNull(surprise) };
    if ((await send({ input })) !== undefined) reload();
  };
  return (
    <Section title="End it">
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          name="surprise"
          label="What was surprising"
          value={surprise}
          set={setSurprise}
          hint="What the figures show is added."
          rows={2}
        />
        {problem !== undefined && <ProblemBox problem={problem} />}
        <div>
          <button type="submit" disabled={isSending}>
            End it, and record the verdict of now
          </button>
        </div>
      </form>
    </Section>
  );
}
