/** `acknowledgeIncident`, `giveVerdict` and `resolveIncident`: what people say of incidents. */
import type { Judging, OtherCause } from '../../rca/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';
import { CauseKindEnum } from './candidates.js';
import type { GraphqlContext } from './context.js';
import { IncidentType } from './incidents.js';
import { JudgementEnum } from './verdicts.js';

const KEY =
  'An id of your own for what is said: sent twice with it, it is recorded once; something else under the same id is refused. Without it each is recorded.';
const AUTHOR =
  'Who says it, in their own words; where those who ask must say who they are, the audit receipt of the act tells who it was.';
const MESSAGE = 'What to say with it, at most 10,000 characters.';

const AcknowledgeInput = builder.inputType('AcknowledgeIncidentInput', {
  description: 'Takes an incident on.',
  fields: (t) => ({
    incident: t.id({ required: true, description: 'The id of the incident.' }),
    author: t.string({ required: true, description: AUTHOR }),
    message: t.string({ description: MESSAGE }),
    clientMutationId: t.string({ description: KEY }),
  }),
});

const OtherCauseInput = builder.inputType('OtherCauseInput', {
  description: 'A cause that was no candidate.',
  fields: (t) => ({
    title: t.string({ required: true, description: 'The cause in one line.' }),
    causeKind: t.field({ type: CauseKindEnum, description: 'What kind of thing it is.' }),
    service: t.string({ description: 'The service where it lies.' }),
    component: t.string({ description: 'The part of the service.' }),
  }),
});

const VerdictInput = builder.inputType('GiveVerdictInput', {
  description: 'Says what the cause of an incident was.',
  fields: (t) => ({
    incident: t.id({ required: true, description: 'The id of the incident.' }),
    judgement: t.field({ type: JudgementEnum, required: true, description: 'What it says.' }),
    candidate: t.string({
      description: 'The IRI of the receipt of a candidate of the incident: for `confirmed` and `rejected`.',
    }),
    cause: t.field({ type: OtherCauseInput, description: 'The cause: for `other`.' }),
    author: t.string({ required: true, description: AUTHOR }),
    message: t.string({ description: MESSAGE }),
    clientMutationId: t.string({ description: KEY }),
  }),
});

const ResolveInput = builder.inputType('ResolveIncidentInput', {
  description: 'Says that an incident is over, where no alert will.',
  fields: (t) => ({
    incident: t.id({ required: true, description: 'The id of the incident.' }),
    author: t.string({ required: true, description: AUTHOR }),
    message: t.string({ description: MESSAGE }),
    endsAt: t.field({
      type: 'DateTime',
      description: 'When it was over, from its start to now; now when absent.',
    }),
  }),
});

type GivenVerdict = typeof VerdictInput.$inferInput;
interface Given {
  readonly incident: string;
  readonly author: string;
  readonly message?: string | null | undefined;
  readonly clientMutationId?: string | null | undefined;
}

function saidOf({ incident, author, message, clientMutationId: key }: Given) {
  return {
    incident,
    author,
    ...(message == null ? {} : { message }),
    ...(key == null ? {} : { key }),
  };
}

function causeOf({ title, causeKind, service, component }: NonNullable<GivenVerdict['cause']>): OtherCause {
  return {
    title,
    ...(causeKind == null ? {} : { causeKind }),
    ...(service == null ? {} : { service }),
    ...(component == null ? {} : { component }),
  };
}

function judgingOf(given: GivenVerdict, { deps }: GraphqlContext): Judging {
  const { judgement, candidate, cause } = given;
  const said = saidOf(given);
  if (judgement === 'other') {
    if (cause == null || candidate != null) {
      throw new ServeError('bad-request', 'judgement other: expected cause, and no candidate');
    }
    return { ...said, judgement, cause: causeOf(cause) };
  }
  if (candidate == null || cause != null) {
    throw new ServeError('bad-request', `judgement ${judgement}: expected candidate, and no cause`);
  }
  const { prefix } = deps.iris;
  const path = candidate.startsWith(prefix) ? candidate.slice(prefix.length) : candidate;
  return { ...said, judgement, candidate: path };
}

builder.mutationField('acknowledgeIncident', (t) =>
  t.field({
    type: IncidentType,
    nullable: true,
    description: 'Takes an incident on; answers it as it stands then; null only with an error.',
    args: { input: t.arg({ type: AcknowledgeInput, required: true, description: 'Who takes on which.' }) },
    resolve: (_, { input }, { deps }) => deps.incidents.acknowledge(saidOf(input)),
  }),
);

builder.mutationField('giveVerdict', (t) =>
  t.field({
    type: IncidentType,
    nullable: true,
    description:
      'Confirms or rejects a candidate of an incident, or names another cause; answers the incident as it stands then; null only with an error.',
    args: { input: t.arg({ type: VerdictInput, required: true, description: 'Who says what of which.' }) },
    resolve: (_, { input }, context) => context.deps.incidents.judge(judgingOf(input, context)),
  }),
);

builder.mutationField('resolveIncident', (t) =>
  t.field({
    type: IncidentType,
    nullable: true,
    description:
      'Says that an incident is over; changes nothing when it is. Answers it as it stands then; null only with an error.',
    args: { input: t.arg({ type: ResolveInput, required: true, description: 'Who says so of which.' }) },
    resolve: (_, { input }, { deps }) => {
      const { endsAt } = input;
      return deps.incidents.resolve({ ...saidOf(input), ...(endsAt == null ? {} : { endsAt }) });
    },
  }),
);
