import {
  type EventContent,
  type EventKind,
  type EventReceipt,
  type FieldSpec,
  type FieldsOf,
  type FieldType,
  type Identity,
  type Instant,
  kinds,
  type Labels,
} from '../model/index.js';
import { IngestError } from './errors.js';

/** What every event has beside the fields of its kind. */
export interface ContentHead<K extends EventKind = EventKind> {
  readonly kind: K;
  readonly at: Instant;
  readonly service?: string | undefined;
  readonly labels?: Labels | undefined;
}

/** Values for the fields of a kind; undefined ones are left out. */
export type FieldValues<K extends EventKind> = {
  readonly [F in keyof FieldsOf<K>]: FieldsOf<K>[F] | undefined;
};

/** How an event came in, and what it is known by. */
export interface Arrival {
  readonly id: Identity;
  readonly receivedAt: Instant;
  readonly door: string;
}

/** Makes the content of an event of a kind known when this is written: misspelt fields do not compile. */
export function contentOf<K extends EventKind>(head: ContentHead<K>, values: FieldValues<K>): EventContent {
  return contentFrom(head, Object.entries(values));
}

/** Makes the content of an event from field names and values; throws `bad-item` when they are not those of its kind. */
export function contentFrom(
  head: ContentHead,
  values: Iterable<readonly [field: string, value: unknown]>,
): EventContent {
  const { kind, at, service, labels = {} } = head;
  const present = [
    ['service', service],
    ['labels', Object.keys(labels).length === 0 ? undefined : labels],
    ...values,
  ].filter(([, value]) => value !== undefined);
  const content: unknown = { kind, at, ...Object.fromEntries(present) };
  if (!isContent(kind, content)) {
    throw new IngestError('bad-item', `The fields are not those of an event of kind ${kind}.`);
  }
  return content;
}

/** The receipt of an event. */
export function receiptOf(content: EventContent, arrival: Arrival): EventReceipt {
  return { ...content, ...arrival };
}

/** Whether a value has the fields that the table of kinds declares. */
function isContent(kind: EventKind, value: unknown): value is EventContent {
  const values = new Map<string, unknown>(Object.entries(value ?? {}));
  const fields: readonly (readonly [string, FieldSpec])[] = Object.entries(kinds[kind].fields);
  return fields.every(([name, spec]) => {
    const field = values.get(name);
    return field === undefined ? spec.optional : hasType(field, spec.type);
  });
}

function hasType(value: unknown, type: FieldType): boolean {
  switch (type) {
    case 'text':
    case 'service':
    case 'receipt':
    case 'json':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'integer':
    case 'instant':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'receipts':
      return Array.isArray(value) && value.every((path) => typeof path === 'string');
  }
}
