/** `alerts`: those that fire, and those that fired within a window. */
import type { EventReceipt, Identity } from '../../model/index.js';
import { receiptOfEvent } from '../receipt.js';
import { builder } from './builder.js';
import { connectionRef, pageArgs, pageOfList } from './connection.js';
import type { GraphqlContext } from './context.js';
import { eventArgs, readPageOf } from './event-page.js';
import { Receipt } from './receipts.js';

type Alert = EventReceipt<'alert_fired'>;

/** What fires at the time of a request, read once for all of it. */
const firingNow = new WeakMap<GraphqlContext, Promise<ReadonlySet<Identity>>>();

function readFiringNow(context: GraphqlContext): Promise<ReadonlySet<Identity>> {
  const known = firingNow.get(context);
  if (known !== undefined) return known;
  const reading = context.deps.store
    .firing({ at: context.now })
    .then((alerts) => new Set(alerts.map(({ id }) => id)));
  firingNow.set(context, reading);
  return reading;
}

const AlertType = builder.objectRef<Alert>('Alert').implement({
  description: 'An alert that fired.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of its rule.' }),
    severity: t.exposeString('severity', {
      description: 'How bad it is, as its sender says: critical, warning …',
    }),
    service: t.exposeString('service', { nullable: true, description: 'The service it is about.' }),
    summary: t.exposeString('summary', { nullable: true, description: 'What it says, in one line.' }),
    description: t.exposeString('description', { nullable: true, description: 'What it says, at length.' }),
    metric: t.exposeString('metric', { nullable: true, description: 'The metric that it watches.' }),
    firedAt: t.field({ type: 'DateTime', description: 'When it fired.', resolve: ({ at }) => at }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when its condition held, as its sender says.',
    }),
    isFiring: t.boolean({
      description: 'Whether it fires now: nothing said since that it was cleared, within a week.',
      resolve: async ({ id }, _, context) => (await readFiringNow(context)).has(id),
    }),
    runbookUrl: t.exposeString('runbookUrl', { nullable: true, description: 'The runbook that it names.' }),
    generatorUrl: t.exposeString('generatorUrl', {
      nullable: true,
      description: 'Where its sender shows it. It is as it was sent: check it before you follow it.',
    }),
    receipt: t.field({ type: Receipt, description: 'The receipt of it.', resolve: receiptOfEvent }),
  }),
});

const AlertConnection = connectionRef('Alert', AlertType, 'counted');

const SelectionEnum = builder.enumType('AlertSelection', {
  description: 'Which alerts are meant.',
  values: {
    FIRING: { description: 'Those that fire at the time `to`.' },
    FIRED: { description: 'Those that fired from `from` until before `to`.' },
  } as const,
});

builder.queryField('alerts', (t) =>
  t.field({
    type: AlertConnection,
    description: 'Alerts, newest first; how many there are is told of those that fire.',
    args: {
      select: t.arg({
        type: SelectionEnum,
        required: true,
        defaultValue: 'FIRING',
        description: 'Those that fire, or those that fired.',
      }),
      severities: t.arg.stringList({ description: 'Only of these severities.' }),
      ...eventArgs,
      ...pageArgs,
    },
    resolve: async (_, { select, severities, ...question }, context) => {
      if (select === 'FIRING') {
        const firing = await context.deps.store.firing({
          at: question.to ?? context.now,
          ...(question.services == null ? {} : { services: question.services }),
          ...(severities == null ? {} : { severities }),
        });
        return pageOfList(question, firing, ({ id }) => id);
      }
      const where = severities == null ? [] : [{ field: 'severity', oneOf: severities }];
      return readPageOf(['alert_fired'], { ...question, where }, context);
    },
  }),
);
