/** What people say of incidents: acknowledgements and verdicts, as receipts and read back from them. */
import {
  type CauseKind,
  type EventReceipt,
  formatInstant,
  type Identity,
  type Instant,
  identityOf,
  pathOfEvent,
} from '../model/index.js';
import { RcaError } from './errors.js';
import type {
  Acknowledgement,
  Acknowledging,
  CandidateVerdict,
  Incident,
  Judging,
  OtherCause,
  RecordedCandidate,
  Verdict,
} from './incident.js';
import { candidateOf, causeKindShape, OWN_DOOR } from './incident-receipts.js';

/** The longest texts that people may give, in characters. */
const MOST = { author: 200, key: 200, title: 500, service: 200, component: 200, message: 10_000 } as const;

function checked(field: keyof typeof MOST, text: string | undefined, required: boolean): void {
  const length = text?.trim().length ?? 0;
  if (length === 0 && (required || text !== undefined)) {
    throw new RcaError('bad-request', `${field}: expected a text that is not empty`);
  }
  if (length > MOST[field]) {
    throw new RcaError('bad-request', `${field}: expected at most ${MOST[field]} characters, got ${length}`);
  }
}

/** Checks the texts that come with what a person does; fails with `bad-request`. */
export function checkSaid(said: {
  readonly author: string;
  readonly message?: string;
  readonly key?: string;
}): void {
  checked('author', said.author, true);
  checked('message', said.message, false);
  checked('key', said.key, false);
}

function checkCause({ title, service, component }: OtherCause): void {
  checked('title', title, true);
  checked('service', service, false);
  checked('component', component, false);
}

/** The sender's id makes the identity where there is one; else what was said and when. */
function identityOfSaid(kind: string, said: Acknowledging, content: string, now: Instant): Identity {
  const { incident, key, author, message } = said;
  if (key !== undefined) return identityOf(kind, incident, 'key', key);
  return identityOf(kind, incident, 'content', author, message, content, formatInstant(now));
}

/** The receipt of an acknowledgement; fails with `bad-request`. */
export function acknowledgementReceipt(said: Acknowledging, now: Instant): EventReceipt<'acknowledgement'> {
  checkSaid(said);
  return {
    kind: 'acknowledgement',
    id: identityOfSaid('acknowledgement', said, '', now),
    at: now,
    receivedAt: now,
    door: OWN_DOOR,
    incident: said.incident,
    author: said.author,
    ...(said.message === undefined ? {} : { message: said.message }),
  };
}

function contentOf(said: Judging): Partial<EventReceipt<'verdict'>> {
  if (said.judgement !== 'other') return { judges: said.candidate };
  const { title, causeKind, service, component } = said.cause;
  checkCause(said.cause);
  return {
    title,
    ...(causeKind === undefined ? {} : { causeKind }),
    ...(service === undefined ? {} : { service }),
    ...(component === undefined ? {} : { component }),
  };
}

/** The receipt of a verdict; fails with `bad-request`. Whether its candidate is one of the incident is not looked at. */
export function verdictReceipt(said: Judging, now: Instant): EventReceipt<'verdict'> {
  checkSaid(said);
  const content = contentOf(said);
  return {
    ...content,
    kind: 'verdict',
    id: identityOfSaid('verdict', said, JSON.stringify([said.judgement, content]), now),
    at: now,
    receivedAt: now,
    door: OWN_DOOR,
    incident: said.incident,
    judgement: said.judgement,
    author: said.author,
    ...(said.message === undefined ? {} : { message: said.message }),
  };
}

/** Reads an acknowledgement back from its receipt. */
export function acknowledgementOf(receipt: EventReceipt<'acknowledgement'>): Acknowledgement {
  const { at, author, message } = receipt;
  return { receipt: pathOfEvent(receipt), at, author, message };
}

/** Reads a verdict back; undefined when the candidate that it is of cannot be found. */
export function verdictOf(
  receipt: EventReceipt<'verdict'>,
  judged: EventReceipt<'candidate'> | undefined,
): Verdict | undefined {
  const { at, author, message, judgement } = receipt;
  const said = { receipt: pathOfEvent(receipt), at, author, message };
  if (judgement === 'other') {
    const { title = '', causeKind, service, component } = receipt;
    const kind: CauseKind | undefined = causeKindShape.safeParse(causeKind).data;
    const cause: OtherCause = {
      title,
      ...(kind === undefined ? {} : { causeKind: kind }),
      ...(service === undefined ? {} : { service }),
      ...(component === undefined ? {} : { component }),
    };
    return { ...said, judgement, cause };
  }
  if (judged === undefined || (judgement !== 'confirmed' && judgement !== 'rejected')) return undefined;
  return { ...said, judgement, candidate: candidateOf(judged) };
}

/** What tells causes apart over the analyses of an incident, whose ranks and scores change. */
function keyOf({ causeKind, service, component, metric, cause }: RecordedCandidate): string {
  return cause ?? JSON.stringify([causeKind, service, component, metric]);
}

function isOfCandidate(verdict: Verdict): verdict is CandidateVerdict {
  return verdict.judgement !== 'other';
}

/** All that people said of a candidate, the latest first: of what the same cause was in other analyses too. */
export function verdictsOn(
  { verdicts }: Pick<Incident, 'verdicts'>,
  candidate: RecordedCandidate,
): readonly CandidateVerdict[] {
  const key = keyOf(candidate);
  return verdicts
    .filter(isOfCandidate)
    .filter((one) => keyOf(one.candidate) === key)
    .toReversed();
}

/** The verdict of an incident's confirmed cause: the latest one that confirms a candidate, and was not taken back, or names another cause. */
export function confirmedCauseOf(incident: Pick<Incident, 'verdicts'>): Verdict | undefined {
  return incident.verdicts.findLast(
    (one) =>
      one.judgement === 'other' ||
      (one.judgement === 'confirmed' && verdictsOn(incident, one.candidate)[0] === one),
  );
}

/** The confirmed cause in words. */
export function titleOfCause(verdict: Verdict): string {
  return verdict.judgement === 'other' ? verdict.cause.title : verdict.candidate.title;
}
