import type { EvidenceStore } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';

function related(relations: Map<string, Set<string>>, service: string): Set<string> {
  const known = relations.get(service) ?? new Set<string>();
  relations.set(service, known);
  return known;
}

/**
 * Who calls whom as far as series tell that measure calls, as those of a service mesh do; undefined where dependencies
 * are recorded, which tell it for certain, and where no series does.
 */
export function inferredCalls(store: EvidenceStore, topology: Topology): Topology | undefined {
  if (topology.services.some((service) => topology.callees(service).length > 0)) return undefined;
  const callees = new Map<string, Set<string>>();
  const callers = new Map<string, Set<string>>();
  for (const { service, caller } of store.findSeries({})) {
    if (service === undefined || caller === undefined || service === caller) continue;
    related(callees, caller).add(service);
    related(callers, service).add(caller);
  }
  if (callees.size === 0) return undefined;
  return {
    services: [...new Set([...topology.services, ...callees.keys(), ...callers.keys()])].sort(),
    callees: (service) => [...(callees.get(service) ?? [])].sort(),
    callers: (service) => [...(callers.get(service) ?? [])].sort(),
    // Calls whose duration is measured are waited for.
    awaits: (caller, callee) => callees.get(caller)?.has(callee) === true,
  };
}
