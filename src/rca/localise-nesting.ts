import type { Topology } from '../graph/index.js';
import { type Amount, loadsOf, partOf } from './localise-amounts.js';
import type { ServiceEvidence } from './localise-evidence.js';
import type { Reading } from './onset.js';
import { LEAST_NESTED, MOST_NESTED } from './weights.js';

/** What a latency is named by: metric, figure, quantile. */
function kindOf({ series, shift }: Reading): string {
  return `${series.metric}\n${shift.figure}\n${series.labels.quantile ?? ''}`;
}

function latenciesOf({ readings }: ServiceEvidence): readonly Reading[] {
  return readings.filter(({ group, shift }) => group === 'latency' && shift.baselineCount > 0);
}

/** The time that is usually spent in each service, by the latency that most have: how long a request takes, times how many. */
function usualTimes(services: readonly ServiceEvidence[]): ReadonlyMap<string, number> {
  const having = new Map<string, Map<string, number>>();
  for (const evidence of services) {
    for (const reading of latenciesOf(evidence)) {
      const of = having.get(kindOf(reading)) ?? new Map<string, number>();
      having.set(kindOf(reading), of.set(evidence.service, reading.shift.baselineMedian));
    }
  }
  const [most] = [...having].sort(([a, many], [b, more]) => more.size - many.size || (a < b ? -1 : 1));
  const loads = loadsOf(services.filter(({ service }) => most?.[1].has(service)));
  return new Map(
    [...(most?.[1] ?? [])].map(([service, latency]) => [service, latency * (loads.get(service) ?? 1)]),
  );
}

/**
 * Who seems to wait for whom where no dependency is recorded: what a service adds to the symptom lies within what
 * another adds in which more time is usually spent, since a caller's latency contains its callees' and their failures
 * become its own. Each has the callee at most that accounts for most of it. A conjecture, good enough to follow what many services
 * add alike down to the innermost; the topology is for this alone.
 */
export function nestingOf(
  topology: Topology,
  evidence: ReadonlyMap<string, ServiceEvidence>,
  amounts: ReadonlyMap<string, Amount>,
): Topology {
  const usual = usualTimes([...evidence.values()]);
  const suspect = [...amounts].filter(([, { total }]) => total > 0);
  const inner = new Map<string, string>();
  for (const [service, amount] of suspect) {
    const own = usual.get(service) ?? 0;
    const [best] = suspect
      .filter(([other]) => (usual.get(other) ?? Number.POSITIVE_INFINITY) < own)
      .map(([other, its]) => ({ other, part: partOf(amount, its) }))
      .filter(({ part }) => part >= LEAST_NESTED && part <= MOST_NESTED)
      .sort((a, b) => b.part - a.part || (a.other < b.other ? -1 : 1));
    if (best !== undefined) inner.set(service, best.other);
  }
  return {
    services: topology.services,
    callees: (service) => [inner.get(service) ?? []].flat(),
    callers: (service) => [...inner].flatMap(([caller, callee]) => (callee === service ? [caller] : [])),
    awaits: (caller, callee) => inner.get(caller) === callee,
  };
}
