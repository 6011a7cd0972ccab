/** Whether what is shown is what is. */
import { type ConnectionState, connection, staleSince } from '../data/live.js';
import { clockOf } from '../time/format.js';

const WORDS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'connecting',
  live: 'live',
  broken: 'stale',
  paused: 'paused',
};

/** How the connection stands, in a word and a shape. */
export function ConnectionMark() {
  const state = connection.value;
  const since = staleSince.value;
  return (
    <span class="connection" data-state={state} role="status">
      <span class="dot" aria-hidden="true" />
      {WORDS[state]}
      {state === 'broken' && since !== undefined && ` since ${clockOf(since, true)}`}
    </span>
  );
}
