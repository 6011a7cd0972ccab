/** What else was recorded around a time, of a service and of those that it calls or is called by. */
import type { EvidenceStore } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import {
  type EventKind,
  type EventReceipt,
  eventKinds,
  HOUR_MS,
  type Instant,
  type KindSpec,
  kinds,
  pathOfEvent,
  shift,
} from '../model/index.js';

/** How the service of a neighbour stands to the one in question. */
export type Relation = 'same' | 'called' | 'caller';

/** An event nearby. */
export interface Neighbour {
  readonly event: EventReceipt;
  /** Undefined where there is no service to relate to. */
  readonly relation: Relation | undefined;
}

/** What to look around. */
export interface Place {
  readonly at: Instant;
  readonly service: string | undefined;
  /** The receipt in question itself, which is no neighbour. */
  readonly path: string;
}

/** How far each way is looked, and how many are taken each way. */
export const NEIGHBOURHOOD_MS = HOUR_MS;
const EACH_WAY = 8;
/** A service that everything depends on has more relatives than fit. */
const MOST_RELATIVES = 50;

/** Readings come by the thousand and would drown what happened. */
const READINGS: ReadonlySet<EventKind> = new Set(['task_completed', 'queue_depth', 'log_volume']);
const specs: Readonly<Record<EventKind, KindSpec>> = kinds;
/** Genchi's own records are left out too: they tell of what happened, and stand under what cites it. */
const TOLD = eventKinds.filter((kind) => !READINGS.has(kind) && specs[kind].internal !== true);

function relationsOf(service: string, topology: Topology): ReadonlyMap<string, Relation> {
  const relatives = [
    ...topology.callers(service).map((name) => [name, 'caller'] as const),
    ...topology.callees(service).map((name) => [name, 'called'] as const),
  ];
  return new Map([...relatives.slice(0, MOST_RELATIVES), [service, 'same'] as const]);
}

/** The events nearest to a time within an hour each way, oldest first. */
export async function neighboursOf(
  store: EvidenceStore,
  topology: Topology,
  { at, service, path }: Place,
): Promise<readonly Neighbour[]> {
  const relations = service === undefined ? undefined : relationsOf(service, topology);
  const shared = { kinds: TOLD, ...(relations === undefined ? {} : { services: [...relations.keys()] }) };
  const [before, after] = await Promise.all([
    store.events({
      ...shared,
      window: { from: shift(at, -NEIGHBOURHOOD_MS), to: at },
      order: 'newest-first',
      limit: EACH_WAY,
    }),
    store.events({
      ...shared,
      window: { from: at, to: shift(at, NEIGHBOURHOOD_MS) },
      order: 'oldest-first',
      limit: EACH_WAY + 1,
    }),
  ]);
  const following = after.filter((event) => pathOfEvent(event) !== path).slice(0, EACH_WAY);
  return [...before.toReversed(), ...following].map((event) => ({
    event,
    relation: event.service === undefined ? undefined : relations?.get(event.service),
  }));
}
