/**
 * Alerts that change their state by a notification that was sent before. Alertmanager knows an alert by its labels and
 * its start: one that it took for ended, because nobody repeated it in time, fires again with the same start, in the
 * very words of its first notification. Such a repeat is recorded as a receipt of its own, at the time it came in.
 */
import type { EvidenceStore } from '../evidence/index.js';
import { type EventReceipt, type Identity, type Instant, identityOf, instantOf } from '../model/index.js';

type AlertEvent = EventReceipt<'alert_fired' | 'alert_cleared'>;

/** The door whose notifications state how an alert is now; a repeat at the others is a sender that tries again. */
const STATING_DOOR = 'alertmanager';

/** Whether an event says how an alert is, by labels and start. */
export function statesAlert(event: EventReceipt): event is AlertEvent {
  const ofAlert = event.kind === 'alert_fired' || event.kind === 'alert_cleared';
  return ofAlert && event.door === STATING_DOOR && event.fingerprint !== undefined;
}

const keyOf = ({ fingerprint, startsAt, at }: AlertEvent): string => `${fingerprint} ${startsAt ?? at}`;

/** How alerts stand by what was recorded of them: the latest that came in of each. */
async function standing(
  store: EvidenceStore,
  repeated: readonly AlertEvent[],
): Promise<Map<string, AlertEvent>> {
  const from = repeated.reduce((first, event) => Math.min(first, event.startsAt ?? event.at), Infinity);
  const events = await store.events({
    kinds: ['alert_fired', 'alert_cleared'],
    where: { fingerprint: [...new Set(repeated.flatMap(({ fingerprint }) => fingerprint ?? []))] },
    window: { from: instantOf(from), to: instantOf(8_640_000_000_000_000) },
    order: 'newest-first',
    limit: 10_000,
  });
  const latest = new Map<string, AlertEvent>();
  for (const event of events) {
    if (event.kind !== 'alert_fired' && event.kind !== 'alert_cleared') continue;
    const known = latest.get(keyOf(event));
    // Of one time, what says that it ended came later: one that fires again does so at a later time.
    const isLater =
      known === undefined ||
      event.receivedAt > known.receivedAt ||
      (event.receivedAt === known.receivedAt && event.kind === 'alert_cleared');
    if (isLater) latest.set(keyOf(event), event);
  }
  return latest;
}

function again(event: AlertEvent, after: Identity, now: Instant): AlertEvent {
  return { ...event, id: identityOf('again', event.id, after), at: now, receivedAt: now };
}

/** The receipts of those repeats that say otherwise than the alert stands; none for those that repeat what is known. */
export async function turnedAgain(
  store: EvidenceStore,
  repeated: readonly AlertEvent[],
): Promise<readonly AlertEvent[]> {
  if (repeated.length === 0) return [];
  const latest = await standing(store, repeated);
  const turned: AlertEvent[] = [];
  for (const event of repeated) {
    const stands = latest.get(keyOf(event));
    if (stands === undefined || stands.kind === event.kind) continue;
    const now = instantOf(Math.max(event.receivedAt, stands.receivedAt + 1));
    const receipt = again(event, stands.id, now);
    turned.push(receipt);
    latest.set(keyOf(event), receipt);
  }
  return turned;
}
