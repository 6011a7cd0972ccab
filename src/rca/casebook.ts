import type { EvidenceStore } from '../evidence/index.js';
import {
  type EventKind,
  type EventReceipt,
  HOUR_MS,
  type Instant,
  instantOf,
  parsePath,
  pathOfEvent,
  shift,
} from '../model/index.js';
import { type AlertFact, alertFactOf } from './alert-facts.js';
import { incidentOf } from './incident-receipts.js';
import type { Case } from './lifecycle.js';

const PAGE = 5_000;

/** Reads every receipt of a kind, oldest first. */
async function* every<K extends EventKind>(
  store: EvidenceStore,
  kind: K,
): AsyncGenerator<Extract<EventReceipt, { kind: K }>> {
  let after: { readonly at: Instant; readonly id: EventReceipt['id'] } | undefined;
  for (;;) {
    const page: readonly EventReceipt[] = await store.events({
      kinds: [kind],
      order: 'oldest-first',
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const event of page) if (isKind(event, kind)) yield event;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = { at: last.at, id: last.id };
  }
}

function isKind<K extends EventKind>(
  event: EventReceipt,
  kind: K,
): event is Extract<EventReceipt, { kind: K }> {
  return event.kind === kind;
}

/** Reads the alerts at these paths, a page at a time, in the order of the paths. */
export async function readAlerts(
  store: EvidenceStore,
  paths: readonly string[],
): Promise<readonly AlertFact[]> {
  const named = paths.flatMap((path) => {
    const name = parsePath(path);
    return name?.type === 'event' ? [name] : [];
  });
  const alerts = new Map<string, AlertFact>();
  for (let first = 0; first < named.length; first += PAGE) {
    const page = named.slice(first, first + PAGE);
    const times = page.map(({ at }) => at).sort((a, b) => a - b);
    const events = await store.events({
      ids: page.map(({ id }) => id),
      kinds: ['alert_fired'],
      window: { from: times[0] ?? instantOf(0), to: shift(times.at(-1) ?? instantOf(0), 1) },
      order: 'oldest-first',
      limit: PAGE,
    });
    for (const event of events) {
      if (event.kind === 'alert_fired') alerts.set(pathOfEvent(event), alertFactOf(event));
    }
  }
  return paths.flatMap((path) => alerts.get(path) ?? []);
}

/** Reads all incidents from their receipts; the alerts of open ones are read too. */
export async function readCases(store: EvidenceStore): Promise<readonly Case[]> {
  const latest = new Map<string, { readonly receipt: EventReceipt<'incident'>; readonly sequence: number }>();
  for await (const receipt of every(store, 'incident')) {
    const sequence = (latest.get(receipt.incident)?.sequence ?? 0) + 1;
    const known = latest.get(receipt.incident)?.receipt;
    // Two receipts of one millisecond are in the order of their identities, not of their writing.
    const newer = known === undefined || isLater(receipt, known) ? receipt : known;
    latest.set(receipt.incident, { receipt: newer, sequence });
  }
  const found = new Map<string, EventReceipt<'candidate' | 'why'>[]>();
  for (const kind of ['candidate', 'why'] as const) {
    for await (const receipt of every(store, kind)) {
      if (latest.get(receipt.incident)?.receipt.analysis !== receipt.analysis) continue;
      found.set(receipt.incident, [...(found.get(receipt.incident) ?? []), receipt]);
    }
  }
  const cases: Case[] = [];
  for (const [id, { receipt, sequence }] of latest) {
    const incident = incidentOf(receipt, found.get(id) ?? []);
    const alerts = incident.state === 'open' ? await readAlerts(store, incident.alerts) : [];
    cases.push({ incident, alerts, cleared: new Map(), sequence });
  }
  return cases;
}

function isLater(a: EventReceipt<'incident'>, b: EventReceipt<'incident'>): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.analysis !== b.analysis) return a.analysis > b.analysis;
  if (a.cites.length !== b.cites.length) return a.cites.length > b.cites.length;
  return a.state === 'resolved' && b.state === 'open';
}

/** How far back alerts are looked for that were recorded but not taken up when the process ended. */
const CATCH_UP_MS = HOUR_MS;

/** Alerts, fired and cleared, that no incident has taken note of yet, oldest first. */
export async function readUnheard(
  store: EvidenceStore,
  cases: readonly Case[],
  now: Instant,
): Promise<readonly EventReceipt[]> {
  const open = cases.filter(({ incident }) => incident.state === 'open');
  const from = open.reduce((a, { incident }) => Math.min(a, incident.startsAt), now - CATCH_UP_MS);
  const events = await store.events({
    kinds: ['alert_fired', 'alert_cleared'],
    window: { from: shift(now, from - now), to: shift(now, CATCH_UP_MS) },
    order: 'newest-first',
    limit: PAGE,
  });
  const taken = new Set(cases.flatMap(({ incident }) => incident.alerts));
  return events
    .filter((event) => event.kind === 'alert_cleared' || !taken.has(pathOfEvent(event)))
    .filter((event) => event.kind === 'alert_cleared' || event.at >= now - CATCH_UP_MS)
    .toReversed();
}
