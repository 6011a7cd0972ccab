/** What was found and said of incidents, read back from its receipts when it is asked for. */
import type { EvidenceStore } from '../evidence/index.js';
import {
  type EventReceipt,
  FUTURE_TOLERANCE_MS,
  type Instant,
  instantOf,
  parsePath,
  pathOfEvent,
  type Window,
} from '../model/index.js';
import type { Incident } from './incident.js';
import { withFound } from './incident-receipts.js';
import { every, gathered } from './receipt-pages.js';
import { acknowledgementOf, verdictOf } from './verdicts.js';

/** After any time that evidence may carry. */
const END_OF_TIME = instantOf(8_640_000_000_000_000);

/** From the earliest time that the receipts of these incidents may carry on: alerts may be dated a little ahead. */
function recordedWith(incidents: readonly Incident[]): Window {
  const from = incidents.reduce<number>((first, { startsAt }) => Math.min(first, startsAt), END_OF_TIME);
  return { from: instantOf(Math.max(0, from - FUTURE_TOLERANCE_MS)), to: END_OF_TIME };
}

/** Receipts by the incident that they belong to, in their order. */
export function byIncident<R extends { readonly incident: string }>(
  receipts: readonly R[],
): ReadonlyMap<string, readonly R[]> {
  const found = new Map<string, R[]>();
  for (const receipt of receipts) {
    const ofIt = found.get(receipt.incident);
    if (ofIt === undefined) found.set(receipt.incident, [receipt]);
    else ofIt.push(receipt);
  }
  return found;
}

/** The candidates that verdicts are of, by their paths. */
export async function readJudged(
  store: EvidenceStore,
  verdicts: readonly EventReceipt<'verdict'>[],
): Promise<ReadonlyMap<string, EventReceipt<'candidate'>>> {
  const read = await readCandidates(
    store,
    verdicts.flatMap(({ judges }) => judges ?? []),
  );
  return new Map(read.map((candidate) => [pathOfEvent(candidate), candidate]));
}

/** The receipts of candidates at these paths, as far as there are any. */
export async function readCandidates(
  store: EvidenceStore,
  paths: readonly string[],
): Promise<readonly EventReceipt<'candidate'>[]> {
  const named = [...new Set(paths)].flatMap((path) => {
    const name = parsePath(path);
    return name?.type === 'event' && name.kind === 'candidate' ? [name] : [];
  });
  const read = await store.eventsNamed(named);
  return read.flatMap((event) => (event.kind === 'candidate' ? [event] : []));
}

/** The receipt of a candidate by its path; undefined when there is none. */
export async function readCandidate(
  store: EvidenceStore,
  path: string,
): Promise<EventReceipt<'candidate'> | undefined> {
  return (await readCandidates(store, [path]))[0];
}

/** Reads what was said of incidents: their acknowledgements and verdicts. */
async function withSaid(store: EvidenceStore, incidents: readonly Incident[]): Promise<readonly Incident[]> {
  const bounds = { where: { incident: incidents.map(({ id }) => id) }, window: recordedWith(incidents) };
  const [acknowledgements, verdicts] = await Promise.all([
    gathered(every(store, 'acknowledgement', bounds)),
    gathered(every(store, 'verdict', bounds)),
  ]);
  const judged = await readJudged(store, verdicts);
  const [acknowledged, given] = [byIncident(acknowledgements), byIncident(verdicts)];
  return incidents.map((incident) => ({
    ...incident,
    acknowledgements: (acknowledged.get(incident.id) ?? []).map(acknowledgementOf),
    verdicts: (given.get(incident.id) ?? []).flatMap(
      (verdict) => verdictOf(verdict, judged.get(verdict.judges ?? '')) ?? [],
    ),
  }));
}

/** Reads what was found and said of incidents; of what was found, what the latest analysis of each did. */
export async function readDetails(
  store: EvidenceStore,
  incidents: readonly Incident[],
): Promise<readonly Incident[]> {
  if (incidents.length === 0) return [];
  const analyses = [...new Set(incidents.map(({ analysis }) => String(analysis)))];
  const where = { incident: incidents.map(({ id }) => id), analysis: analyses };
  const bounds = { where, window: recordedWith(incidents) };
  const [candidates, whys, said] = await Promise.all([
    gathered(every(store, 'candidate', bounds)),
    gathered(every(store, 'why', bounds)),
    withSaid(store, incidents),
  ]);
  const found = byIncident<EventReceipt<'candidate' | 'why'>>([...candidates, ...whys]);
  return said.map((incident) => {
    const ofIt = found.get(incident.id) ?? [];
    return withFound(
      incident,
      ofIt.filter(({ analysis }) => analysis === incident.analysis),
    );
  });
}

/** The first acknowledgement of each of these incidents, by id. */
export async function readFirstAcknowledged(
  store: EvidenceStore,
  incidents: readonly Incident[],
): Promise<ReadonlyMap<string, Instant>> {
  if (incidents.length === 0) return new Map();
  const bounds = { where: { incident: incidents.map(({ id }) => id) }, window: recordedWith(incidents) };
  const first = new Map<string, Instant>();
  for await (const { incident, at } of every(store, 'acknowledgement', bounds)) {
    if (!first.has(incident)) first.set(incident, at);
  }
  return first;
}
