import type { EvidenceStore } from '../evidence/index.js';
import { DAY_MS, type Instant, instantOf, shift } from '../model/index.js';
import { readJudgements } from './details.js';
import { type Experience, learn, type PastIncident } from './experience.js';
import { LEAST_PAST_INCIDENTS } from './weights.js';

/** How far back verdicts teach: systems change, and what spoke for a cause a year ago may not do so now. */
const TAUGHT_MS = 365 * DAY_MS;

const MOST_EVENTS = 10_000;

/** The incidents before a time whose cause a person confirmed, each with the evidence of its window. */
async function readPast(
  store: EvidenceStore,
  until: Instant,
  windowMs: number,
): Promise<readonly PastIncident[]> {
  const from = instantOf(Math.max(0, until - TAUGHT_MS));
  const judged = await readJudgements(store, { from, to: until });
  // The later of two verdicts on one candidate counts.
  const latest = new Map(judged.map((one) => [one.candidate.id, one]));
  const past: PastIncident[] = [];
  for (const { candidate, judgement } of latest.values()) {
    const { service, component, causeKind, at } = candidate;
    if (judgement !== 'confirmed' || service === undefined) continue;
    const evidence = await store.events({
      kinds: ['alert_fired', 'failure', 'circuit_opened', 'log_volume'],
      window: { from: shift(at, -windowMs), to: shift(at, 1) },
      order: 'oldest-first',
      limit: MOST_EVENTS,
    });
    past.push({ evidence, cause: { service, instance: causeKind === 'part' ? component : undefined } });
  }
  return past;
}

/**
 * What the verdicts on incidents before a time taught; undefined while too few causes are confirmed for it to be more
 * than chance. Reads as many windows of evidence as there are confirmed incidents: keep it until the next verdict.
 */
export async function readExperience(
  store: EvidenceStore,
  until: Instant,
  windowMs: number,
): Promise<Experience | undefined> {
  const past = await readPast(store, until, windowMs);
  return past.length < LEAST_PAST_INCIDENTS ? undefined : learn(past);
}
