import type { EvidenceStore } from '../evidence/index.js';
import type { EventReceipt, Instant, Window } from '../model/index.js';
import { HALF_STRENGTH_FAILURES } from './weights.js';
import type { Windows } from './windows.js';

/** Failures, or openings of a circuit, of one component for one reason. */
export interface FailureCluster {
  readonly causeKind: 'failure' | 'circuit';
  readonly service: string;
  readonly component: string;
  /** The reason of the first one; undefined when a circuit opened without saying why. */
  readonly reason: string | undefined;
  /** How many there were from the onset on, and how many would be usual for as long a time. */
  readonly count: number;
  readonly usual: number;
  readonly onsetAt: Instant;
  /** Oldest first. */
  readonly receipts: readonly EventReceipt<'failure' | 'circuit_opened'>[];
  /** 0..1, half at {@link HALF_STRENGTH_FAILURES} more than usual. */
  readonly strength: number;
}

const MOST_EVENTS = 10_000;

/** How much likelier more failures than before must be than as many (a logarithm), since every one may be the onset. */
const LEAST_LIKELIHOOD = 3;

/** A reason without what differs from one failure to the next: numbers, hashes, quoted parts. */
/** A reason without what differs from one failure to the next: numbers, hashes. */
export function templateOf(reason: string): string {
  return reason
    .toLowerCase()
    .replace(/0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{12,}\b/g, '#')
    .replace(/\d+/g, '#');
}

type Failing = EventReceipt<'failure' | 'circuit_opened'>;

function isFailing(event: EventReceipt): event is Failing {
  return event.kind === 'failure' || event.kind === 'circuit_opened';
}

/**
 * Where failures became more: the one from which on, up to the end, they come most improbably denser than before it
 * (the scan statistic of Kulldorff, 1997, for a Poisson process). A stray one long before the others begins nothing.
 * Undefined when they are about as frequent as before.
 */
function onsetOf(
  events: readonly Failing[],
  inRecent: readonly Failing[],
  windows: Windows,
): number | undefined {
  const { from } = windows.baseline;
  const { to } = windows.recent;
  const all = events.length;
  let best = { place: 0, likelihood: Number.NEGATIVE_INFINITY };
  for (const [place, { at }] of inRecent.entries()) {
    const [after, before] = [inRecent.length - place, all - inRecent.length + place];
    const share = (to - at) / (to - from);
    const likelihood =
      after * Math.log(after / (all * share)) +
      (before === 0 ? 0 : before * Math.log(before / (all * (1 - share))));
    if (likelihood > best.likelihood) best = { place, likelihood };
  }
  const isNew = events.length === inRecent.length;
  return isNew || best.likelihood >= LEAST_LIKELIHOOD ? best.place : undefined;
}

function clusterOf(events: readonly Failing[], windows: Windows): FailureCluster | undefined {
  const { baseline, recent } = windows;
  const late = events.filter((event) => event.at >= recent.from);
  const onset = onsetOf(events, late, windows);
  const inRecent = onset === undefined ? [] : late.slice(onset);
  const first = inRecent[0];
  if (first?.service === undefined) return undefined;
  const before = events.filter((event) => event.at < recent.from).length;
  const usual = (before * (recent.to - first.at)) / (baseline.to - baseline.from);
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

function readFailing(
  store: EvidenceStore,
  services: readonly string[],
  window: Window,
): Promise<readonly EventReceipt[]> {
  return store.events({
    kinds: ['failure', 'circuit_opened'],
    services,
    window,
    order: 'newest-first',
    limit: MOST_EVENTS,
  });
}

function readFrom(newestFirst: readonly EventReceipt[], { from }: Window): Instant {
  return newestFirst.length < MOST_EVENTS ? from : (newestFirst.at(-1)?.at ?? from);
}

/** Failures and circuit openings of the services that are more than twice as many as before, strongest first. */
export async function failureClusters(
  store: EvidenceStore,
  services: readonly string[],
  windows: Windows,
): Promise<readonly FailureCluster[]> {
  const recent = await readFailing(store, services, windows.recent);
  const earlier = await readFailing(store, services, windows.baseline);
  // Where not all were read, only the time that was read tells what is usual.
  const read = {
    baseline: { ...windows.baseline, from: readFrom(earlier, windows.baseline) },
    recent: { ...windows.recent, from: readFrom(recent, windows.recent) },
  };
  const events = [...recent, ...earlier];
  const groups = new Map<string, Failing[]>();
  for (const event of events.filter(isFailing).toReversed()) {
    const key = JSON.stringify([event.kind, event.service, event.component, templateOf(event.reason ?? '')]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  return [...groups.values()]
    .flatMap((group) => clusterOf(group, read) ?? [])
    .sort((a, b) => b.strength - a.strength || a.onsetAt - b.onsetAt || (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf(cluster: FailureCluster): string {
  return [cluster.service, cluster.component, cluster.causeKind, cluster.reason].join('\n');
}
