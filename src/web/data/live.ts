/** What the server tells as it happens: one connection a visible page, taken up again after every break. */
import { signal } from '@preact/signals';
import { createClient } from 'graphql-sse';
import { ChangedDocument, type ChangedSubscription } from '../generated/graphql.js';
import { watchedFetch } from './watched-fetch.js';

/** One thing that changed. */
export type Change = ChangedSubscription['changed'];

/** How the connection stands. A page that nobody sees gives its place away: it is `paused`. */
export type ConnectionState = 'connecting' | 'live' | 'broken' | 'paused';

/** How the connection stands now. */
export const connection = signal<ConnectionState>('connecting');
/** Since when nothing new can have been heard, in milliseconds since the epoch; undefined while all is heard. */
export const staleSince = signal<number | undefined>(undefined);
/** How often the connection came back: what was asked before may be out of date by then. */
export const reconnections = signal(0);

/** How long a page that nobody sees keeps its connection. */
const HIDDEN_MS = 30_000;
/** The longest pause between two tries. */
const LONGEST_PAUSE_MS = 15_000;

type Listener = (changes: readonly Change[]) => void;
const listeners = new Set<Listener>();
let waiting: Change[] = [];

function hand(): void {
  const changes = waiting;
  waiting = [];
  for (const listener of listeners) listener(changes);
}

function take(change: Change): void {
  // The standing of hundreds of services comes at once: pages draw it once.
  if (waiting.push(change) === 1) requestAnimationFrame(hand);
}

/** Hears of changes, many at once where they come together; answers how to stop. */
export function onChanges(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function connected(): void {
  if (connection.value === 'live') return;
  if (staleSince.value !== undefined) reconnections.value += 1;
  staleSince.value = undefined;
  connection.value = 'live';
}

function broken(): void {
  staleSince.value ??= Date.now();
  connection.value = 'broken';
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const client = createClient({
  url: '/graphql',
  fetchFn: watchedFetch,
  retryAttempts: Number.POSITIVE_INFINITY,
  retry: (retries) =>
    pause(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(retries, 10)) * (0.75 + Math.random() / 2)),
});

let stop: (() => void) | undefined;

async function listen(abort: AbortController): Promise<void> {
  while (!abort.signal.aborted) {
    const events = client.iterate<ChangedSubscription>(
      { query: ChangedDocument.toString() },
      { connected, connecting: (isAgain) => (isAgain ? broken() : undefined) },
    );
    abort.signal.addEventListener('abort', () => void events.return?.(), { once: true });
    try {
      for await (const { data } of events) if (data != null) take(data.changed);
    } catch {
      // Why it broke does not matter here: whoever asks something next is told by the answer.
    }
    if (abort.signal.aborted) return;
    // The server ended it, as one that stops does, or refused it.
    broken();
    await pause(1_000 + 1_000 * Math.random());
  }
}

function resume(): void {
  if (stop !== undefined) return;
  const abort = new AbortController();
  stop = () => abort.abort();
  if (connection.value !== 'broken') connection.value = 'connecting';
  void listen(abort);
}

function suspend(): void {
  stop?.();
  stop = undefined;
  staleSince.value ??= Date.now();
  connection.value = 'paused';
}

/** Listens from now on while somebody sees the page. */
export function startListening(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(suspend, HIDDEN_MS);
    else resume();
  });
  resume();
}
