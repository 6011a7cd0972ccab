/** `recordEvent`: a person records what happened, as the native door takes it. */
import { type Decoded, defaultLimits, EventsDecoder } from '../../ingest/index.js';
import { defaultSensitive, type EventReceipt, formatInstant } from '../../model/index.js';
import { ServeError } from '../errors.js';
import { receiptOfEvent } from '../receipt.js';
import { builder } from './builder.js';
import type { GraphqlContext, GraphqlDeps } from './context.js';
import { EventKindEnum } from './event-kinds.js';
import { Receipt } from './receipts.js';

const LabelInput = builder.inputType('LabelInput', {
  description: 'A name with its value.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name of the label.' }),
    value: t.string({ required: true, description: 'The value of the label.' }),
  }),
});

const RecordEventInput = builder.inputType('RecordEventInput', {
  description: 'An event of any kind that comes from outside, checked as `POST /api/v1/events` checks it.',
  fields: (t) => ({
    kind: t.field({
      type: EventKindEnum,
      required: true,
      description: 'The kind; none that only Genchi records.',
    }),
    id: t.string({
      description:
        'An id of your own: sent twice with it, the event is recorded once; another event under the same id is refused. Without it the content, its time included, is the identity.',
    }),
    time: t.field({ type: 'DateTime', description: 'When it happened; now when absent.' }),
    service: t.string({
      description: 'The service that it is about; of a dependency it is the field `from` instead.',
    }),
    labels: t.field({ type: [LabelInput], description: 'Whatever no field holds.' }),
    fields: t.field({ type: 'EventFields', description: 'The fields of the kind.' }),
  }),
});

type RecordEvent = typeof RecordEventInput.$inferInput;

/** What became of an event that was to be recorded. */
interface RecordedEvent {
  readonly event: EventReceipt;
  readonly isNew: boolean;
}

const RecordedType = builder.objectRef<RecordedEvent>('RecordedEvent').implement({
  description: 'An event after it was recorded.',
  fields: (t) => ({
    receipt: t.field({
      type: Receipt,
      description: 'Its receipt, as it was recorded first.',
      resolve: ({ event }) => receiptOfEvent(event),
    }),
    isNew: t.exposeBoolean('isNew', { description: 'False when it had been recorded before.' }),
  }),
});

/** The event in the native form. */
function nativeOf({
  kind,
  id,
  time,
  service,
  labels,
  fields,
}: RecordEvent): Readonly<Record<string, unknown>> {
  const head = {
    kind,
    ...(id == null ? {} : { id }),
    ...(time == null ? {} : { time: formatInstant(time) }),
    ...(service == null ? {} : { service }),
    ...(labels == null ? {} : { labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])) }),
  };
  const twice = Object.keys(fields ?? {}).find((name) => ['kind', 'id', 'time', 'labels'].includes(name));
  if (twice === undefined) return { ...fields, ...head };
  throw new ServeError('bad-request', `fields: ${twice} stands beside fields, not in them`);
}

/** Reads the event as the native door does; fails with `bad-request`, which says what is wrong field by field. */
function decodedOf(
  given: RecordEvent,
  { clock, sensitive = defaultSensitive, names }: GraphqlDeps,
): EventReceipt {
  const decoder = new EventsDecoder({
    intern: () => undefined,
    limits: { ...defaultLimits, sensitive, names },
  });
  const request = {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(nativeOf(given))),
  };
  const { events, faults }: Decoded = decoder.decode(request, clock());
  const [event] = events;
  if (event !== undefined) return event;
  const told = faults.map(({ field, message }) => (field === undefined ? message : `${field}: ${message}`));
  throw new ServeError('bad-request', told.join('; '), { faults });
}

/** What must be the same of two events under one id: all but how they came in, and a time that nobody gave. */
function statedBy(event: EventReceipt, withTime: boolean): string {
  const { receivedAt: _received, door: _door, at, labels = {}, ...rest } = event;
  const stated = { ...rest, labels: Object.entries(labels).sort(), ...(withTime ? { at } : {}) };
  return JSON.stringify(Object.entries(stated).sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function record(given: RecordEvent, { deps }: GraphqlContext): Promise<RecordedEvent> {
  const event = decodedOf(given, deps);
  const { repeatedEvents } = await deps.recorder.record({ events: [event] }, event.door);
  const [repeated] = repeatedEvents;
  if (repeated === undefined) return { event, isNew: true };
  const [earlier] = await deps.store.eventsNamed([{ kind: event.kind, at: repeated.at, id: event.id }]);
  const withTime = given.time != null;
  if (earlier !== undefined && statedBy(earlier, withTime) === statedBy(event, withTime)) {
    return { event: earlier, isNew: false };
  }
  throw new ServeError(
    'conflict',
    `id ${given.id ?? event.id}: another ${event.kind} was recorded under it before; choose another id`,
  );
}

builder.mutationField('recordEvent', (t) =>
  t.field({
    type: RecordedType,
    nullable: true,
    description:
      'Records what happened: a deployment, a failure, a change, anything that the events door takes. Answers after the commit; null only with an error.',
    args: { input: t.arg({ type: RecordEventInput, required: true, description: 'What happened.' }) },
    resolve: (_, { input }, context) => record(input, context),
  }),
);
