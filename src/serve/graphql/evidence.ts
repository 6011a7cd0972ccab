/** `evidence` and `events`: receipts by IRI, and receipts by kind, service and time. */
import {
  type EventReceipt,
  type Identity,
  type Instant,
  instantOf,
  isIdentity,
  type Window,
} from '../../model/index.js';
import { ServeError } from '../errors.js';
import { readReceipt, receiptOfEvent } from '../receipt.js';
import { builder } from './builder.js';
import { badCursor, connectionRef, keyOfCursor, pageOf, sizeOf } from './connection.js';
import { EventKindEnum, Receipt } from './receipts.js';

const ReceiptConnection = connectionRef('Receipt', Receipt);

/** The end of time, as far as a Date can tell it. */
const NEVER = instantOf(8_640_000_000_000_000);

function windowOf(from: Instant | undefined, to: Instant | undefined): { readonly window?: Window } {
  if (from === undefined && to === undefined) return {};
  return { window: { from: from ?? instantOf(0), to: to ?? NEVER } };
}

const cursorKey = ({ at, id }: EventReceipt): string => `${at}:${id}`;

function afterOf(cursor: string): { readonly at: Instant; readonly id: Identity } {
  const [at, id, ...rest] = keyOfCursor(cursor).split(':');
  if (at === undefined || id === undefined || rest.length > 0 || !/^\d{1,16}$/.test(at) || !isIdentity(id)) {
    throw badCursor();
  }
  return { at: instantOf(Number(at)), id };
}

builder.queryField('evidence', (t) =>
  t.field({
    type: Receipt,
    nullable: true,
    description: 'The receipt of this IRI; null when there is none.',
    args: { iri: t.arg.string({ required: true, description: 'The full IRI of an event or a sample.' }) },
    resolve: async (_, { iri }, { deps }) => {
      const named = deps.iris.parse(iri);
      if (named?.type === 'event' || named?.type === 'sample') return readReceipt(deps.store, named);
      throw new ServeError(
        'bad-request',
        `expected the IRI of an event or a sample below ${deps.iris.prefix}`,
      );
    },
  }),
);

builder.queryField('events', (t) =>
  t.field({
    type: ReceiptConnection,
    description: 'Receipts of events, newest first.',
    args: {
      kinds: t.arg({ type: [EventKindEnum], description: 'Only these kinds.' }),
      services: t.arg.stringList({ description: 'Only about these services.' }),
      from: t.arg({ type: 'DateTime', description: 'Not before this time.' }),
      to: t.arg({ type: 'DateTime', description: 'Before this time.' }),
      first: t.arg.int({ defaultValue: 20, required: true, description: 'How many, 1..100.' }),
      after: t.arg.string({ description: 'Continue after this cursor.' }),
    },
    resolve: async (_, { kinds, services, from, to, first, after }, { deps }) => {
      const size = sizeOf(first);
      const events = await deps.store.events({
        ...(kinds == null ? {} : { kinds }),
        ...(services == null ? {} : { services }),
        ...windowOf(from ?? undefined, to ?? undefined),
        ...(after == null ? {} : { after: afterOf(after) }),
        order: 'newest-first',
        limit: size + 1,
      });
      const { edges, hasNextPage } = pageOf(events, size, cursorKey);
      return {
        edges: edges.map(({ cursor, node }) => ({ cursor, node: receiptOfEvent(node) })),
        hasNextPage,
      };
    },
  }),
);
