/**
 * The kinds of events, declared once. From this table come the TypeScript types of receipts, the columns of
 * the store, the RDF of the mapping and the parameters of the doors; `ontology/tps.ttl` documents the same
 * terms, and a test holds the two together.
 *
 * A field's name is its column and its predicate: field `reason` is column `reason` and `tps:reason`.
 * A name that several kinds share has the same type in all of them.
 */

import type { FieldType, KindSpec } from './kind-spec.js';
import { ownKinds } from './own-kinds.js';
import { toldKinds } from './told-kinds.js';

/** Every kind of event. Samples of metrics are receipts too, but live in a table of their own. */
export const kinds = { ...toldKinds, ...ownKinds } as const satisfies Record<string, KindSpec>;

/** The name of a kind of event. */
export type EventKind = keyof typeof kinds;

/** Every kind, in the order of the table. */
export const eventKinds = Object.keys(kinds) as readonly EventKind[];

/** Whether a text names a kind of event. */
export function isEventKind(text: string): text is EventKind {
  return Object.hasOwn(kinds, text);
}

/** The kinds that change how a system runs, and so can be a cause on their own. */
export const changeKinds = [
  'deployment',
  'config_change',
  'flag_change',
  'experiment_started',
  'experiment_ended',
] as const satisfies readonly EventKind[];

/** Every field of every kind with its type, by name: the columns that the store has for events. */
export function allFields(): ReadonlyMap<string, FieldType> {
  const fields = new Map<string, FieldType>();
  for (const kind of Object.values(kinds) as readonly KindSpec[]) {
    for (const [name, spec] of Object.entries(kind.fields)) fields.set(name, spec.type);
  }
  return fields;
}
