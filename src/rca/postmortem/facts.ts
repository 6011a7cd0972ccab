/** Reads everything that a post-mortem is made from, once. */
import type { EvidenceStore } from '../../evidence/index.js';
import type { DependencyEdge, Graph } from '../../graph/index.js';
import {
  changeKinds,
  type EventKind,
  type EventReceipt,
  HOUR_MS,
  type Instant,
  type Iris,
  instantOf,
  parsePath,
  pathOf,
  pathOfEvent,
  shift,
  type Window,
} from '../../model/index.js';
import type { Incident } from '../incident.js';
import { type Finding, scan } from '../onset.js';
import { type Reach, reachOf } from '../reach.js';
import { matchRunbooks, type RunbookMatches } from '../runbooks/match.js';
import { windowsOf } from '../windows.js';

/** How soon an incident should be detected, in milliseconds; from the ontology's metric of detection. */
export interface DetectionTargets {
  readonly target: number | undefined;
  readonly alert: number | undefined;
}

/** What post-mortems are drafted with. */
export interface PostmortemSources {
  readonly store: EvidenceStore;
  readonly graph: Pick<Graph, 'query' | 'runbooks' | 'slos' | 'topology' | 'dependencies'>;
  readonly iris: Iris;
  /** How far back the analyses of incidents look. */
  readonly windowMs: number;
  readonly detection: DetectionTargets;
}

/** Some receipts, and whether there are more than were read. */
export interface Bounded<K extends EventKind> {
  readonly events: readonly Extract<EventReceipt, { kind: K }>[];
  readonly more: boolean;
}

/** A change of how a service runs. */
export type ChangeKind = (typeof changeKinds)[number];
/** What goes wrong, and what protects from it. */
export type TroubleKind = 'failure' | 'circuit_opened' | 'circuit_closed';

/** What is known of an incident beside its own record. */
export interface Facts {
  readonly incident: Incident;
  readonly sources: PostmortemSources;
  /** The path of the record that states what the incident is. */
  readonly record: string;
  /** Its states, oldest first. */
  readonly records: readonly EventReceipt<'incident'>[];
  readonly alerts: readonly EventReceipt<'alert_fired'>[];
  readonly cleared: readonly EventReceipt<'alert_cleared'>[];
  /** Within reach, from an hour before the onset on. */
  readonly changes: Bounded<ChangeKind>;
  /** Within reach and on callers, while it went on. */
  readonly troubles: Bounded<TroubleKind>;
  /** Undefined of an incident without a service. */
  readonly reach: Reach | undefined;
  readonly dependencies: readonly DependencyEdge[];
  /** What got worse on the services that call the one where it was seen. */
  readonly callerFindings: readonly Finding[];
  readonly runbooks: RunbookMatches;
  /** From the onset, or when it was first seen, to its end, or as far as evidence was looked at. */
  readonly window: Window;
  readonly evidenceUntil: Instant;
}

const MOST_OWN = 1_000;
const MOST_AROUND = 2_000;
/** How long before the onset changes are told of. */
const BEFORE_MS = HOUR_MS;

async function read<K extends EventKind>(
  store: EvidenceStore,
  kinds: readonly K[],
  query: Omit<Parameters<EvidenceStore['events']>[0], 'kinds' | 'order' | 'limit'>,
  limit = MOST_OWN,
): Promise<Bounded<K>> {
  const found = await store.events({ kinds, ...query, order: 'oldest-first', limit: limit + 1 });
  const isOne = (event: EventReceipt): event is Extract<EventReceipt, { kind: K }> =>
    kinds.some((kind) => kind === event.kind);
  return { events: found.slice(0, limit).filter(isOne), more: found.length > limit };
}

/** Reads the alerts at these paths, in their order. */
async function readAlerts(
  store: EvidenceStore,
  paths: readonly string[],
): Promise<readonly EventReceipt<'alert_fired'>[]> {
  const found = await Promise.all(
    paths.slice(0, MOST_OWN).map(async (path) => {
      const named = parsePath(path);
      return named?.type === 'event' ? await store.event(named.kind, named.at, named.id) : undefined;
    }),
  );
  return found.flatMap((event) => (event?.kind === 'alert_fired' ? [event] : []));
}

/** Alerts that were cleared while the incident went on, of those that belong to it. */
async function readCleared(
  store: EvidenceStore,
  alerts: readonly EventReceipt<'alert_fired'>[],
  window: Window,
): Promise<readonly EventReceipt<'alert_cleared'>[]> {
  if (alerts.length === 0) return [];
  const { events } = await read(store, ['alert_cleared'], {
    window: { ...window, to: shift(window.to, HOUR_MS) },
  });
  return events.filter((cleared) =>
    alerts.some(({ fingerprint, name, service }) =>
      fingerprint !== undefined && cleared.fingerprint !== undefined
        ? fingerprint === cleared.fingerprint
        : name === cleared.name && service === cleared.service,
    ),
  );
}

async function readCallers(
  { store, windowMs }: PostmortemSources,
  { callers }: Reach,
  at: Instant,
): Promise<readonly Finding[]> {
  if (callers.size === 0) return [];
  const { findings } = await scan(store, [...callers].sort(), windowsOf({ service: '', at, windowMs }));
  return findings.filter(({ harmful, role }) => harmful && role === 'symptom');
}

function recordOf(incident: Incident, records: readonly EventReceipt<'incident'>[]): string {
  const last = records.at(-1);
  return last === undefined ? pathOf({ type: 'incident', id: incident.id }) : pathOfEvent(last);
}

/** Reads the facts of an incident; fails as the store does. */
export async function readFacts(incident: Incident, sources: PostmortemSources): Promise<Facts> {
  const { store, graph } = sources;
  const { service, startsAt, onsetAt = startsAt, endsAt } = incident;
  const evidenceUntil = incident.evidenceUntil ?? startsAt;
  const from = instantOf(Math.min(onsetAt, startsAt));
  const window = { from, to: shift(instantOf(Math.max(endsAt ?? evidenceUntil, from)), 1) };
  const reach = service === undefined ? undefined : reachOf(graph.topology(), service);
  const within = reach?.services ?? [];
  const around = [...within, ...(reach?.callers ?? [])];
  const [records, alerts, changes, troubles, callerFindings, runbooks] = await Promise.all([
    read(store, ['incident'], { where: { incident: [incident.id] } }),
    readAlerts(store, incident.alerts),
    read(
      store,
      changeKinds,
      { services: within, window: { from: shift(from, -BEFORE_MS), to: window.to } },
      MOST_AROUND,
    ),
    read(store, ['failure', 'circuit_opened', 'circuit_closed'], { services: around, window }, MOST_AROUND),
    reach === undefined ? [] : readCallers(sources, reach, evidenceUntil),
    matchRunbooks(incident, sources),
  ]);
  return {
    ...{
      incident,
      sources,
      reach,
      window,
      evidenceUntil,
      changes,
      troubles,
      callerFindings,
      runbooks,
      alerts,
    },
    record: recordOf(incident, records.events),
    records: records.events,
    cleared: await readCleared(store, alerts, window),
    dependencies: service === undefined ? [] : graph.dependencies(),
  };
}
