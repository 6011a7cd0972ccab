import {
  type EventKind,
  type EventReceipt,
  type FieldType,
  faultOfTime,
  type Identity,
  type Instant,
  type KindSpec,
  kinds,
} from '../../model/index.js';

/** One thing that is wrong with a receipt: the field, and what was expected. */
export class Misfit extends TypeError {
  readonly field: string | undefined;

  constructor(field: string | undefined, expected: string) {
    super(field === undefined ? expected : `${field}: ${expected}`);
    this.field = field;
  }
}

/** What the name of an event says of it. */
export interface EventName {
  readonly kind: EventKind;
  readonly at: Instant;
  readonly id: Identity;
}

const headTypes: Readonly<Record<string, FieldType>> = {
  receivedAt: 'instant',
  door: 'text',
};

function requiredValue(values: ReadonlyMap<string, unknown>, name: string, type: FieldType): unknown {
  const value = values.get(name);
  if (value !== undefined) return value;
  // A list without elements has no triples.
  if (type === 'receipts') return [];
  throw new Misfit(
    name,
    'is missing; the triples of a receipt must stand together, which sorting the lines of a file brings about',
  );
}

/** Makes a receipt from its name and values that have their types already; fails with a {@link Misfit}. */
export function assembleEvent(
  { kind, at, id }: EventName,
  values: ReadonlyMap<string, unknown>,
  now: Instant,
): EventReceipt {
  const spec: KindSpec = kinds[kind];
  const fault = faultOfTime(at, now);
  if (fault !== undefined) throw new Misfit('timestamp', fault);
  const receipt: Record<string, unknown> = { kind, id, at };
  for (const [name, type] of Object.entries(headTypes)) receipt[name] = requiredValue(values, name, type);
  for (const name of ['service', 'labels']) {
    if (values.has(name)) receipt[name] = values.get(name);
  }
  for (const [name, { type, optional }] of Object.entries(spec.fields)) {
    const value = optional ? values.get(name) : requiredValue(values, name, type);
    if (value !== undefined) receipt[name] = value;
  }
  // Every field of the kind is there with its type, which is what makes it a receipt of that kind.
  return receipt as unknown as EventReceipt;
}
