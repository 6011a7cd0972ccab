import type { EvidenceStore } from '../evidence/index.js';
import {
  type EventReceipt,
  HOUR_MS,
  type Instant,
  instantOf,
  parsePath,
  pathOfEvent,
  shift,
} from '../model/index.js';
import { type AlertFact, alertFactOf } from './alert-facts.js';
import { readDetails } from './details.js';
import { RcaError } from './errors.js';
import { incidentOf } from './incident-receipts.js';
import type { Case, FiledCase } from './lifecycle.js';
import { every, gathered, PAGE } from './receipt-pages.js';

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

/** Reads every incident in its latest state, without what was found and said of it: one receipt each. */
export async function readFiled(store: EvidenceStore): Promise<readonly FiledCase[]> {
  const latest = await store.latestEvents('incident', ['incident']);
  return latest.flatMap(({ event, count }) =>
    event.kind === 'incident' ? [{ incident: incidentOf(event), sequence: count, recordedAt: event.at }] : [],
  );
}

/** Reads what is needed to go on with incidents; the alerts of one that is over count as cleared at its end. */
export async function readCases(store: EvidenceStore, filed: readonly FiledCase[]): Promise<readonly Case[]> {
  const incidents = await readDetails(
    store,
    filed.map(({ incident }) => incident),
  );
  return await Promise.all(
    filed.map(async ({ sequence, recordedAt }, place) => {
      const incident = incidents[place] ?? filed[place]?.incident;
      if (incident === undefined) throw new RcaError('unknown-incident', 'An incident was not read.');
      const alerts = await readAlerts(store, incident.alerts);
      const { endsAt } = incident;
      const cleared = endsAt === undefined ? [] : alerts.map(({ path }) => [path, endsAt] as const);
      return { incident, alerts, cleared: new Map(cleared), sequence, recordedAt };
    }),
  );
}

/** How far back alerts are looked for that were recorded but not taken up when the process ended. */
export const CATCH_UP_MS = HOUR_MS;

/** Before when what is over is over for good: nothing joins it any more, and no alert that was missed belongs to it. */
export function settledBefore(now: Instant, regroupMs: number): Instant {
  return shift(now, -(CATCH_UP_MS + regroupMs));
}

/**
 * Alerts, fired and cleared, that no incident has taken note of yet, oldest first: fired ones of the last hour, cleared
 * ones of the alerts of open incidents since the first of these began.
 */
export async function readUnheard(
  store: EvidenceStore,
  cases: readonly Case[],
  taken: ReadonlySet<string>,
  now: Instant,
): Promise<readonly EventReceipt[]> {
  const soon = { from: shift(now, -CATCH_UP_MS), to: shift(now, CATCH_UP_MS) };
  const fired = await gathered(every(store, 'alert_fired', { window: soon }));
  const open = cases.filter(({ incident }) => incident.state === 'open');
  const from = open.reduce<number>((first, { incident }) => Math.min(first, incident.startsAt), soon.from);
  const since = { from: instantOf(from), to: soon.to };
  const news = fired.filter((event) => !taken.has(pathOfEvent(event)));
  const names = [...open.flatMap(({ alerts }) => alerts), ...news].map(({ name }) => name);
  const where = { name: [...new Set(names)] };
  const cleared = await gathered(every(store, 'alert_cleared', { window: since, where }));
  return [...news, ...cleared].sort((a, b) => a.at - b.at);
}
