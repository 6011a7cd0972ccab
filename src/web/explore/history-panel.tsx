/** The queries that were run in this browser. */
import { Time } from '../parts/text.js';
import { forgetAll, history } from './history.js';

/** A query in one line: without its comments and prefixes. */
const lineOf = (text: string): string =>
  text
    .replace(/^\s*(?:#.*|PREFIX\s.*)$/gim, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 160);

/** The list of them; choosing one puts it into the editor. */
export function HistoryPanel({ use }: { readonly use: (query: string) => void }) {
  const past = history.value;
  if (past.length === 0) return <p class="soft">What you run is kept here, in this browser alone.</p>;
  return (
    <>
      <ol class="past">
        {past.map(({ text, at }) => (
          <li key={text}>
            <button type="button" class="link" onClick={() => use(text)}>
              {lineOf(text)}
            </button>
            <span class="soft small">
              <Time at={at} isAgo />
            </span>
          </li>
        ))}
      </ol>
      <button type="button" class="quiet" onClick={forgetAll}>
        Forget all
      </button>
    </>
  );
}
