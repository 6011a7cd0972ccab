/** The types of receipts: an interface, and one type for events and one for samples. */
import { isIdentity, type Labels, type Series } from '../../model/index.js';
import { fieldsOf, type ReadReceipt, type ReceiptField, receiptOfEvent } from '../receipt.js';
import { builder } from './builder.js';

type OfType<T extends ReadReceipt['type']> = Extract<ReadReceipt, { readonly type: T }>;

/** A label of a series, or of what events measure. */
export const LabelType = builder.objectRef<readonly [string, string]>('Label').implement({
  description: 'A name with its value.',
  fields: (t) => ({
    name: t.string({ description: 'The name of the label.', resolve: ([name]) => name }),
    value: t.string({ description: 'The value of the label.', resolve: ([, value]) => value }),
  }),
});

const labelsOf = (labels: Labels | undefined) =>
  Object.entries(labels ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));

const Field = builder.objectRef<ReceiptField>('ReceiptField').implement({
  description: 'A fact that a receipt states, as text.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'The name of the field, which is its predicate in RDF too.',
    }),
    type: t.exposeString('type', {
      description: 'text, number, integer, boolean, instant, service, receipt, receipts or json.',
    }),
    unit: t.exposeString('unit', { nullable: true, description: 'ms or %, where the field has a unit.' }),
    values: t.stringList({
      description: 'The values: one, but for fields of type receipts. Receipts are IRIs, instants RFC 3339.',
      resolve: ({ type, values }, _, { deps }) =>
        type === 'receipt' || type === 'receipts'
          ? values.map((path) => deps.iris.ofPath(path))
          : [...values],
    }),
  }),
});

/** A series of samples. */
export const SeriesType = builder.objectRef<Series>('Series').implement({
  description: 'A series of samples, told apart by its labels.',
  fields: (t) => ({
    iri: t.string({
      description: 'The IRI of the series.',
      resolve: ({ key }, _, { deps }) => deps.iris.of({ type: 'series', series: key }),
    }),
    metric: t.exposeString('metric', { description: 'The name of the metric.' }),
    service: t.exposeString('service', { nullable: true, description: 'The service that the labels name.' }),
    component: t.exposeString('component', {
      nullable: true,
      description: 'The part of the service that the labels name.',
    }),
    labels: t.field({
      type: [LabelType],
      description: "All labels but the metric's name.",
      resolve: ({ labels }) => labelsOf(labels),
    }),
  }),
});

/** A receipt of either form. */
export const Receipt = builder.interfaceRef<ReadReceipt>('Receipt').implement({
  description: 'One immutable recorded fact: an event or a sample.',
  interfaces: [builder.nodeInterfaceRef()],
  resolveType: ({ type }) => (type === 'event' ? 'EventReceipt' : 'SampleReceipt'),
  fields: (t) => ({
    iri: t.string({
      description: 'The IRI of the receipt, which is also the address of its page.',
      resolve: ({ path }, _, { deps }) => deps.iris.ofPath(path),
    }),
    kind: t.string({
      description: 'The kind of the event, or `sample`.',
      resolve: (receipt) => (receipt.type === 'event' ? receipt.event.kind : 'sample'),
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it happened.',
      resolve: (receipt) => (receipt.type === 'event' ? receipt.event.at : receipt.sample.at),
    }),
    service: t.string({
      nullable: true,
      description: 'The service it is about.',
      resolve: (receipt) => (receipt.type === 'event' ? receipt.event : receipt.sample.series).service,
    }),
    fields: t.field({
      type: [Field],
      description: 'What it states.',
      resolve: (receipt) => [...fieldsOf(receipt)],
    }),
    labels: t.field({
      type: [LabelType],
      description: 'Labels and attributes that no field holds.',
      resolve: (receipt) =>
        labelsOf((receipt.type === 'event' ? receipt.event : receipt.sample.series).labels),
    }),
  }),
});

builder.node(builder.objectRef<OfType<'event'>>('EventReceipt'), {
  description: 'The receipt of an event.',
  interfaces: [Receipt],
  id: {
    description: 'The identity: the same fact sent twice has the same one. `node` takes it too.',
    resolve: ({ event }) => event.id,
  },
  loadManyWithoutCache: async (ids, { deps }) => {
    const events = await deps.store.events({
      ids: ids.filter(isIdentity),
      order: 'oldest-first',
      limit: Math.max(ids.length, 1),
    });
    const found = new Map<string, OfType<'event'>>(events.map((event) => [event.id, receiptOfEvent(event)]));
    return ids.map((id) => found.get(id) ?? null);
  },
  fields: (t) => ({
    receivedAt: t.field({
      type: 'DateTime',
      description: 'When it came in.',
      resolve: ({ event }) => event.receivedAt,
    }),
    door: t.string({
      description: 'The door it came in by; `genchi` for those that Genchi itself records.',
      resolve: ({ event }) => event.door,
    }),
  }),
});

builder.node(builder.objectRef<OfType<'sample'>>('SampleReceipt'), {
  description: 'The receipt of one sample of a metric. When it came in is not kept for each sample.',
  interfaces: [Receipt],
  id: { resolve: ({ path }) => path },
  loadManyWithoutCache: async (paths, { receipts }) => {
    const read = await Promise.all(paths.map((path) => receipts.read(path)));
    return read.map((receipt) => (receipt?.type === 'sample' ? receipt : null));
  },
  fields: (t) => ({
    metric: t.string({
      description: 'The name of the metric.',
      resolve: ({ sample }) => sample.series.metric,
    }),
    value: t.float({
      nullable: true,
      description:
        'The value, in the unit of its metric; null when it is not a finite number (see `text`) and for a stale marker.',
      resolve: ({ sample }) => (sample.stale || !Number.isFinite(sample.value) ? null : sample.value),
    }),
    text: t.string({
      description: 'The value as text: a number, NaN, Infinity or -Infinity.',
      resolve: ({ sample }) => String(sample.value),
    }),
    stale: t.boolean({
      description: "Whether it is Prometheus' marker that the series ended, which has no value.",
      resolve: ({ sample }) => sample.stale,
    }),
    series: t.field({
      type: SeriesType,
      description: 'The series it belongs to.',
      resolve: ({ sample }) => sample.series,
    }),
  }),
});

/** A receipt that is cited, by its path below `/id/`. */
export const Citation = builder.objectRef<string>('Citation').implement({
  description: 'A receipt, or another thing with an IRI, that a sentence rests on.',
  fields: (t) => ({
    iri: t.string({
      description: 'The IRI of what is cited.',
      resolve: (path, _, { deps }) => deps.iris.ofPath(path),
    }),
    receipt: t.field({
      type: Receipt,
      nullable: true,
      description:
        'The receipt itself; null when the IRI names a thing that is not a receipt, such as a series.',
      resolve: (path, _, { receipts }) => receipts.read(path),
    }),
  }),
});
