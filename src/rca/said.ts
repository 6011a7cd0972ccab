/** Carries out what people say to incidents: takes their words, records them, and answers the incident with them. */
import type { EvidenceStore, Recorder, RepeatedEvent } from '../evidence/index.js';
import { type Clock, type EventReceipt, type Instant, instantOf } from '../model/index.js';
import { nextTime } from './analyses.js';
import { readCandidate } from './details.js';
import { RcaError } from './errors.js';
import type { Acknowledging, IncidentChange, Judging, Resolving } from './incident.js';
import { incidentReceipt, OWN_DOOR } from './incident-receipts.js';
import { type Case, closedBy } from './lifecycle.js';
import {
  acknowledgementOf,
  acknowledgementReceipt,
  checkSaid,
  verdictOf,
  verdictReceipt,
} from './verdicts.js';

/** An incident after something was said to it; `key` tells what was said from what else is. */
export interface Spoken {
  readonly type: IncidentChange['type'];
  readonly one: Case;
  readonly key?: string;
}

/** What is needed to record what was said. */
export interface SaidParts {
  readonly store: EvidenceStore;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

/** Now, and after what was said before: the later of two verdicts is the one that counts. */
function timeAfter(said: readonly { readonly at: Instant }[], now: Instant): Instant {
  return instantOf(said.reduce<number>((latest, { at }) => Math.max(latest, at + 1), now));
}

/** What is said with a receipt, whenever it was. */
function statedBy({ at: _at, receivedAt: _received, ...stated }: EventReceipt): string {
  return JSON.stringify(Object.entries(stated).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Makes sure that what was said before under the same key is the same; fails with `conflict` when it is not. */
async function saidBefore(
  store: EvidenceStore,
  receipt: EventReceipt,
  repeated: readonly RepeatedEvent[],
): Promise<undefined> {
  const [earlier] = await store.eventsNamed(
    repeated.map(({ at }) => ({ kind: receipt.kind, at, id: receipt.id })),
  );
  if (earlier === undefined || statedBy(earlier) === statedBy(receipt)) return undefined;
  throw new RcaError(
    'conflict',
    `something else was said as ${receipt.kind} of this incident under the same id before; choose another id`,
  );
}

/** Records an acknowledgement; undefined when it was recorded before. Fails with `bad-request` and `conflict`. */
export async function acknowledged(
  one: Case,
  said: Acknowledging,
  { store, recorder, clock }: SaidParts,
): Promise<Spoken | undefined> {
  const { incident } = one;
  const receipt = acknowledgementReceipt(said, timeAfter(incident.acknowledgements, clock()));
  const { repeatedEvents } = await recorder.record({ events: [receipt] }, OWN_DOOR);
  if (repeatedEvents.length > 0) return saidBefore(store, receipt, repeatedEvents);
  const acknowledgements = [...incident.acknowledgements, acknowledgementOf(receipt)];
  return {
    type: 'acknowledged',
    one: { ...one, incident: { ...incident, acknowledgements } },
    key: receipt.id,
  };
}

/** Records a verdict; undefined when it was recorded before. Fails with `unknown-candidate`, `bad-request` and `conflict`. */
export async function judged(
  one: Case,
  said: Judging,
  { store, recorder, clock }: SaidParts,
): Promise<Spoken | undefined> {
  const { incident } = one;
  const candidate = said.judgement === 'other' ? undefined : await readCandidate(store, said.candidate);
  if (said.judgement !== 'other' && candidate?.incident !== incident.id) {
    throw new RcaError('unknown-candidate', `${said.candidate} is no candidate of incident ${incident.id}`);
  }
  const receipt = verdictReceipt(said, timeAfter(incident.verdicts, clock()));
  const { repeatedEvents } = await recorder.record({ events: [receipt] }, OWN_DOOR);
  if (repeatedEvents.length > 0) return saidBefore(store, receipt, repeatedEvents);
  const verdict = verdictOf(receipt, candidate);
  if (verdict === undefined) return undefined;
  const verdicts = [...incident.verdicts, verdict];
  return { type: 'verdict', one: { ...one, incident: { ...incident, verdicts } }, key: receipt.id };
}

/** Records that an incident is over; undefined when it was before. Fails with `bad-request`. */
export async function resolved(
  one: Case,
  said: Resolving,
  { recorder, clock }: SaidParts,
): Promise<Spoken | undefined> {
  checkSaid(said);
  if (one.incident.state === 'resolved') return undefined;
  const now = clock();
  const { endsAt = now, author, message } = said;
  if (endsAt < one.incident.startsAt || endsAt > Math.max(now, one.incident.startsAt)) {
    throw new RcaError('bad-request', 'endsAt: expected a time from the start of the incident to now');
  }
  const next = closedBy(one, endsAt, { author, message });
  const at = nextTime(one, now);
  await recorder.record({ events: [incidentReceipt(next.incident, one.sequence, at)] }, OWN_DOOR);
  return { type: 'resolved', one: { ...next, sequence: one.sequence + 1, recordedAt: at } };
}
