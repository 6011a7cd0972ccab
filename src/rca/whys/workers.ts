import type { EvidenceStore } from '../../evidence/index.js';
import type { EventReceipt, Instant, Window } from '../../model/index.js';

/** Workers of a service that went away and did not come back. */
export interface WorkerLoss {
  readonly service: string;
  readonly onsetAt: Instant;
  /** Oldest first. */
  readonly receipts: readonly EventReceipt<'worker_deactivated'>[];
  /** Workers of the service that were last heard of as active. */
  readonly left: number;
}

const MOST_EVENTS = 10_000;

type WorkerReceipt = EventReceipt<'worker_activated' | 'worker_deactivated'>;

function lossOf(service: string, events: readonly WorkerReceipt[], recent: Window): WorkerLoss | undefined {
  const last = new Map(events.map((event) => [event.worker, event]));
  const receipts = [...last.values()].flatMap((event) =>
    event.kind === 'worker_deactivated' && event.at >= recent.from ? [event] : [],
  );
  const [first] = receipts.toSorted((a, b) => a.at - b.at);
  if (first === undefined) return undefined;
  const left = [...last.values()].filter(({ kind }) => kind === 'worker_activated').length;
  return { service, onsetAt: first.at, receipts, left };
}

/** The workers that services lost in the recent window, of those heard of since the baseline began. */
export async function readWorkerLosses(
  store: EvidenceStore,
  services: readonly string[],
  { baseline, recent }: { readonly baseline: Window; readonly recent: Window },
): Promise<readonly WorkerLoss[]> {
  const events = await store.events({
    kinds: ['worker_activated', 'worker_deactivated'],
    services,
    window: { from: baseline.from, to: recent.to },
    order: 'newest-first',
    limit: MOST_EVENTS,
  });
  const byService = new Map<string, WorkerReceipt[]>();
  for (const event of events.toReversed()) {
    if (event.kind !== 'worker_activated' && event.kind !== 'worker_deactivated') continue;
    if (event.service !== undefined)
      byService.set(event.service, [...(byService.get(event.service) ?? []), event]);
  }
  return [...byService].flatMap(([service, some]) => lossOf(service, some, recent) ?? []);
}
