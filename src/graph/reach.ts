import type { Topology } from './graph.js';

/** How many dependencies lie between two services: one, one or more, or any number. */
export type Steps = 'one' | 'some' | 'any';

type Pair = readonly [string, string];

function ends(
  next: (service: string) => readonly string[],
  service: string,
  steps: Steps,
): readonly string[] {
  if (steps === 'one') return [...new Set(next(service))];
  const found = new Set<string>(steps === 'any' ? [service] : []);
  const seen = new Set<string>();
  const pending = [...next(service)];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    found.add(one);
    pending.push(...next(one));
  }
  return [...found];
}

/** Every pair of services between which there are so many dependencies, each once. */
export function reachOf(topology: Topology, steps: Steps): readonly Pair[] {
  return topology.services.flatMap((service) => reachFrom(topology, service, steps));
}

/** The pairs that begin with a service, which need not be a known one. */
export function reachFrom(topology: Topology, service: string, steps: Steps): readonly Pair[] {
  return ends((one) => topology.callees(one), service, steps).map((end) => [service, end]);
}

/** The pairs that end with a service, which need not be a known one. */
export function reachTo(topology: Topology, service: string, steps: Steps): readonly Pair[] {
  return ends((one) => topology.callers(one), service, steps).map((start) => [start, service]);
}
