/** What incidents tell of the alerts that opened them: who took them on, and how many alerts one cause set off. */
import type { EvidenceStore, LatestEvent } from '../../evidence/index.js';
import {
  DAY_MS,
  type EventReceipt,
  type Instant,
  instantOf,
  parsePath,
  shift,
  type Window,
} from '../../model/index.js';

/** How far before the window an incident that goes on may have begun. */
const LOOK_BACK_MS = 30 * DAY_MS;
/** Alerts of the incidents with the most alerts that are read, at most. */
const MOST_ALERTS = 10_000;
/** No window holds so many incidents. */
const MOST_INCIDENTS = 1_000_000;

/** An incident that nobody took on in time. */
export interface UnattendedIncident {
  readonly incident: EventReceipt<'incident'>;
  /** How long it had nobody: until the first acknowledgement or verdict, its end, or the window's end. */
  readonly waitedMs: number;
  readonly isOpen: boolean;
  /** Whether somebody took it on in the end. */
  readonly wasTakenOn: boolean;
}

/** A service on which single causes set off several different alerts. */
export interface AlertsTogether {
  readonly service: string | undefined;
  /** The incidents with more than one different alert. */
  readonly incidents: readonly string[];
  /** The different alerts, by how many of the incidents had them. */
  readonly alerts: readonly {
    readonly name: string;
    readonly service: string | undefined;
    readonly incidents: number;
  }[];
  /** Different alerts beyond the first one of each incident. */
  readonly surplus: number;
}

/** The latest state of each incident that was on within a window, as it was known at the window's end. */
export async function readIncidents(
  store: EvidenceStore,
  { from, to }: Window,
): Promise<readonly EventReceipt<'incident'>[]> {
  const within = { from: shift(from, -LOOK_BACK_MS), to };
  const latest = await store.latestEvents('incident', ['incident'], within);
  return latest
    .flatMap(({ event }: LatestEvent) => (event.kind === 'incident' ? [event] : []))
    .filter(
      ({ state, startsAt, endsAt }) => startsAt < to && (state === 'open' || (endsAt ?? startsAt) >= from),
    )
    .sort((a, b) => a.startsAt - b.startsAt || (a.incident < b.incident ? -1 : 1));
}

/** When somebody first said something of each incident, up to a time. */
async function readFirstSaid(
  store: EvidenceStore,
  { from, to }: Window,
): Promise<ReadonlyMap<string, Instant>> {
  const since = shift(from, -LOOK_BACK_MS);
  const column = (name: string) => ({ type: 'column', column: { source: 'said', name } }) as const;
  const { rows } = await store.select({
    sources: [
      {
        type: 'scan',
        name: 'said',
        scans: [
          {
            bounds: { from: 'event', kinds: ['acknowledgement', 'verdict'], since, until: shift(to, -1) },
            columns: {
              incident: [{ type: 'column', name: 'incident' }],
              at: [{ type: 'column', name: 'at' }],
            },
          },
        ],
        present: ['incident', 'at'],
      },
    ],
    conditions: [],
    values: [column('incident')],
    aggregates: [{ type: 'min', of: column('at') }],
    limit: MOST_INCIDENTS,
  });
  return new Map(rows.map(([incident, at]) => [String(incident), instantOf(Number(at))]));
}

/** Incidents that had nobody for longer than so many milliseconds within a window, the longest first. */
export async function readUnattended(
  store: EvidenceStore,
  incidents: readonly EventReceipt<'incident'>[],
  window: Window,
  longerThanMs: number,
): Promise<readonly UnattendedIncident[]> {
  if (incidents.length === 0) return [];
  const said = await readFirstSaid(store, window);
  return incidents
    .map((incident) => {
      const first = said.get(incident.incident);
      const isOpen = incident.state === 'open';
      const until = first ?? (isOpen ? window.to : (incident.endsAt ?? incident.startsAt));
      return { incident, waitedMs: until - incident.startsAt, isOpen, wasTakenOn: first !== undefined };
    })
    .filter(({ waitedMs, incident }) => waitedMs > longerThanMs && incident.startsAt + waitedMs > window.from)
    .sort((a, b) => b.waitedMs - a.waitedMs);
}

/** The incidents with the most alerts, as many as can be read together. */
function mostCited(incidents: readonly EventReceipt<'incident'>[]): readonly EventReceipt<'incident'>[] {
  let left = MOST_ALERTS;
  return incidents
    .filter(({ cites }) => cites.length > 1)
    .sort((a, b) => b.cites.length - a.cites.length)
    .filter(({ cites }) => {
      left -= cites.length;
      return left >= 0;
    });
}

async function readAlerts(
  store: EvidenceStore,
  paths: readonly string[],
): Promise<ReadonlyMap<string, EventReceipt<'alert_fired'>>> {
  const named = paths.flatMap((path) => {
    const one = parsePath(path);
    return one?.type === 'event' ? [one] : [];
  });
  if (named.length === 0) return new Map();
  const times = named.map(({ at }) => at);
  const window = {
    from: instantOf(times.reduce<number>((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER)),
    to: instantOf(times.reduce<number>((a, b) => Math.max(a, b), 0) + 1),
  };
  const found = await store.events({
    ...{ kinds: ['alert_fired'], ids: named.map(({ id }) => id), window },
    ...{ order: 'oldest-first', limit: MOST_ALERTS },
  });
  return new Map(
    found.flatMap((event) => (event.kind === 'alert_fired' ? [[event.id, event] as const] : [])),
  );
}

/** A service while its incidents are gone through. */
interface Gathering {
  readonly incidents: string[];
  surplus: number;
  readonly alerts: Map<
    string,
    { readonly name: string; readonly service: string | undefined; incidents: number }
  >;
}

const byName = <T extends { readonly name: string }>(a: T, b: T): number => (a.name < b.name ? -1 : 1);

/** The services on which one cause set off several different alerts, those with the most surplus first. */
export async function readTogether(
  store: EvidenceStore,
  incidents: readonly EventReceipt<'incident'>[],
): Promise<readonly AlertsTogether[]> {
  const cited = mostCited(incidents);
  const known = await readAlerts(store, [...new Set(cited.flatMap(({ cites }) => cites))]);
  const services = new Map<string | undefined, Gathering>();
  for (const { incident, service, cites } of cited) {
    const different = new Map(
      cites.flatMap((path) => {
        const alert = known.get(path.slice(path.lastIndexOf('/') + 1));
        return alert === undefined ? [] : [[JSON.stringify([alert.name, alert.service]), alert] as const];
      }),
    );
    if (different.size < 2) continue;
    const one: Gathering = services.get(service) ?? { incidents: [], surplus: 0, alerts: new Map() };
    services.set(service, one);
    one.incidents.push(incident);
    one.surplus += different.size - 1;
    for (const [key, alert] of different) {
      const times = (one.alerts.get(key)?.incidents ?? 0) + 1;
      one.alerts.set(key, { name: alert.name, service: alert.service, incidents: times });
    }
  }
  return [...services]
    .map(([service, { incidents: ids, surplus, alerts }]) => ({
      ...{ service, surplus, incidents: ids.sort() },
      alerts: [...alerts.values()].sort((a, b) => b.incidents - a.incidents || byName(a, b)),
    }))
    .sort((a, b) => b.surplus - a.surplus || ((a.service ?? '') < (b.service ?? '') ? -1 : 1));
}
