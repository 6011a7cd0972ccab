/** Finds services, incidents and runbooks by a few letters of their names. */
import { signal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { useQuery } from '../data/query.js';
import { FindableDocument, type FindableQuery } from '../generated/graphql.js';
import { documentPath, incidentPath, servicePath } from '../paths.js';
import { Partial, ProblemBox } from '../states/states.js';
import { timeOf } from '../time/format.js';

const isOpen = signal(false);

/** Opens it. */
export function openFinder(): void {
  isOpen.value = true;
}

/** How many are listed. */
const MOST_FOUND = 12;

interface Item {
  readonly kind: string;
  readonly name: string;
  readonly more: string;
  readonly path: string;
  /** Whether it is a document and not one of these pages. */
  readonly isDocument: boolean;
}

function itemsOf({ standing, incidents, runbooks }: FindableQuery): readonly Item[] {
  return [
    ...incidents.nodes.map(({ id, title, state, startsAt }) => ({
      ...{ kind: 'incident', name: title, path: incidentPath(id), isDocument: false },
      more: `${state}, ${timeOf(Date.parse(startsAt))}`,
    })),
    ...(standing?.services ?? []).map(({ service: { name } }) => ({
      ...{ kind: 'service', name, more: '', path: servicePath(name), isDocument: false },
    })),
    ...runbooks.map(({ name, title, iri }) => ({
      ...{ kind: 'runbook', name: title, more: name, path: documentPath(iri), isDocument: true },
    })),
  ];
}

/** Those that hold every word; names that begin with what was typed come first. */
function found(items: readonly Item[], typed: string): readonly Item[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const place = ({ name }: Item): number => (name.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1);
  return items
    .filter(({ kind, name, more }) => {
      const text = `${kind} ${name} ${more}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => place(a) - place(b))
    .slice(0, MOST_FOUND);
}

function Found({
  items,
  chosen,
  go,
}: {
  readonly items: readonly Item[];
  readonly chosen: number;
  readonly go: (item: Item) => void;
}) {
  return (
    <div role="listbox" id="found" aria-label="Found">
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are those of the field, which keeps the focus
        <div
          key={item.path}
          id={`found-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          onClick={() => go(item)}
        >
          <span class="soft small">{item.kind}</span>
          <span>{item.name}</span>
          <span class="soft small">{item.more}</span>
        </div>
      ))}
    </div>
  );
}

function useGo(): (item: Item) => void {
  const [, navigate] = useLocation();
  return ({ path, isDocument }) => {
    isOpen.value = false;
    if (isDocument) window.location.assign(path);
    else navigate(path);
  };
}

function FinderForm() {
  const query = useQuery(FindableDocument, {});
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const items = useMemo(
    () => (query.data === undefined ? [] : found(itemsOf(query.data), typed)),
    [query.data, typed],
  );
  const go = useGo();
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const item = items[chosen];
    if (step !== undefined) setChosen((chosen + step + items.length) % Math.max(1, items.length));
    else if (event.key === 'Enter' && item !== undefined) go(item);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        type="search"
        role="combobox"
        aria-label="Search services, incidents and runbooks"
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant={items.length === 0 ? undefined : `found-${chosen}`}
        placeholder="A service, an incident, a runbook"
        value={typed}
        onInput={({ currentTarget }) => {
          setTyped(currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      {query.problem !== undefined && <ProblemBox problem={query.problem} retry={query.reload} />}
      <Partial problems={query.partial} />
      <Found items={items} chosen={chosen} go={go} />
      {query.data !== undefined && items.length === 0 && (
        <p class="soft" role="status">
          Nothing of that name.
        </p>
      )}
    </>
  );
}

/** The dialog of it. */
export function Finder() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isShown = isOpen.value;
  useEffect(() => {
    if (!isShown) return dialog.current?.close();
    dialog.current?.showModal();
    dialog.current?.querySelector('input')?.focus();
  }, [isShown]);
  return (
    <dialog
      ref={dialog}
      class="finder"
      aria-label="Search"
      onClose={() => {
        isOpen.value = false;
      }}
    >
      {isShown && <FinderForm />}
    </dialog>
  );
}
