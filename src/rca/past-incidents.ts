/** What people's verdicts on past incidents teach, read back from the receipts of both. */
import type { EvidenceStore } from '../evidence/index.js';
import {
  DAY_MS,
  type EventReceipt,
  type Identity,
  type Instant,
  identityOf,
  instantOf,
  shift,
  type Window,
} from '../model/index.js';
import { type JudgedSort, sortOfCause } from './cause-sorts.js';
import { byIncident, readJudged } from './details.js';
import type { Part } from './evidence-types.js';
import { type Experience, learn, type PastIncident } from './experience.js';
import type { Verdict } from './incident.js';
import { candidateOf } from './incident-receipts.js';
import { every, gathered } from './receipt-pages.js';
import { confirmedCauseOf, verdictOf } from './verdicts.js';
import { LEAST_PAST_INCIDENTS, MOST_PAST_INCIDENTS } from './weights.js';

/** How far back verdicts teach: systems change, and what spoke for a cause a year ago may not do so now. */
const TAUGHT_MS = 365 * DAY_MS;

const MOST_EVENTS = 2_000;

/** An incident that people judged; `confirmed` is the candidate that they found right, where it was one. */
interface Judged {
  readonly id: string;
  readonly verdict: Verdict;
  readonly confirmed: EventReceipt<'candidate'> | undefined;
  readonly rejected: readonly EventReceipt<'candidate'>[];
  /** Up to when its evidence was looked at. */
  readonly at: Instant;
}

function judgedOf(
  id: string,
  receipts: readonly EventReceipt<'verdict'>[],
  candidates: ReadonlyMap<string, EventReceipt<'candidate'>>,
  states: readonly EventReceipt<'incident'>[],
): readonly Judged[] {
  const verdicts = receipts.flatMap((one) => verdictOf(one, candidates.get(one.judges ?? '')) ?? []);
  const verdict = confirmedCauseOf({ verdicts });
  if (verdict === undefined) return [];
  const of = (one: Verdict): EventReceipt<'candidate'> | undefined =>
    one.judgement === 'other' ? undefined : candidates.get(one.candidate.receipt);
  const rejected = verdicts.flatMap((one) => (one.judgement === 'rejected' ? (of(one) ?? []) : []));
  const looked = states.flatMap(({ evidenceUntil }) => evidenceUntil ?? []).at(-1);
  return [{ id, verdict, confirmed: of(verdict), rejected, at: looked ?? of(verdict)?.at ?? verdict.at }];
}

/** The incidents whose cause was confirmed, of the latest {@link MOST_PAST_INCIDENTS} that were judged. */
async function readConfirmed(
  store: EvidenceStore,
  verdicts: readonly EventReceipt<'verdict'>[],
  window: Window,
): Promise<readonly Judged[]> {
  const candidates = await readJudged(store, verdicts);
  const judged = [...byIncident(verdicts)].slice(-MOST_PAST_INCIDENTS);
  const where = { incident: judged.map(([id]) => id) };
  const states = byIncident(await gathered(every(store, 'incident', { where, window })));
  return judged.flatMap(([id, receipts]) => judgedOf(id, receipts, candidates, states.get(id) ?? []));
}

/** How the candidates of an incident were judged: those that stood above the right one were wrong, without a word. */
function sortsJudged(
  { confirmed, rejected, verdict }: Judged,
  ranked: readonly EventReceipt<'candidate'>[],
): readonly JudgedSort[] {
  const above = ranked.filter(
    (one) => !one.rejected && one.analysis === confirmed?.analysis && one.rank < confirmed.rank,
  );
  const wrong = new Map([...above, ...rejected].map((one) => [one.id, one]));
  const cause = verdict.judgement === 'other' ? verdict.cause : verdict.candidate;
  const { causeKind } = cause;
  const right = causeKind === undefined ? [] : [sortOfCause({ ...cause, causeKind })];
  return [
    ...right.map((sort) => ({ sort, right: true })),
    ...[...wrong.values()].map((one) => ({ sort: sortOfCause(candidateOf(one)), right: false })),
  ];
}

function partOf(verdict: Verdict): Part | undefined {
  const { service, component, causeKind } = verdict.judgement === 'other' ? verdict.cause : verdict.candidate;
  if (service === undefined || service === '') return undefined;
  return { service, instance: causeKind === 'part' ? component : undefined };
}

async function readPast(
  store: EvidenceStore,
  { verdict, at }: Judged,
  windowMs: number,
): Promise<readonly PastIncident[]> {
  const cause = partOf(verdict);
  if (cause === undefined) return [];
  const evidence = await store.events({
    kinds: ['alert_fired', 'failure', 'circuit_opened', 'log_volume'],
    window: { from: shift(at, -windowMs), to: shift(at, 1) },
    order: 'oldest-first',
    limit: MOST_EVENTS,
  });
  return [{ evidence, cause }];
}

async function learnFrom(
  store: EvidenceStore,
  verdicts: readonly EventReceipt<'verdict'>[],
  window: Window,
  windowMs: number,
): Promise<Experience | undefined> {
  const judged = await readConfirmed(store, verdicts, window);
  const last = verdicts.at(-1);
  if (judged.length < LEAST_PAST_INCIDENTS || last === undefined) return undefined;
  const where = { incident: judged.map(({ id }) => id) };
  const ranked = byIncident(await gathered(every(store, 'candidate', { where, window })));
  const sorts = judged.flatMap((one) => sortsJudged(one, ranked.get(one.id) ?? []));
  const past: PastIncident[] = [];
  for (const one of judged) past.push(...(await readPast(store, one, windowMs)));
  return { ...learn(past, sorts), learnedFrom: { incidents: judged.length, latestVerdictAt: last.at } };
}

/**
 * What the verdicts that were given before a time taught; it is worked out once for the same verdicts. Undefined while
 * too few causes are confirmed for it to be more than chance.
 */
export class Lessons {
  readonly #store: EvidenceStore;
  readonly #windowMs: number;
  #learned: { readonly key: Identity; readonly experience: Promise<Experience | undefined> } | undefined;

  /** Looks at the evidence of so many milliseconds before each incident was analysed. */
  constructor(store: EvidenceStore, windowMs: number) {
    this.#store = store;
    this.#windowMs = windowMs;
  }

  /** The same time over the same evidence has the same answer. Fails as the store does. */
  async until(at: Instant): Promise<Experience | undefined> {
    const window = { from: instantOf(Math.max(0, at - TAUGHT_MS)), to: at };
    const verdicts = await gathered(every(this.#store, 'verdict', { window }));
    if (verdicts.length < LEAST_PAST_INCIDENTS) return undefined;
    const key = identityOf('lessons', ...verdicts.map(({ id }) => id));
    if (this.#learned?.key === key) return await this.#learned.experience;
    const experience = learnFrom(this.#store, verdicts, window, this.#windowMs);
    this.#learned = { key, experience };
    // What failed once may succeed when it is asked for again.
    experience.catch(() => {
      this.#learned = undefined;
    });
    return await experience;
  }
}
