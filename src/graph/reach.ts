import type { Topology } from './graph.js';

/** How many dependencies lie between two services: one, one or more, or any number. */
export type Steps = 'one' | 'some' | 'any';

function reachable(topology: Topology, service: string): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [...topology.callees(service)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    pending.push(...topology.callees(next));
  }
  return found;
}

/** Every pair of services between which there are so many dependencies, each once. */
export function reachOf(topology: Topology, steps: Steps): readonly (readonly [string, string])[] {
  return topology.services.flatMap((service) => {
    const others = new Set(steps === 'one' ? topology.callees(service) : reachable(topology, service));
    if (steps === 'any') others.add(service);
    return [...others].map((other) => [service, other] as const);
  });
}
