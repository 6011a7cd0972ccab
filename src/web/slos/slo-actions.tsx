/** Changes an objective from now on, or ends it. */
import { useState } from 'preact/hooks';
import { mayOperate } from '../data/session.js';
import { useSend } from '../forms/use-send.js';
import { RetireSloDocument, type SloDetailQuery } from '../generated/graphql.js';
import { Section } from '../parts/text.js';
import { ProblemBox } from '../states/states.js';
import { SloForm } from './slo-form.js';
import { draftOf } from './slo-model.js';

type Slo = NonNullable<SloDetailQuery['slo']>;

/** What may be done with it; nothing for who only reads. */
export function SloActions({ slo, reload }: { readonly slo: Slo; readonly reload: () => void }) {
  const [isEdited, edit] = useState(false);
  const [isAsked, askFirst] = useState(false);
  const { send, isSending, problem } = useSend(RetireSloDocument);
  if (!mayOperate()) return null;
  const retire = async (): Promise<void> => {
    if ((await send({ input: { slo: slo.name } })) !== undefined) reload();
  };
  return (
    <Section title="Change it">
      <div class="row">
        <button type="button" aria-expanded={isEdited} onClick={() => edit(!isEdited)}>
          Edit
        </button>
        {isAsked ? (
          <>
            <span>What was judged stays. End it from now on?</span>
            <button type="button" class="primary" disabled={isSending} onClick={() => void retire()}>
              Retire {slo.name}
            </button>
            <button type="button" onClick={() => askFirst(false)}>
              Keep it
            </button>
          </>
        ) : (
          <button type="button" onClick={() => askFirst(true)}>
            Retire …
          </button>
        )}
      </div>
      {problem !== undefined && <ProblemBox problem={problem} />}
      {isEdited && (
        <SloForm key={slo.revision.receipt.iri} from={draftOf(slo.name, slo.revision)} onDone={reload} />
      )}
    </Section>
  );
}
