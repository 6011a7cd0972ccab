/** `logImprovement` and `updateImprovement`. */
import { builder } from './builder.js';
import { ImprovementEffortEnum, ImprovementStateEnum, ImprovementType } from './improvements.js';

const described = {
  service: 'The service that it is made on.',
  metric: 'The metric that it is to improve; what it did is measured where one is named.',
  owner: 'Who answers for it.',
  effort: 'How much work it is.',
  expected: 'How far the metric is to move, in %; negative where it is to fall.',
  before: "The median before, in the metric's unit, where it cannot be measured.",
  after: "The median after, in the metric's unit, where it cannot be measured.",
  message: 'What to say with it, at most 10,000 characters.',
  at: 'When it came into this state; now when absent.',
};

const LogInput = builder.inputType('LogImprovementInput', {
  description: 'A new improvement.',
  fields: (t) => ({
    id: t.id({
      required: true,
      description: 'An id of your own: sent twice with it, it is logged once, as it was sent first.',
    }),
    title: t.string({ required: true, description: 'What it is, in a line.' }),
    state: t.field({ type: ImprovementStateEnum, description: 'Its state; proposed when absent.' }),
    service: t.string({ description: described.service }),
    metric: t.string({ description: described.metric }),
    owner: t.string({ description: described.owner }),
    effort: t.field({ type: ImprovementEffortEnum, description: described.effort }),
    expectedChangePercent: t.float({ description: described.expected }),
    before: t.float({ description: described.before }),
    after: t.float({ description: described.after }),
    message: t.string({ description: described.message }),
    at: t.field({ type: 'DateTime', description: described.at }),
  }),
});

const UpdateInput = builder.inputType('UpdateImprovementInput', {
  description: 'What changed of an improvement; what is absent stays as it is.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The id that its author gave it.' }),
    title: t.string({ description: 'What it is, in a line.' }),
    state: t.field({ type: ImprovementStateEnum, description: 'Its state.' }),
    service: t.string({ description: described.service }),
    metric: t.string({ description: described.metric }),
    owner: t.string({ description: described.owner }),
    effort: t.field({ type: ImprovementEffortEnum, description: described.effort }),
    expectedChangePercent: t.float({ description: described.expected }),
    before: t.float({ description: described.before }),
    after: t.float({ description: described.after }),
    message: t.string({ description: described.message }),
    at: t.field({ type: 'DateTime', description: described.at }),
    clientMutationId: t.string({
      description: 'An id of your own for this update: sent twice with it, it is recorded once.',
    }),
  }),
});

builder.mutationField('logImprovement', (t) =>
  t.field({
    type: ImprovementType,
    nullable: true,
    description: 'Logs an improvement and answers it; null only with an error.',
    args: { input: t.arg({ type: LogInput, required: true, description: 'The improvement.' }) },
    resolve: (_, { input }, { deps, now }) => deps.improvements.log(input, now),
  }),
);

builder.mutationField('updateImprovement', (t) =>
  t.field({
    type: ImprovementType,
    nullable: true,
    description:
      'Records what became of an improvement, with what it did as far as that can be measured; null only with an error.',
    args: { input: t.arg({ type: UpdateInput, required: true, description: 'What changed of which.' }) },
    resolve: (_, { input }, { deps, now }) => deps.improvements.update(input, now),
  }),
);
