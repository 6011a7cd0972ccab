import type { Topology } from '../graph/index.js';
import { type Amount, partOf, sumOf } from './localise-amounts.js';
import { measuredCallees, type ServiceEvidence } from './localise-evidence.js';

/**
 * What each service adds to the symptom, measured in the symptom's own metric: latency or failure shares beyond the
 * usual, times how often the service is asked, less what the services that it waits for add already.
 */
export interface OwnExcess {
  /** 0..1 by service, as a share of the service that adds most; only services that have the symptom's metric. */
  readonly shares: ReadonlyMap<string, number>;
  /** What of each service's excess its callees have too. */
  readonly explained: ReadonlyMap<string, ExplainedExcess>;
}

/** What of a service's excess its callees have too. */
export interface ExplainedExcess {
  /** 0..1 */
  readonly part: number;
  /** The callee with most of it, and whether it is the only one with any. */
  readonly by: string | undefined;
  readonly alone: boolean;
}

/** Takes what the callees add off each service's excess, as far as it is certain that they are (0..1); undefined when no service has any. */
export function ownExcess(
  evidence: ReadonlyMap<string, ServiceEvidence>,
  topology: Topology,
  amounts: ReadonlyMap<string, Amount>,
  certainty: number,
): OwnExcess | undefined {
  const explained = new Map<string, ExplainedExcess>();
  const own = [...amounts].map(([service, amount]): readonly [string, number] => {
    const parts = measuredCallees(service, topology, evidence)
      .flatMap((callee) => {
        const of = amounts.get(callee.service);
        return of === undefined ? [] : [{ by: callee.service, part: certainty * partOf(amount, of) }];
      })
      .sort((a, b) => b.part - a.part);
    const part = Math.min(1, sumOf(parts.map((callee) => callee.part)));
    explained.set(service, {
      part,
      by: part === 0 ? undefined : parts[0]?.by,
      alone: parts.filter((callee) => callee.part > 0).length === 1,
    });
    return [service, amount.total * (1 - part)];
  });
  const most = Math.max(0, ...own.map(([, amount]) => amount));
  if (most === 0) return undefined;
  return { shares: new Map(own.map(([service, amount]) => [service, amount / most])), explained };
}
