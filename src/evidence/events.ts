/** What the port offers of events. */
import type { EventKind, EventReceipt, Identity, Instant, Window } from '../model/index.js';

/** Which events; absent parts do not bound. */
export interface EventQuery {
  /** Only events with these identities; give the window that they lie in, if it is known. */
  readonly ids?: readonly Identity[];
  readonly kinds?: readonly EventKind[];
  readonly services?: readonly string[];
  readonly window?: Window;
  /**
   * Fields that must equal one of these texts, by field name; integers as their digits; lists of receipts must hold one.
   * Not for other types of fields.
   */
  readonly where?: Readonly<Record<string, readonly string[]>>;
  /** Text fields that must hold this text somewhere, whatever its case, by field name. */
  readonly containing?: Readonly<Record<string, string>>;
  readonly order: 'oldest-first' | 'newest-first';
  /** At most this many, 1..10,000. */
  readonly limit: number;
  /** Continue after this event of the same order. */
  readonly after?: { readonly at: Instant; readonly id: Identity };
}

/** What an event is found by, as its IRI says it. */
export interface EventName {
  readonly kind: EventKind;
  readonly at: Instant;
  readonly id: Identity;
}

/** Which of the alerts that fire at a time; absent parts do not bound. */
export interface FiringQuery {
  readonly at: Instant;
  readonly services?: readonly string[];
  readonly severities?: readonly string[];
}

/** The newest of the events that speak of one thing, and how many do. */
export interface LatestEvent {
  readonly event: EventReceipt;
  readonly count: number;
}

/** Reads of events. */
export interface EventReads {
  events(query: EventQuery): Promise<readonly EventReceipt[]>;
  /**
   * The newest event of a kind for each combination of these fields, with how many there are of it, in no order; events
   * without the first of them are left out, and those outside the window, where one is given.
   */
  latestEvents(
    kind: EventKind,
    fields: readonly [string, ...string[]],
    window?: Window,
  ): Promise<readonly LatestEvent[]>;
  event(kind: EventKind, at: Instant, id: Identity): Promise<EventReceipt | undefined>;
  /**
   * The alerts that fire at a time, newest first: those whose latest receipt in the week up to it says so. An alert is
   * told from others by its fingerprint, and by its service and name where it has none.
   */
  firing(query: FiringQuery): Promise<readonly EventReceipt<'alert_fired'>[]>;
  /** Those of at most 10,000 events that there are, in no order, by one statement over all their kinds. */
  eventsNamed(names: readonly EventName[]): Promise<readonly EventReceipt[]>;
}
