/** Buttons at the head of a list that open the form of a new one, or a panel of another sort. */
import type { ComponentChildren } from 'preact';
import { mayOperate } from '../data/session.js';
import { useParameter } from '../parts/address.js';

/** A panel, and the button that opens it. */
export interface Opener {
  readonly name: string;
  readonly label: string;
  /** Whether it changes nothing, so that everyone may open it. */
  readonly isForAll?: true;
  readonly panel: () => ComponentChildren;
}

/** The head of a page with its buttons; which panel is open stands in the address as `open=NAME`. */
export function HeadWithOpeners({
  title,
  openers,
}: {
  readonly title: string;
  readonly openers: readonly Opener[];
}) {
  const [open, set] = useParameter('open');
  const may = mayOperate();
  const shown = openers.find(({ name, isForAll }) => name === open && (isForAll === true || may));
  return (
    <>
      <div class="page-head">
        <h1>{title}</h1>
        {openers.map(({ name, label, isForAll }, place) => (
          <button
            key={name}
            type="button"
            class={place === 0 ? 'primary' : undefined}
            disabled={!may && isForAll !== true}
            title={!may && isForAll !== true ? 'Your access only reads.' : undefined}
            aria-expanded={shown?.name === name}
            onClick={() => set(open === name ? '' : name)}
          >
            {label}
          </button>
        ))}
      </div>
      {shown?.panel()}
    </>
  );
}
