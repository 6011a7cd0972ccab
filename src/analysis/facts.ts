/** Reads, through the evidence port, what the pillars are measured from: bounded, and never a part of it. */
import type { EventQuery, EvidenceStore } from '../evidence/index.js';
import {
  DAY_MS,
  type EventKind,
  type EventReceipt,
  formatInstant,
  instantOf,
  shift,
  type Window,
} from '../model/index.js';
import { AnalysisError } from './errors.js';

/**
 * How far before the window's start the state at its end is looked for: circuits, workers and alerts that last
 * spoke earlier than that are no longer known. A week, because an alert that keeps firing is one receipt.
 */
export const LOOK_BACK_MS = 7 * DAY_MS;

/** How many events one measurement may load. */
export const MOST_EVENTS = 100_000;

const PAGE = 10_000;

/** Kinds that count only inside the window. */
const countedKinds = ['failure', 'task_completed', 'queue_depth'] as const satisfies readonly EventKind[];

/** Kinds whose latest receipt is a state that lasts. */
const stateKinds = [
  'circuit_opened',
  'circuit_closed',
  'alert_fired',
  'alert_cleared',
  'worker_activated',
  'worker_deactivated',
  'incident',
] as const satisfies readonly EventKind[];

/** Which part of the system, over which time. */
export interface Scope {
  /** The whole system when absent. */
  readonly service?: string;
  readonly window: Window;
}

/** The receipts that the pillars are measured from, oldest first. */
export interface Facts {
  readonly window: Window;
  /** Failures, completed tasks and queue readings inside the window. */
  readonly counted: readonly EventReceipt[];
  /** Circuits, alerts, workers and incidents from the look-back to the window's end. */
  readonly states: readonly EventReceipt[];
}

/** The receipts of one kind. */
export function ofKind<K extends EventKind>(
  events: readonly EventReceipt[],
  kind: K,
): readonly Extract<EventReceipt, { readonly kind: K }>[] {
  return events.filter((event): event is Extract<EventReceipt, { readonly kind: K }> => event.kind === kind);
}

type Bounds = Pick<EventQuery, 'kinds' | 'services'> & {
  readonly window: Window;
  readonly kinds: readonly EventKind[];
};

async function readAll(
  store: EvidenceStore,
  bounds: Bounds,
  atMost: number,
): Promise<readonly EventReceipt[]> {
  const events: EventReceipt[] = [];
  let after: EventQuery['after'];
  do {
    const page: readonly EventReceipt[] = await store.events({
      ...bounds,
      order: 'oldest-first',
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const event of page) events.push(event);
    after = page.length < PAGE ? undefined : page.at(-1);
  } while (after !== undefined && events.length <= atMost);
  return events;
}

async function countOf(store: EvidenceStore, bounds: Bounds, atMost: number): Promise<number> {
  return store.countRows(
    {
      from: 'event',
      kinds: bounds.kinds,
      since: bounds.window.from,
      until: shift(bounds.window.to, -1),
      ...(bounds.services === undefined ? {} : { values: { service: bounds.services } }),
    },
    atMost,
  );
}

/**
 * Reads the facts of a scope; fails with `bad-window` when the window is empty, and with `too-many-events` rather
 * than leave any out.
 */
export async function readFacts(store: EvidenceStore, scope: Scope, atMost = MOST_EVENTS): Promise<Facts> {
  const { from, to } = scope.window;
  if (!(from < to)) {
    throw new AnalysisError(
      'bad-window',
      `expected a window that ends after it starts at ${formatInstant(from)}`,
    );
  }
  const services = scope.service === undefined ? {} : { services: [scope.service] };
  const lookBack: Window = { from: instantOf(Math.max(0, from - LOOK_BACK_MS)), to };
  const counted: Bounds = { kinds: countedKinds, window: scope.window, ...services };
  const states: Bounds = { kinds: stateKinds, window: lookBack, ...services };
  const total = (await countOf(store, counted, atMost)) + (await countOf(store, states, atMost));
  if (total > atMost) {
    throw new AnalysisError(
      'too-many-events',
      `more than ${atMost} events lie between ${formatInstant(from)} and ${formatInstant(to)}; ask for one service or a shorter window`,
    );
  }
  return {
    window: scope.window,
    counted: await readAll(store, counted, atMost),
    states: await readAll(store, states, atMost),
  };
}
