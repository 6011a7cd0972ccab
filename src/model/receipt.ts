import type { Identity } from './ids.js';
import { identityOf } from './ids.js';
import type { Instant } from './instant.js';
import type { FieldSpec, FieldType } from './kind-spec.js';
import { allFields, type EventKind, type kinds } from './kinds.js';
import { canonicalLabels, type Labels } from './labels.js';

/** The TypeScript type of a field. A `receipt` is the path of its IRI below `/id/`, see `iri.ts`. */
type ValueOf<T extends FieldType> = {
  text: string;
  number: number;
  integer: number;
  boolean: boolean;
  instant: Instant;
  service: string;
  receipt: string;
  receipts: readonly string[];
  json: string;
}[T];

type Fields<K extends EventKind> = (typeof kinds)[K]['fields'];
type Required<K extends EventKind> = {
  [F in keyof Fields<K> as Fields<K>[F] extends FieldSpec<FieldType, false> ? F : never]: F;
};
type Optional<K extends EventKind> = {
  [F in keyof Fields<K> as Fields<K>[F] extends FieldSpec<FieldType, true> ? F : never]: F;
};
type TypeOf<S> = S extends FieldSpec<infer T> ? ValueOf<T> : never;

/** The fields of a kind, typed from the table in `kinds.ts`. */
export type FieldsOf<K extends EventKind> = {
  readonly [F in keyof Fields<K> & keyof Required<K>]: TypeOf<Fields<K>[F]>;
} & { readonly [F in keyof Fields<K> & keyof Optional<K>]?: TypeOf<Fields<K>[F]> };

/** What every event receipt has, whatever its kind. */
export interface ReceiptHead {
  /** The identity: the same fact sent twice has the same one. */
  readonly id: Identity;
  /** When it happened. */
  readonly at: Instant;
  /** When it came in. */
  readonly receivedAt: Instant;
  /** The door it came in by: `events`, `alertmanager`, `cloudevents`, or `genchi` for its own. */
  readonly door: string;
  /** The service it is about. */
  readonly service?: string;
  /** Labels and attributes that no field holds. */
  readonly labels?: Labels;
}

/** One recorded event, told apart by its kind. */
export type EventReceipt<K extends EventKind = EventKind> = {
  readonly [P in K]: ReceiptHead & { readonly kind: P } & FieldsOf<P>;
}[K];

/** The part of an event that makes its identity when the sender gives none: all but how it came in. */
export type EventContent<K extends EventKind = EventKind> = {
  readonly [P in K]: Omit<ReceiptHead, 'id' | 'receivedAt' | 'door'> & { readonly kind: P } & FieldsOf<P>;
}[K];

const fieldNames = [...allFields().keys()].sort();

/** The identity of an event that came without one: a hash of its kind, time, service, labels and fields. */
export function identityOfContent(content: EventContent): Identity {
  const values = content as Readonly<Record<string, unknown>>;
  const parts = fieldNames.flatMap((name) =>
    values[name] === undefined ? [] : [name, JSON.stringify(values[name])],
  );
  return identityOf(
    'content',
    content.kind,
    String(content.at),
    content.service,
    content.labels === undefined ? undefined : canonicalLabels(content.labels),
    ...parts,
  );
}
