/** `startExperiment` and `stopExperiment`. */
import type { Matcher } from '../../model/index.js';
import { builder } from './builder.js';
import { ExperimentType } from './experiments.js';

const OperatorEnum = builder.enumType('MatchOperator', {
  description: 'How a label is compared.',
  values: {
    EQUAL: { value: '=', description: 'The label is this text; an absent label is the empty text.' },
    NOT_EQUAL: { value: '!=', description: 'The label is another text, or absent.' },
  } as const satisfies Record<string, { readonly value: Matcher['operator']; readonly description: string }>,
});

const MatcherInput = builder.inputType('LabelMatcherInput', {
  description: 'A condition on a label of a series. `service` is its service, whichever label tells it.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name of the label.' }),
    operator: t.field({
      type: OperatorEnum,
      required: true,
      defaultValue: '=',
      description: 'How it is compared.',
    }),
    value: t.string({ required: true, description: 'The text that it is compared with.' }),
  }),
});

const StartInput = builder.inputType('StartExperimentInput', {
  description: 'If we do ACTION, METRIC changes by EXPECTED %, because of REASON.',
  fields: (t) => ({
    id: t.id({
      required: true,
      description: 'An id of your own: sent twice with it, it is started once, as it was sent first.',
    }),
    service: t.string({ required: true, description: 'The service that it is tried on.' }),
    metric: t.string({ required: true, description: 'The metric that is to change.' }),
    action: t.string({ required: true, description: 'What is done, at most 500 characters.' }),
    reason: t.string({ required: true, description: 'Why the metric should change.' }),
    expectedChangePercent: t.float({
      required: true,
      description: 'How far the metric is to move, in %; negative where it is to fall.',
    }),
    owner: t.string({ description: 'Who answers for it.' }),
    treated: t.field({
      type: [MatcherInput],
      description: 'The series of the canary; all of the service when absent.',
    }),
    control: t.field({
      type: [MatcherInput],
      description: 'The series of the control; the time before the start is compared with when absent.',
    }),
    plannedMinutes: t.int({
      description: 'How many minutes are looked at, 10..2000; small changes are found earlier with a plan.',
    }),
    baselineMinutes: t.int({ description: 'How long the baseline is, 60..10080 minutes; 60 when absent.' }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When it began, within the last 7 days; now when absent.',
    }),
  }),
});

const StopInput = builder.inputType('StopExperimentInput', {
  description: 'Ends an experiment.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The id of the experiment.' }),
    surprise: t.string({ description: 'What was surprising; what the figures show is added.' }),
    endedAt: t.field({ type: 'DateTime', description: 'When it ended; now when absent.' }),
  }),
});

builder.mutationField('startExperiment', (t) =>
  t.field({
    type: ExperimentType,
    nullable: true,
    description:
      'Starts an experiment: measures its baseline and records both. Answers it; null only with an error.',
    args: { input: t.arg({ type: StartInput, required: true, description: 'The hypothesis.' }) },
    resolve: (_, { input }, { deps, now }) => deps.experiments.start(input, now),
  }),
);

builder.mutationField('stopExperiment', (t) =>
  t.field({
    type: ExperimentType,
    nullable: true,
    description:
      'Ends an experiment and records the verdict of then; changes nothing when it is over. Null only with an error.',
    args: { input: t.arg({ type: StopInput, required: true, description: 'Which.' }) },
    resolve: (_, { input }, { deps, now }) => deps.experiments.stop(input, now),
  }),
);
