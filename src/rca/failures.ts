import type { EvidenceStore } from '../evidence/index.js';
import type { EventReceipt, Instant } from '../model/index.js';
import { HALF_STRENGTH_FAILURES } from './weights.js';
import type { Windows } from './windows.js';

/** Failures, or openings of a circuit, of one component for one reason. */
export interface FailureCluster {
  readonly causeKind: 'failure' | 'circuit';
  readonly service: string;
  readonly component: string;
  /** The reason of the first one; undefined when a circuit opened without saying why. */
  readonly reason: string | undefined;
  /** How many there were in the recent window, and how many would be usual for as long a time. */
  readonly count: number;
  readonly usual: number;
  readonly onsetAt: Instant;
  /** Oldest first. */
  readonly receipts: readonly EventReceipt<'failure' | 'circuit_opened'>[];
  /** 0..1, half at {@link HALF_STRENGTH_FAILURES} more than usual. */
  readonly strength: number;
}

const MOST_EVENTS = 10_000;

/** A reason without what differs from one failure to the next: numbers, hashes, quoted parts. */
function templateOf(reason: string): string {
  return reason
    .toLowerCase()
    .replace(/0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{12,}\b/g, '#')
    .replace(/\d+/g, '#');
}

type Failing = EventReceipt<'failure' | 'circuit_opened'>;

function isFailing(event: EventReceipt): event is Failing {
  return event.kind === 'failure' || event.kind === 'circuit_opened';
}

function clusterOf(events: readonly Failing[], windows: Windows): FailureCluster | undefined {
  const { baseline, recent } = windows;
  const inRecent = events.filter((event) => event.at >= recent.from);
  const first = inRecent[0];
  if (first?.service === undefined) return undefined;
  const lengths = (recent.to - recent.from) / (baseline.to - baseline.from);
  const usual = (events.length - inRecent.length) * lengths;
  const excess = inRecent.length - 2 * usual;
  if (excess <= 0) return undefined;
  return {
    causeKind: first.kind === 'failure' ? 'failure' : 'circuit',
    service: first.service,
    component: first.component,
    reason: first.reason,
    count: inRecent.length,
    usual,
    onsetAt: first.at,
    receipts: inRecent,
    strength: excess / (excess + HALF_STRENGTH_FAILURES),
  };
}

/** Failures and circuit openings of the services that are more than twice as many as before, strongest first. */
export async function failureClusters(
  store: EvidenceStore,
  services: readonly string[],
  windows: Windows,
): Promise<readonly FailureCluster[]> {
  const events = await store.events({
    kinds: ['failure', 'circuit_opened'],
    services,
    window: { from: windows.baseline.from, to: windows.recent.to },
    order: 'newest-first',
    limit: MOST_EVENTS,
  });
  const groups = new Map<string, Failing[]>();
  for (const event of events.filter(isFailing).toReversed()) {
    const key = JSON.stringify([event.kind, event.service, event.component, templateOf(event.reason ?? '')]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  return [...groups.values()]
    .flatMap((group) => clusterOf(group, windows) ?? [])
    .sort((a, b) => b.strength - a.strength || a.onsetAt - b.onsetAt || (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf(cluster: FailureCluster): string {
  return [cluster.service, cluster.component, cluster.causeKind, cluster.reason].join('\n');
}
