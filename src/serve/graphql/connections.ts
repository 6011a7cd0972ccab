/** `connections`: what came in by which way, for whoever sets up the senders. */
import type { Arrivals, DoorArrivals } from '../../evidence/index.js';
import { builder } from './builder.js';

const DoorArrivalsType = builder.objectRef<DoorArrivals>('DoorArrivals').implement({
  description: 'The events that came in by one door, of those that are not in the archive.',
  fields: (t) => ({
    door: t.exposeString('door', {
      description:
        '`alertmanager`, `cloudevents`, `events`, or another name for what Genchi recorded itself; samples have `series`.',
    }),
    events: t.exposeFloat('events', { description: 'How many there are.' }),
    firstAt: t.expose('firstAt', { type: 'DateTime', description: 'When the first of them came in.' }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When the latest of them came in.' }),
  }),
});

const ConnectionsType = builder.objectRef<Arrivals>('Connections').implement({
  description: 'What is connected to this server: what came in by which way, and who scrapes it.',
  fields: (t) => ({
    doors: t.field({
      type: [DoorArrivalsType],
      description: 'What came in, by the name of the door.',
      resolve: ({ doors }) => [...doors],
    }),
    series: t.exposeInt('series', {
      description: 'How many series of metrics came in; those that Genchi computes itself are left out.',
    }),
    lastSampleAt: t.expose('lastSampleAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The time of the latest sample of them; null where none is among the samples of the last ten minutes.',
    }),
    scrapedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When a Prometheus last scraped /metrics; null when none has since this process began.',
      resolve: (_, __, { deps }) => deps.entrance?.scrapedAt(),
    }),
    asksForTokens: t.boolean({
      description: 'Whether senders must say who they are, as with `Authorization: Bearer TOKEN`.',
      resolve: (_, __, { deps }) => deps.entrance?.isAsked() ?? false,
    }),
    baseIri: t.string({
      description: 'The address that receipts are named by.',
      resolve: (_, __, { deps }) => deps.iris.base,
    }),
  }),
});

builder.queryField('connections', (t) =>
  t.field({
    type: ConnectionsType,
    description: 'What is connected to this server.',
    resolve: (_, __, { deps }) => deps.store.arrivals(),
  }),
);
