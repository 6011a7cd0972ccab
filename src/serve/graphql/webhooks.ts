/** `webhooks` and `testWebhook`: who is told of incidents, and whether they can be. */
import type { CourierFigures, Sent } from '../webhooks/index.js';
import { builder } from './builder.js';

const WebhookType = builder.objectRef<CourierFigures>('Webhook').implement({
  description: 'Who is told of incidents by HTTP; the counts begin with the process.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in the settings.' }),
    pending: t.exposeInt('pending', { description: 'How many notifications wait to be sent.' }),
    sent: t.exposeInt('sent', { description: 'How many were taken.' }),
    failed: t.exposeInt('failed', { description: 'How many were refused, or not taken within a day.' }),
    dropped: t.exposeInt('dropped', {
      description: 'How many were thrown away since too many were waiting.',
    }),
  }),
});

const TestType = builder.objectRef<Sent>('WebhookTest').implement({
  description: 'What became of one try to tell a webhook something.',
  fields: (t) => ({
    delivered: t.boolean({
      description: 'Whether it was taken.',
      resolve: ({ outcome }) => outcome === 'delivered',
    }),
    message: t.string({
      description: 'What was answered.',
      resolve: (sent) => (sent.outcome === 'delivered' ? `it answered ${sent.status}` : sent.why),
    }),
  }),
});

builder.queryField('webhooks', (t) =>
  t.field({
    type: [WebhookType],
    description: 'Who is told of incidents by HTTP.',
    resolve: (_, __, { deps }) => [...deps.webhooks.figures()],
  }),
);

builder.mutationField('testWebhook', (t) =>
  t.field({
    type: TestType,
    nullable: true,
    description: 'Tells a webhook the event `test` now, once; null only with an error.',
    args: { name: t.arg.string({ required: true, description: 'Its name in the settings.' }) },
    resolve: (_, { name }, { deps }) => deps.webhooks.test(name),
  }),
);
