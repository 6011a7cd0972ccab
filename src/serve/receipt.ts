/** Reads one receipt by its name, and writes its fields as texts, whichever kind it is. */
import type { EvidenceStore } from '../evidence/index.js';
import {
  type EventReceipt,
  type FieldType,
  formatInstant,
  type Instant,
  instantOf,
  type KindSpec,
  kinds,
  type Named,
  pathOf,
  pathOfEvent,
  type Series,
  shift,
} from '../model/index.js';

/** One sample with the series it belongs to. */
export interface SampleReceipt {
  readonly series: Series;
  readonly at: Instant;
  /** NaN and infinities are values too; what a stale marker carries means nothing. */
  readonly value: number;
  /** Whether it is Prometheus' marker that the series ended. */
  readonly stale: boolean;
}

/** A receipt of either form. */
export type ReadReceipt =
  | { readonly type: 'event'; readonly path: string; readonly event: EventReceipt }
  | { readonly type: 'sample'; readonly path: string; readonly sample: SampleReceipt };

/** An event as a receipt. */
export function receiptOfEvent(event: EventReceipt): ReadReceipt {
  return { type: 'event', path: pathOfEvent(event), event };
}

/** Reads the receipt of a name; undefined when there is none, or when the name is not that of a receipt. */
export async function readReceipt(store: EvidenceStore, named: Named): Promise<ReadReceipt | undefined> {
  switch (named.type) {
    case 'event': {
      const event = await store.event(named.kind, named.at, named.id);
      return event === undefined ? undefined : receiptOfEvent(event);
    }
    case 'sample': {
      const [series] = store.findSeries({ keys: [named.series] });
      if (series === undefined) return undefined;
      const found = await store.samples([series.ref], { from: named.at, to: shift(named.at, 1) }, 1);
      const [value] = found.value;
      if (value === undefined) return undefined;
      const sample = { series, at: named.at, value, stale: found.stale.length > 0 };
      return { type: 'sample', path: pathOf(named), sample };
    }
    case 'series':
    case 'service':
    case 'incident':
    case 'runbook':
    case 'slo':
      return undefined;
  }
}

/** A field of a receipt as texts; those of type `receipt` and `receipts` are paths below `/id/`. */
export interface ReceiptField {
  readonly name: string;
  readonly type: FieldType;
  /** ms or %, where the field's name says so. */
  readonly unit: string | undefined;
  readonly values: readonly string[];
}

/** Units are in the names of the fields, see `model/kinds.ts`. */
function unitOf(name: string): string | undefined {
  if (name.endsWith('Ms')) return 'ms';
  return name.endsWith('Percent') ? '%' : undefined;
}

function textsOf(type: FieldType, value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  if (type === 'instant' && typeof value === 'number') return [formatInstant(instantOf(value))];
  return [String(value)];
}

function fieldsOfEvent(event: EventReceipt): readonly ReceiptField[] {
  const spec: KindSpec = kinds[event.kind];
  const values = new Map<string, unknown>(Object.entries(event));
  return Object.entries(spec.fields).flatMap(([name, { type }]) => {
    const value = values.get(name);
    return value === undefined ? [] : [{ name, type, unit: unitOf(name), values: textsOf(type, value) }];
  });
}

function fieldsOfSample({ series, value, stale }: SampleReceipt): readonly ReceiptField[] {
  return [
    { name: 'metric', type: 'text', unit: undefined, values: [series.metric] },
    { name: 'value', type: 'number', unit: undefined, values: [stale ? 'stale' : String(value)] },
    {
      name: 'series',
      type: 'receipt',
      unit: undefined,
      values: [pathOf({ type: 'series', series: series.key })],
    },
  ];
}

/** The fields of a receipt that have a value, in the order of their declaration. */
export function fieldsOf(receipt: ReadReceipt): readonly ReceiptField[] {
  return receipt.type === 'event' ? fieldsOfEvent(receipt.event) : fieldsOfSample(receipt.sample);
}
