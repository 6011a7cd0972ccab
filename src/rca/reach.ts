import type { Topology } from '../graph/index.js';

/** The services that can have a part in what is seen on one of them. */
export interface Reach {
  /** By distance, then by name; the symptom's own service first. */
  readonly services: readonly string[];
  /** How many calls away from the symptom's service each lies. */
  readonly distance: ReadonlyMap<string, number>;
  /** Those of the services for which the symptom's service waits, over calls that all wait for their answers. */
  readonly awaited: ReadonlySet<string>;
  /** The services that call the symptom's, directly or not: who suffers from it. */
  readonly callers: ReadonlySet<string>;
  /** False when no dependency is known at all: every service is then taken to be within reach. */
  readonly graphKnown: boolean;
}

function walk(start: string, next: (service: string) => readonly string[]): Map<string, number> {
  const distance = new Map([[start, 0]]);
  let ring: readonly string[] = [start];
  for (let far = 1; ring.length > 0; far++) {
    const found = new Set(ring.flatMap(next).filter((service) => !distance.has(service)));
    ring = [...found].sort();
    for (const service of ring) distance.set(service, far);
  }
  return distance;
}

/** A topology does not change, so that each reach in it is walked once: a storm of alerts asks thousands of times. */
const walked = new WeakMap<Topology, Map<string, Reach>>();

/** The service and everything it calls, directly or not; without any dependency known, all services. */
export function reachOf(topology: Topology, service: string): Reach {
  const known = walked.get(topology) ?? new Map<string, Reach>();
  walked.set(topology, known);
  const reach = known.get(service) ?? reachIn(topology, service);
  known.set(service, reach);
  return reach;
}

function reachIn(topology: Topology, service: string): Reach {
  const graphKnown = topology.services.some((name) => topology.callees(name).length > 0);
  const callers = new Set(walk(service, (name) => topology.callers(name)).keys());
  callers.delete(service);
  const distance = graphKnown
    ? walk(service, (name) => topology.callees(name))
    : new Map([
        [service, 0],
        ...topology.services.filter((name) => name !== service).map((name) => [name, 1] as const),
      ]);
  const awaited = graphKnown
    ? walk(service, (name) => topology.callees(name).filter((callee) => topology.awaits(name, callee)))
    : distance;
  return { services: [...distance.keys()], distance, awaited: new Set(awaited.keys()), callers, graphKnown };
}
