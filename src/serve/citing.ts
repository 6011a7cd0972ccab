/** Which receipts rest on a thing: those of any kind that name it in a field that holds receipts. */
import type { EvidenceStore } from '../evidence/index.js';
import {
  allFields,
  type EventKind,
  type EventReceipt,
  eventKinds,
  type KindSpec,
  kinds,
  pathOfEvent,
} from '../model/index.js';

/** The newest receipts that rest on a thing, newest first. */
export interface Citing {
  readonly receipts: readonly EventReceipt[];
  /** Whether there are more than are told. */
  readonly more: boolean;
}

/** How many are told. */
const MOST_CITING = 50;

const specs: Readonly<Record<EventKind, KindSpec>> = kinds;

/** The fields that hold receipts, each with the kinds that have it. */
const citingFields: readonly { readonly field: string; readonly of: readonly EventKind[] }[] = [
  ...allFields(),
]
  .filter(([, type]) => type === 'receipt' || type === 'receipts')
  .map(([field]) => ({ field, of: eventKinds.filter((kind) => Object.hasOwn(specs[kind].fields, field)) }));

/** Finds what cites the thing at a path below `/id/`. */
export async function citingOf(store: EvidenceStore, path: string): Promise<Citing> {
  const found = await Promise.all(
    citingFields.map(({ field, of }) =>
      store.events({ kinds: of, where: { [field]: [path] }, order: 'newest-first', limit: MOST_CITING + 1 }),
    ),
  );
  const distinct = new Map(found.flat().map((event) => [pathOfEvent(event), event]));
  const receipts = [...distinct.values()].sort((one, other) => other.at - one.at);
  return { receipts: receipts.slice(0, MOST_CITING), more: receipts.length > MOST_CITING };
}
