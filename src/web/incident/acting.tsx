/** What people do about an incident: one form in a dialog for each, sent as a mutation. */
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useRef, useState } from 'preact/hooks';
import { ask } from '../data/ask.js';
import { type Problem, problemIn } from '../data/problem.js';
import { mayOperate, session } from '../data/session.js';
import type { TypedDocumentString } from '../generated/graphql.js';
import { ProblemBox } from '../states/states.js';

interface Acting {
  readonly incident: string;
  /** Reads the incident again. */
  readonly reload: () => void;
}

const Context = createContext<Acting>({ incident: '', reload: () => undefined });

/** Says which incident is acted on. */
export const ActionsProvider = Context.Provider;

/** Which incident is acted on. */
export const useActing = (): Acting => useContext(Context);

const AUTHOR = 'author';

function knownAuthor(): string {
  if (session.value?.name !== undefined && session.value.isAsked) return session.value.name;
  try {
    return localStorage.getItem(AUTHOR) ?? '';
  } catch {
    return '';
  }
}

function keepAuthor(author: string): void {
  try {
    localStorage.setItem(AUTHOR, author);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** What a form holds once it is sent. */
export interface Given {
  readonly author: string;
  readonly message: string | null;
  readonly fields: FormData;
}

interface ActionProps<T, V> {
  /** What the button says. */
  readonly label: string;
  readonly isPrimary?: boolean;
  /** What the dialog says is going to happen. */
  readonly explanation: ComponentChildren;
  readonly document: TypedDocumentString<T, V>;
  readonly variables: (given: Given) => V;
  /** Fields beside who says it and what they say with it. */
  readonly children?: ComponentChildren;
}

function givenIn(form: HTMLFormElement): Given {
  const fields = new FormData(form);
  const message = String(fields.get('message') ?? '').trim();
  return { author: String(fields.get('author')).trim(), message: message === '' ? null : message, fields };
}

/** Sends what a form holds; the problem when it was refused. */
function useSending<T, V>({ document, variables }: ActionProps<T, V>, close: () => void) {
  const { reload } = useActing();
  const [problem, setProblem] = useState<Problem>();
  const [isSending, setSending] = useState(false);
  const send = async (form: HTMLFormElement): Promise<void> => {
    const given = givenIn(form);
    setSending(true);
    setProblem(undefined);
    try {
      const { problems } = await ask(document, variables(given));
      const [refused] = problems;
      if (refused !== undefined) return setProblem(refused);
      keepAuthor(given.author);
      close();
      reload();
    } catch (error) {
      setProblem(problemIn(error));
    } finally {
      setSending(false);
    }
  };
  return { send, problem, isSending };
}

function ActionForm<T, V>(props: ActionProps<T, V> & { readonly close: () => void }) {
  const { label, explanation, children, close } = props;
  const { send, problem, isSending } = useSending(props, close);
  return (
    <form
      class="action-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      <h2>{label}</h2>
      <p class="soft">{explanation}</p>
      {children}
      <label>
        <span>Your name</span>
        <input name="author" required maxLength={200} defaultValue={knownAuthor()} autocomplete="name" />
      </label>
      <label>
        <span>What to say with it (optional)</span>
        <textarea name="message" maxLength={10_000} />
      </label>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <div class="row">
        <button type="submit" class="primary" disabled={isSending}>
          {label}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

/** A button with the dialog that it opens; it is off for readers who may not act. */
export function Action<T, V>(props: ActionProps<T, V>) {
  const { label, isPrimary = false } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  const isAllowed = mayOperate();
  return (
    <>
      <button
        type="button"
        class={isPrimary ? 'primary' : undefined}
        disabled={!isAllowed}
        title={isAllowed ? undefined : 'This needs the scope operate, which you do not have.'}
        onClick={() => {
          setOpen(true);
          dialog.current?.showModal();
        }}
      >
        {label}
      </button>
      <dialog ref={dialog} aria-label={label} onClose={() => setOpen(false)}>
        {isOpen && <ActionForm {...props} close={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}
