/** `receipt` and `events`: receipts by IRI, and receipts by kind, service, time and what they state. */
import { pathOf } from '../../model/index.js';
import { ServeError } from '../errors.js';
import { receiptOfEvent } from '../receipt.js';
import { builder } from './builder.js';
import { connectionRef, mapPage, pageArgs } from './connection.js';
import type { GraphqlContext } from './context.js';
import { EventKindEnum } from './event-kinds.js';
import { eventArgs, FieldFilter, readEventPage } from './event-page.js';
import { Receipt } from './receipts.js';

const ReceiptConnection = connectionRef('Receipt', Receipt);

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
  events: t.field({
    type: ReceiptConnection,
    description: 'Evidence: receipts of events of every kind, newest first.',
    args: {
      kinds: t.arg({ type: [EventKindEnum], description: 'Only these kinds.' }),
      where: t.arg({ type: [FieldFilter], description: 'Only those whose fields say this, each of them.' }),
      ...eventArgs,
      ...pageArgs,
    },
    resolve: async (_, question, context) => mapPage(await readEventPage(question, context), receiptOfEvent),
  }),
}));
