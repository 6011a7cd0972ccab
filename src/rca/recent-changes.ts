/** Reads from receipts what became of incidents, for those who were to be told when a process ended. */
import type { EvidenceStore } from '../evidence/index.js';
import { type EventReceipt, HOUR_MS, type Identity, type Instant, shift } from '../model/index.js';
import { changeIdOf } from './announcer.js';
import type { IncidentChange } from './incident.js';
import { every, gathered } from './receipt-pages.js';

/** A change as its receipts tell it; `ids` are those by which it may have been told of before. */
export interface RecordedChange extends Pick<IncidentChange, 'type' | 'at'> {
  readonly id: Identity;
  readonly incident: string;
  readonly ids: readonly Identity[];
}

type State = EventReceipt<'incident'>;

/** What a receipt of an incident's state says beside the one before it; nothing of one whose first analysis is to come. */
function changesBetween(before: State | undefined, now: State): readonly IncidentChange['type'][] {
  const wasOpen = before?.state === 'open';
  const isFirstAnalysis = now.analysis > 0 && (before?.analysis ?? 0) === 0;
  const opened = isFirstAnalysis ? (['opened'] as const) : [];
  if (now.state === 'resolved') {
    return before?.state === 'resolved'
      ? []
      : [...(now.analysis === 0 ? (['opened'] as const) : opened), 'resolved'];
  }
  if (before !== undefined && !wasOpen) return ['reopened', ...opened];
  if (isFirstAnalysis) return opened;
  return now.analysis > (before?.analysis ?? 0) ? ['changed'] : [];
}

/** The changes that the receipts of one incident's states tell, from a time on. */
function changesOf(states: readonly State[], since: Instant): readonly RecordedChange[] {
  return states.flatMap((now, place) => {
    if (now.at < since) return [];
    const { incident, at } = now;
    const key = String(place + 1);
    const ids = (['opened', 'changed', 'resolved', 'reopened'] as const).map((type) =>
      changeIdOf(incident, type, key),
    );
    return changesBetween(states[place - 1], now).map((type) => {
      const id = changeIdOf(incident, type, key);
      // One that was told of as opened when its analysis failed is told of as changed later.
      return { type, at, incident, id, ids: type === 'opened' || type === 'changed' ? ids : [id] };
    });
  });
}

/** Everything that became of incidents from a time on, in the order of time. */
export async function readRecentChanges(
  store: EvidenceStore,
  since: Instant,
  now: Instant,
): Promise<readonly RecordedChange[]> {
  const window = { from: since, to: shift(now, HOUR_MS) };
  const recent = await gathered(every(store, 'incident', { window }));
  const names = [...new Set(recent.map(({ incident }) => incident))];
  const states =
    names.length === 0 ? [] : await gathered(every(store, 'incident', { where: { incident: names } }));
  const ofStates = names.flatMap((name) =>
    changesOf(
      states.filter(({ incident }) => incident === name),
      since,
    ),
  );
  const said = (receipt: EventReceipt<'acknowledgement' | 'verdict'>): RecordedChange => {
    const type = receipt.kind === 'verdict' ? 'verdict' : 'acknowledged';
    const id = changeIdOf(receipt.incident, type, receipt.id);
    return { type, at: receipt.at, incident: receipt.incident, id, ids: [id] };
  };
  const acknowledgements = await gathered(every(store, 'acknowledgement', { window }));
  const verdicts = await gathered(every(store, 'verdict', { window }));
  return [...ofStates, ...acknowledgements.map(said), ...verdicts.map(said)].sort((a, b) => a.at - b.at);
}
