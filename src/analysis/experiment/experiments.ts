/** Finds experiments: what started, by the latest receipt of its id, and what ended. */
import type { EvidenceStore } from '../../evidence/index.js';
import { EARLIEST, type EventReceipt, type Instant, shift, type Window } from '../../model/index.js';
import type { Experiment } from './design.js';

type ExperimentKind = 'experiment_started' | 'experiment_ended';

/** All there was by a time, that time included. */
const until = (at: Instant): Window => ({ from: EARLIEST, to: shift(at, 1) });

async function latestOf<K extends ExperimentKind>(
  store: EvidenceStore,
  kind: K,
  at: Instant,
): Promise<readonly Extract<EventReceipt, { readonly kind: K }>[]> {
  const found = await store.latestEvents(kind, ['experiment'], until(at));
  const isKind = (event: EventReceipt): event is Extract<EventReceipt, { readonly kind: K }> =>
    event.kind === kind;
  return found.map(({ event }) => event).filter(isKind);
}

function experimentOf(
  started: EventReceipt<'experiment_started'>,
  ended: EventReceipt<'experiment_ended'> | undefined,
): Experiment {
  const isOfThis = ended !== undefined && ended.at >= started.at;
  return { id: started.experiment, started, ended: isOfThis ? ended : undefined };
}

/** Newest first; those of one moment by their ids. */
function byStart(a: Experiment, b: Experiment): number {
  return b.started.at - a.started.at || (a.id < b.id ? -1 : 1);
}

/** The experiments that had started by a time, the latest first; of a service alone where one is named. */
export async function readExperiments(
  store: EvidenceStore,
  at: Instant,
  service?: string,
): Promise<readonly Experiment[]> {
  const started = await latestOf(store, 'experiment_started', at);
  const ended = new Map(
    (await latestOf(store, 'experiment_ended', at)).map((each) => [each.experiment, each]),
  );
  return started
    .filter((each) => service === undefined || each.service === service)
    .map((each) => experimentOf(each, ended.get(each.experiment)))
    .sort(byStart);
}

async function newestOf(
  store: EvidenceStore,
  kind: ExperimentKind,
  id: string,
  at: Instant,
): Promise<EventReceipt | undefined> {
  const query = { kinds: [kind], where: { experiment: [id] }, window: until(at) };
  const [newest] = await store.events({ ...query, order: 'newest-first', limit: 1 });
  return newest;
}

/** The experiment of an id, as far as it was by a time; undefined when none had started. */
export async function readExperiment(
  store: EvidenceStore,
  id: string,
  at: Instant,
): Promise<Experiment | undefined> {
  const started = await newestOf(store, 'experiment_started', id, at);
  if (started?.kind !== 'experiment_started') return undefined;
  const ended = await newestOf(store, 'experiment_ended', id, at);
  return experimentOf(started, ended?.kind === 'experiment_ended' ? ended : undefined);
}
