/** `receipt` and `events`: receipts by IRI, and receipts by kind, service and time. */
import {
  type EventReceipt,
  type Identity,
  type Instant,
  instantOf,
  isIdentity,
  pathOf,
  type Window,
} from '../../model/index.js';
import { ServeError } from '../errors.js';
import { receiptOfEvent } from '../receipt.js';
import { builder } from './builder.js';
import { badCursor, connectionRef, mapPage, pageArgs, readPage } from './connection.js';
import type { GraphqlContext } from './context.js';
import { EventKindEnum } from './event-kinds.js';
import { Receipt } from './receipts.js';

const ReceiptConnection = connectionRef('Receipt', Receipt);

/** The end of time, as far as a Date can tell it. */
const NEVER = instantOf(8_640_000_000_000_000);

function windowOf(from: Instant | undefined, to: Instant | undefined): { readonly window?: Window } {
  if (from === undefined && to === undefined) return {};
  return { window: { from: from ?? instantOf(0), to: to ?? NEVER } };
}

const cursorKey = ({ at, id }: EventReceipt): string => `${at}:${id}`;

function afterOf(key: string): { readonly at: Instant; readonly id: Identity } {
  const [at, id, ...rest] = key.split(':');
  if (at === undefined || id === undefined || rest.length > 0 || !/^\d{1,16}$/.test(at) || !isIdentity(id)) {
    throw badCursor();
  }
  return { at: instantOf(Number(at)), id };
}

/** The receipt of an IRI; fails with `bad-request` on one that cannot be of a receipt of this server. */
async function receiptOf(iri: string, { deps, receipts }: GraphqlContext) {
  const named = deps.iris.parse(iri);
  if (named?.type === 'event' || named?.type === 'sample')
    return (await receipts.read(pathOf(named))) ?? null;
  throw new ServeError('bad-request', `expected the IRI of an event or a sample below ${deps.iris.prefix}`);
}

const IRI = 'The full IRI of an event or a sample.';

builder.queryFields((t) => ({
  receipt: t.field({
    type: Receipt,
    nullable: true,
    description: 'The receipt of this IRI; null when there is none.',
    args: { iri: t.arg.string({ required: true, description: IRI }) },
    resolve: (_, { iri }, context) => receiptOf(iri, context),
  }),
  evidence: t.field({
    type: Receipt,
    nullable: true,
    description: 'The receipt of this IRI; null when there is none.',
    deprecationReason: 'Named `receipt` now, since it answers one; lists of evidence are `events`.',
    args: { iri: t.arg.string({ required: true, description: IRI }) },
    resolve: (_, { iri }, context) => receiptOf(iri, context),
  }),
}));

builder.queryField('events', (t) =>
  t.field({
    type: ReceiptConnection,
    description: 'Receipts of events, newest first.',
    args: {
      kinds: t.arg({ type: [EventKindEnum], description: 'Only these kinds.' }),
      services: t.arg.stringList({ description: 'Only about these services.' }),
      from: t.arg({ type: 'DateTime', description: 'Not before this time.' }),
      to: t.arg({ type: 'DateTime', description: 'Before this time.' }),
      ...pageArgs,
    },
    resolve: async (_, { kinds, services, from, to, ...page }, { deps }) => {
      const events = await readPage(page, cursorKey, ({ direction, beyond, limit }) =>
        deps.store.events({
          ...(kinds == null ? {} : { kinds }),
          ...(services == null ? {} : { services }),
          ...windowOf(from ?? undefined, to ?? undefined),
          ...(beyond === undefined ? {} : { after: afterOf(beyond) }),
          order: direction === 'forward' ? 'newest-first' : 'oldest-first',
          limit,
        }),
      );
      return mapPage(events, receiptOfEvent);
    },
  }),
);
