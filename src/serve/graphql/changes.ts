/** `deployments` and `changes`: what was changed in how the system runs. */
import { changeKinds, type EventReceipt } from '../../model/index.js';
import { receiptOfEvent } from '../receipt.js';
import { builder } from './builder.js';
import { connectionRef, pageArgs } from './connection.js';
import { EventKindEnum } from './event-kinds.js';
import { eventArgs, readPageOf } from './event-page.js';
import { Receipt } from './receipts.js';

type ChangeKind = (typeof changeKinds)[number];
type ChangeReceipt = EventReceipt<ChangeKind>;

/** What was changed, in one line. */
function titleOf(change: ChangeReceipt): string {
  switch (change.kind) {
    case 'deployment':
      return `${change.version} ${change.action ?? 'deployed'}`;
    case 'config_change':
      return `${change.key}: ${change.fromValue ?? 'nothing'} to ${change.toValue ?? 'nothing'}`;
    case 'flag_change':
      return `${change.flag}: ${change.fromValue} to ${change.toValue}`;
    case 'experiment_started':
      return `experiment ${change.experiment} started`;
    case 'experiment_ended':
      return `experiment ${change.experiment} ended`;
  }
}

const DeploymentType = builder.objectRef<EventReceipt<'deployment'>>('Deployment').implement({
  description: 'A version was deployed, rolled back or removed.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    service: t.exposeString('service', { nullable: true, description: 'The service that was deployed.' }),
    version: t.exposeString('version', { description: 'The version that it is about.' }),
    previousVersion: t.exposeString('previousVersion', {
      nullable: true,
      description: 'The version before it.',
    }),
    action: t.exposeString('action', {
      nullable: true,
      description: 'deployed, upgraded, rolledback or removed; null where its sender does not say.',
    }),
    commit: t.exposeString('commit', { nullable: true, description: 'The commit that it was built from.' }),
    message: t.exposeString('message', { nullable: true, description: 'What was said of it.' }),
    author: t.exposeString('author', { nullable: true, description: 'Who did it, as its sender says.' }),
    environment: t.exposeString('environment', { nullable: true, description: 'Where it was deployed to.' }),
    diff: t.exposeString('diff', { nullable: true, description: 'What it changed, as a unified diff.' }),
    receipt: t.field({ type: Receipt, description: 'The receipt of it.', resolve: receiptOfEvent }),
  }),
});

const ChangeType = builder.objectRef<ChangeReceipt>('Change').implement({
  description: 'A change of how the system runs: a deployment, a setting, a feature flag or an experiment.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    kind: t.expose('kind', { type: EventKindEnum, description: 'What sort of change it is.' }),
    service: t.exposeString('service', { nullable: true, description: 'The service that was changed.' }),
    title: t.string({ description: 'What was changed, in one line.', resolve: titleOf }),
    author: t.string({
      nullable: true,
      description: 'Who did it, as its sender says.',
      resolve: (change) => ('author' in change ? change.author : undefined),
    }),
    message: t.string({
      nullable: true,
      description: 'What was said of it.',
      resolve: (change) => ('message' in change ? change.message : undefined),
    }),
    receipt: t.field({ type: Receipt, description: 'The receipt of it.', resolve: receiptOfEvent }),
  }),
});

const DeploymentConnection = connectionRef('Deployment', DeploymentType);
const ChangeConnection = connectionRef('Change', ChangeType);

builder.queryFields((t) => ({
  deployments: t.field({
    type: DeploymentConnection,
    description: 'Deployments, newest first.',
    args: { ...eventArgs, ...pageArgs },
    resolve: (_, question, context) => readPageOf(['deployment'], question, context),
  }),
  changes: t.field({
    type: ChangeConnection,
    description: 'Changes of every sort, deployments among them, newest first.',
    args: { ...eventArgs, ...pageArgs },
    resolve: (_, question, context) => readPageOf(changeKinds, question, context),
  }),
}));
