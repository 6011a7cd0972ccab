/** Objectives by paste: what would become of them, then what did. */
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import '../forms/forms.css';
import { Field } from '../forms/fields.js';
import { useSend } from '../forms/use-send.js';
import { ImportSlosDocument, type ImportSlosMutation } from '../generated/graphql.js';
import { sloPath } from '../paths.js';
import { ProblemBox } from '../states/states.js';

type Imported = NonNullable<ImportSlosMutation['importSlos']>;

const SAID = { NEW: 'new', CHANGED: 'changes what holds', UNCHANGED: 'holds already' } as const;

/** `line:17: message` as people say it. */
const remark = (text: string): string => text.replace(/^line:(\d+): /, 'Line $1: ');

function Remarks({
  title,
  remarks,
  isFault,
}: {
  readonly title: string;
  readonly remarks: readonly string[];
  readonly isFault: boolean;
}) {
  if (remarks.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {remarks.map((each) => (
          <li key={each} class={isFault ? 'fault' : undefined}>
            {remark(each)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Outcome({ imported, isTrial }: { readonly imported: Imported; readonly isTrial: boolean }) {
  const { slos, faults, notes } = imported;
  return (
    <div role="status">
      <p class={isTrial ? 'soft' : 'done'}>
        {isTrial ? 'Nothing is registered yet. ' : 'Registered. '}
        {slos.length === 1 ? 'One objective' : `${slos.length} objectives`} can be taken
        {faults.length > 0 && `, ${faults.length === 1 ? 'one thing' : `${faults.length} things`} cannot`}.
      </p>
      <ul>
        {slos.map(({ name, outcome }) => (
          <li key={name}>
            {isTrial ? name : <Link href={sloPath(name)}>{name}</Link>}{' '}
            <span class="soft">{SAID[outcome]}</span>
          </li>
        ))}
      </ul>
      <Remarks title="What could not be taken" remarks={faults} isFault />
      <Remarks title="What is taken in another way, or left out" remarks={notes} isFault={false} />
    </div>
  );
}

/** The panel. */
export function ImportPanel({ onDone }: { readonly onDone: () => void }) {
  const [yaml, setYaml] = useState('');
  const [said, say] = useState<{ readonly imported: Imported; readonly isTrial: boolean }>();
  const { send, isSending, problem, forget } = useSend(ImportSlosDocument);
  const submit = async (isTrial: boolean): Promise<void> => {
    const answer = await send({ input: { yaml, isTrial } });
    if (answer?.importSlos == null) return;
    say({ imported: answer.importSlos, isTrial });
    if (!isTrial) onDone();
  };
  const set = (text: string): void => {
    setYaml(text);
    say(undefined);
    forget();
  };
  const isEmpty = yaml.trim() === '';
  return (
    <form
      class="form section"
      aria-label="Import objectives"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(true);
      }}
    >
      <Field
        name="yaml"
        label="YAML: OpenSLO v1, or Genchi's own form"
        rows={12}
        value={yaml}
        set={set}
        hint="Several documents are parted by ---. Nothing is registered before you have seen what would become of it."
        placeholder={'apiVersion: openslo/v1\nkind: SLO\n…'}
      />
      {problem !== undefined && <ProblemBox problem={problem} />}
      {said !== undefined && <Outcome {...said} />}
      <div class="row">
        <button type="submit" class={said?.isTrial === true ? '' : 'primary'} disabled={isEmpty || isSending}>
          Check
        </button>
        <button
          type="button"
          class={said?.isTrial === true ? 'primary' : ''}
          disabled={isSending || said?.isTrial !== true || said.imported.slos.length === 0}
          onClick={() => void submit(false)}
        >
          Register {said?.isTrial === true && said.imported.slos.length > 0 ? said.imported.slos.length : ''}
        </button>
      </div>
    </form>
  );
}
