/** Reads the Kaizen log: improvements in their latest state, and experiments that are over. */
import type { EvidenceStore } from '../../evidence/index.js';
import {
  EARLIEST,
  type EventReceipt,
  type ImprovementState,
  type Instant,
  shift,
} from '../../model/index.js';
import { readExperiments } from '../experiment/experiments.js';
import { type Improvement, improvementOf, improvementOfExperiment } from './improvement.js';

/** Which entries; absent parts do not bound. */
export interface LogQuery {
  readonly source?: Improvement['source'];
  readonly states?: readonly ImprovementState[];
  readonly service?: string;
  readonly metric?: string;
  readonly owner?: string;
}

const byTime = (a: EventReceipt, b: EventReceipt): number => a.at - b.at || a.receivedAt - b.receivedAt;

/** Newest first; those of one moment by their ids. */
const newestFirst = (a: Improvement, b: Improvement): number => b.at - a.at || (a.id < b.id ? -1 : 1);

function isAsked(entry: Improvement, { source, states, service, metric, owner }: LogQuery): boolean {
  return (
    (source === undefined || entry.source === source) &&
    (states === undefined || states.includes(entry.state)) &&
    (service === undefined || entry.service === service) &&
    (metric === undefined || entry.metric === metric) &&
    (owner === undefined || entry.owner === owner)
  );
}

/** How many receipts are read at once. */
const PAGE = 10_000;

/** Every receipt of an improvement by a time, or of those of one id, oldest first. */
async function readReceipts(
  store: EvidenceStore,
  at: Instant,
  id?: string,
): Promise<readonly EventReceipt<'improvement'>[]> {
  const found: EventReceipt<'improvement'>[] = [];
  for (let last: EventReceipt | undefined; ; ) {
    const page = await store.events({
      kinds: ['improvement'],
      window: { from: EARLIEST, to: shift(at, 1) },
      order: 'oldest-first',
      limit: PAGE,
      ...(id === undefined ? {} : { where: { improvement: [id] } }),
      ...(last === undefined ? {} : { after: { at: last.at, id: last.id } }),
    });
    for (const event of page) if (event.kind === 'improvement') found.push(event);
    if (page.length < PAGE) return found.sort(byTime);
    last = page.at(-1);
  }
}

async function readImprovements(store: EvidenceStore, at: Instant): Promise<readonly Improvement[]> {
  const histories = new Map<string, EventReceipt<'improvement'>[]>();
  for (const receipt of await readReceipts(store, at)) {
    const history = histories.get(receipt.improvement);
    if (history === undefined) histories.set(receipt.improvement, [receipt]);
    else history.push(receipt);
  }
  return [...histories.values()].flatMap((history) => improvementOf(history) ?? []);
}

/** The entries of the log as they stood at a time, those that changed last first. */
export async function readKaizenLog(
  store: EvidenceStore,
  at: Instant,
  query: LogQuery = {},
): Promise<readonly Improvement[]> {
  const experiments = (await readExperiments(store, at)).flatMap(
    (experiment) => improvementOfExperiment(experiment) ?? [],
  );
  return [...(await readImprovements(store, at)), ...experiments]
    .filter((entry) => isAsked(entry, query))
    .sort(newestFirst);
}

/** The improvement of an id as it stood at a time; undefined when none had been logged. */
export async function readImprovement(
  store: EvidenceStore,
  id: string,
  at: Instant,
): Promise<Improvement | undefined> {
  return improvementOf(await readReceipts(store, at, id));
}
