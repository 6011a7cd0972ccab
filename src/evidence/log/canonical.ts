/** The one way of writing a receipt that its hash is made of: the JSON of RFC 8785. */
import {
  allFields,
  type EventReceipt,
  type FieldType,
  type KindSpec,
  kinds,
  type Series,
} from '../../model/index.js';

/** A text as UTF-8 can write it: halves of surrogate pairs become U+FFFD, as they do in the store. */
const wellFormed = (text: string): string => text.toWellFormed();

/** Writes a value as RFC 8785 has it: no spaces, members by the UTF-16 of their names, numbers as ECMAScript does. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(wellFormed(value));
  // JSON has no word for these; they are written as texts.
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members
    .map(([name, member]) => [wellFormed(name), member] as const)
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
    .join(',')}}`;
}

const types = allFields();

/** A field's value as the store gives it back. */
function stored(type: FieldType | undefined, value: unknown): unknown {
  switch (type) {
    case 'integer':
    case 'instant':
      return Math.trunc(Number(value));
    case 'number':
      return Number(value);
    case 'boolean':
      return value === true;
    case 'receipts':
      return Array.isArray(value) ? value.map(String) : [];
    default:
      return String(value);
  }
}

/**
 * The canonical form of an event: everything that is recorded of it. Its times are milliseconds since the epoch; what
 * has no value is left out.
 */
export function canonicalEvent(event: EventReceipt): string {
  const { kind, id, at, receivedAt, door, service, labels } = event;
  const spec: KindSpec = kinds[kind];
  const values: Readonly<Record<string, unknown>> = { ...event };
  const fields = Object.keys(spec.fields).flatMap((name) =>
    values[name] === undefined ? [] : [[name, stored(types.get(name), values[name])] as const],
  );
  return canonicalJson({ ...Object.fromEntries(fields), kind, id, at, receivedAt, door, service, labels });
}

/** The canonical form of a series: its key, and the labels that the key is the identity of. */
export function canonicalSeries({ key, metric, service, component, labels }: Omit<Series, 'ref'>): string {
  return canonicalJson({ key, metric, service, component, labels });
}
