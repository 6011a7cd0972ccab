/** `registerSlo` and `retireSlo`. */
import type { Registered } from '../../analysis/index.js';
import { defaultLimits, SloReader } from '../../ingest/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';
import { SloDirectionEnum } from './slo-enums.js';
import { SloRevisionType } from './slo-revision.js';

const KEY =
  'An id of your own for what is said: sent twice with it, it is recorded once, as it was sent first.';

const RegisterInput = builder.inputType('RegisterSloInput', {
  description: 'A metric with a target, or good (or bad) events of all.',
  fields: (t) => ({
    slo: t.string({ required: true, description: 'Its name.' }),
    title: t.string({ description: 'What it is called.' }),
    service: t.string({ required: true, description: 'The service that it is of.' }),
    component: t.string({ description: 'Only this part of the service.' }),
    metric: t.string({ description: 'The metric that is held against the target.' }),
    direction: t.field({ type: SloDirectionEnum, description: 'Which side of the target is good.' }),
    target: t.float({ description: "The target, in the metric's unit." }),
    goodMetric: t.string({ description: 'The counter of good events.' }),
    badMetric: t.string({ description: 'The counter of bad events, in the place of good ones.' }),
    totalMetric: t.string({ description: 'The counter of all events.' }),
    selector: t.string({
      description: 'Which series of all its metrics count, as {code=~"2..", method!="GET"}.',
    }),
    goodSelector: t.string({ description: 'Which series of the good metric count.' }),
    badSelector: t.string({ description: 'Which series of the bad metric count.' }),
    totalSelector: t.string({ description: 'Which series of the total metric count.' }),
    objectivePercent: t.float({
      description: 'The share of minutes or events that must be good, in %; 99 when absent.',
    }),
    windowMinutes: t.int({
      required: true,
      description: 'How long it is kept over, in minutes, at most a year.',
    }),
    sliceMinutes: t.int({
      description: 'How long a slice of time is, in minutes: a part of an hour; 1 when absent.',
    }),
    sliceTargetPercent: t.float({
      description: 'Counts slices in the place of events: the share of good events, in %, of a good one.',
    }),
    owner: t.string({ description: 'Who answers for it.' }),
    reason: t.string({ description: 'Why it was chosen.' }),
    clientMutationId: t.string({ description: KEY }),
  }),
});

const RetireInput = builder.inputType('RetireSloInput', {
  description: 'Ends an objective; what was judged by it stays.',
  fields: (t) => ({
    slo: t.string({ required: true, description: 'Its name.' }),
    reason: t.string({ description: 'Why.' }),
    clientMutationId: t.string({ description: KEY }),
  }),
});

const RegisteredType = builder.objectRef<Registered>('RegisteredSlo').implement({
  description: 'What holds of an objective after a mutation.',
  fields: (t) => ({
    revision: t.expose('revision', { type: SloRevisionType, description: 'The revision.' }),
    isNew: t.exposeBoolean('isNew', {
      description: 'Whether it is a new one; what changes nothing records nothing.',
    }),
  }),
});

const reader = new SloReader(defaultLimits);

builder.mutationField('registerSlo', (t) =>
  t.field({
    type: RegisteredType,
    nullable: true,
    description: 'Registers an objective, or changes it from now on. Null only with an error.',
    args: { input: t.arg({ type: RegisterInput, required: true, description: 'All that holds of it.' }) },
    resolve: async (_, { input }, { deps, now }) => {
      const { clientMutationId: key, ...fields } = input;
      const read = reader.read(fields, now);
      if ('faults' in read) {
        const said = read.faults.map(({ field, message }) =>
          field === undefined ? message : `${field}: ${message}`,
        );
        throw new ServeError('bad-request', said.join('; '), { faults: read.faults });
      }
      return await deps.slos.register(read.content, now, key ?? undefined);
    },
  }),
);

builder.mutationField('retireSlo', (t) =>
  t.field({
    type: RegisteredType,
    nullable: true,
    description: 'Ends an objective; changes nothing when it has ended. Null only with an error.',
    args: { input: t.arg({ type: RetireInput, required: true, description: 'Which, and why.' }) },
    resolve: async (_, { input: { slo, reason, clientMutationId: key } }, { deps, now }) => {
      const retired = await deps.slos.retire(slo, now, reason ?? undefined, key ?? undefined);
      if (retired === undefined) throw new ServeError('not-found', `there is no objective ${slo}`);
      return retired;
    },
  }),
);
