/** Lines to paste elsewhere, with a button that copies them. */
import { useState } from 'preact/hooks';

/** How long it says that it was copied. */
const SAID_MS = 2_000;

/** Shows a text as it stands, below the name of the file that it goes to. */
export function CopyBlock({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, say] = useState('Copy');
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text).then(
      () => say('Copied'),
      () => say('Not allowed: mark it, and copy it by keys'),
    );
    setTimeout(() => say('Copy'), SAID_MS);
  };
  return (
    <figure class="copy-block">
      <figcaption>
        <span>{label}</span>
        <button type="button" onClick={() => void copy()} aria-label={`${said}: ${label}`}>
          {said}
        </button>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <div class="copied" tabIndex={0}>
        <pre>{text}</pre>
      </div>
    </figure>
  );
}
