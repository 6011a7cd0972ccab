import type { Topology } from '../graph/index.js';
import type { FailureCluster } from './failures.js';
import type { Finding, Reading } from './onset.js';

/** All that was found about one service. */
export interface ServiceEvidence {
  readonly service: string;
  readonly readings: readonly Reading[];
  /** Strongest first. */
  readonly findings: readonly Finding[];
  readonly failures: readonly FailureCluster[];
}

/** Whether anything is recorded of a service. */
export function isMeasured(evidence: ServiceEvidence | undefined): evidence is ServiceEvidence {
  return evidence !== undefined && (evidence.readings.length > 0 || evidence.failures.length > 0);
}

/** The measured services that a service calls and waits for, looking through those of which nothing is recorded. */
export function measuredCallees(
  service: string,
  topology: Topology,
  evidence: ReadonlyMap<string, ServiceEvidence>,
): readonly ServiceEvidence[] {
  const seen = new Set([service]);
  const found: ServiceEvidence[] = [];
  const awaited = (name: string): readonly string[] =>
    topology.callees(name).filter((callee) => topology.awaits(name, callee));
  const open = [...awaited(service)];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const own = evidence.get(next);
    if (isMeasured(own)) found.push(own);
    else open.push(...awaited(next));
  }
  return found;
}
