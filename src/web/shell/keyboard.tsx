/** What keys do on every page, and the list of them. */
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { pages } from '../pages.js';
import { Finder, openFinder } from './finder.js';
import { isForPage } from './keys.js';

/** How long after `g` the second key counts. */
const SEQUENCE_MS = 1_500;

const goes = pages.flatMap(({ path, nav }) => (nav === undefined ? [] : [{ path, ...nav }]));

/** Listens to keys outside of fields and dialogs. */
function useKeys(showHelp: () => void): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    let wentAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent): void => {
      if (!isForPage(event)) return;
      const target = goes.find(({ key }) => key === event.key);
      if (target !== undefined && event.timeStamp - wentAt < SEQUENCE_MS) navigate(target.path);
      else if (event.key === '/') openFinder();
      else if (event.key === '?') showHelp();
      else {
        if (event.key === 'g') wentAt = event.timeStamp;
        return;
      }
      wentAt = Number.NEGATIVE_INFINITY;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, showHelp]);
}

function Help({ close }: { readonly close: () => void }) {
  return (
    <>
      <h2>Keys</h2>
      <div class="keys">
        <span>
          <kbd>/</kbd>
        </span>
        <span>Search services, incidents and runbooks</span>
        {goes.map(({ key, label }) => (
          <>
            <span>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </span>
            <span>{label}</span>
          </>
        ))}
        <span>
          <kbd>j</kbd> <kbd>k</kbd>
        </span>
        <span>Next and previous row of a list; Enter opens it</span>
        <span>
          <kbd>?</kbd>
        </span>
        <span>This list</span>
        <span>
          <kbd>Esc</kbd>
        </span>
        <span>Close what is open</span>
      </div>
      <button type="button" onClick={close}>
        Close
      </button>
    </>
  );
}

/** The keys of every page, with the dialogs that they open. */
export function Keyboard() {
  const help = useRef<HTMLDialogElement>(null);
  const show = useRef(() => help.current?.showModal());
  useKeys(show.current);
  return (
    <>
      <dialog ref={help} aria-label="Keys">
        <Help close={() => help.current?.close()} />
      </dialog>
      <Finder />
    </>
  );
}
