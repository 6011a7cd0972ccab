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
export function receiptOfEvent(event: EventReceipt): Extract<ReadReceipt, { readonly type: 'event' }> {
  return { type: 'event', path: pathOfEvent(event), event };
}

/** Reads the receipt of a name; undefined when there is none, or when the name is not that of a receipt. */
export async function readReceipt(store: EvidenceStore, named: Named): Promise<ReadReceipt | undefined> {
  return (await readReceipts(store, [named])).get(pathOf(named));
}

/** Reads the receipts of names by one call for the events and one for the samples among them; by path. */
export async function readReceipts(
  store: EvidenceStore,
  names: readonly Named[],
): Promise<ReadonlyMap<string, ReadReceipt>> {
  const [events, samples] = await Promise.all([
    readEvents(
      store,
      names.filter((named) => named.type === 'event'),
    ),
    readSamples(
      store,
      names.filter((named) => named.type === 'sample'),
    ),
  ]);
  return new Map([...events, ...samples].map((receipt) => [receipt.path, receipt]));
}

type NamedAs<T extends Named['type']> = Extract<Named, { readonly type: T }>;

async function readEvents(
  store: EvidenceStore,
  names: readonly NamedAs<'event'>[],
): Promise<readonly ReadReceipt[]> {
  return names.length === 0 ? [] : (await store.eventsNamed(names)).map(receiptOfEvent);
}

async function readSamples(
  store: EvidenceStore,
  names: readonly NamedAs<'sample'>[],
): Promise<readonly ReadReceipt[]> {
  if (names.length === 0) return [];
  const series = store.findSeries({ keys: [...new Set(names.map((named) => named.series))] });
  const byKey = new Map(series.map((one) => [one.key, one]));
  const byRef = new Map(series.map((one) => [one.ref, one]));
  const found = await store.samplesNamed(
    names.flatMap(({ series: key, at }) => {
      const one = byKey.get(key);
      return one === undefined ? [] : [{ series: one.ref, at }];
    }),
  );
  const stale = new Set(found.stale);
  return found.series.flatMap((ref, item) => {
    const [at, one] = [found.at[item], byRef.get(ref)];
    if (at === undefined || one === undefined) return [];
    const path = pathOf({ type: 'sample', at, series: one.key });
    const sample = { series: one, at, value: found.value[item] ?? Number.NaN, stale: stale.has(item) };
    return [{ type: 'sample' as const, path, sample }];
  });
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
