/** What people said of incidents and candidates, and past incidents that are alike. */
import {
  type Acknowledgement,
  confirmedCauseOf,
  type Incident,
  type Similar,
  type SimilarReason,
  titleOfCause,
  type Verdict,
} from '../../rca/index.js';
import { builder } from './builder.js';
import { CandidateType, CauseKindEnum } from './candidates.js';
import { sizeOf } from './connection.js';
import { IncidentType } from './incidents.js';
import { Citation } from './receipts.js';

const AcknowledgementType = builder.objectRef<Acknowledgement>('Acknowledgement').implement({
  description: 'A person took an incident on.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    author: t.exposeString('author', { nullable: true, description: 'Who, as they said.' }),
    message: t.exposeString('message', { nullable: true, description: 'What they said with it.' }),
    receipt: t.field({
      type: Citation,
      description: 'The receipt of it.',
      resolve: ({ receipt }) => receipt,
    }),
  }),
});

/** What a verdict says. */
export const JudgementEnum = builder.enumType('Judgement', {
  description: 'What a verdict says of the cause of an incident.',
  values: {
    confirmed: { description: 'The candidate was the cause.' },
    rejected: { description: 'The candidate was not the cause.' },
    other: { description: 'Something else was the cause, that was no candidate.' },
  } as const,
});

const causeOf = (verdict: Verdict) => (verdict.judgement === 'other' ? verdict.cause : verdict.candidate);

const VerdictType = builder.objectRef<Verdict>('Verdict').implement({
  description: 'What a person said the cause of an incident was; the latest one on a candidate counts.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    author: t.exposeString('author', { nullable: true, description: 'Who, as they said.' }),
    message: t.exposeString('message', { nullable: true, description: 'What they said with it.' }),
    judgement: t.expose('judgement', { type: JudgementEnum, description: 'What it says.' }),
    candidate: t.field({
      type: CandidateType,
      nullable: true,
      description: 'The candidate as it was judged; null where another cause is named.',
      resolve: (verdict) => (verdict.judgement === 'other' ? undefined : verdict.candidate),
    }),
    title: t.string({ description: 'The cause in one line.', resolve: titleOfCause }),
    causeKind: t.field({
      type: CauseKindEnum,
      nullable: true,
      description: 'What kind of thing the cause is.',
      resolve: (verdict) => causeOf(verdict).causeKind,
    }),
    service: t.string({
      nullable: true,
      description: 'The service where the cause lies.',
      resolve: (verdict) => causeOf(verdict).service || null,
    }),
    component: t.string({
      nullable: true,
      description: 'The part of the service.',
      resolve: (verdict) => causeOf(verdict).component,
    }),
    receipt: t.field({
      type: Citation,
      description: 'The receipt of it.',
      resolve: ({ receipt }) => receipt,
    }),
  }),
});

const ReasonType = builder.objectRef<SimilarReason>('SimilarReason').implement({
  description: 'What two incidents have in common.',
  fields: (t) => ({
    sentence: t.exposeString('sentence', { description: 'What it is.' }),
    weight: t.exposeFloat('weight', { description: 'What it adds to how alike they are, 0..1.' }),
  }),
});

const SimilarType = builder.objectRef<Similar>('SimilarIncident').implement({
  description: 'A past incident that is like another one, and in what.',
  fields: (t) => ({
    incident: t.field({
      type: IncidentType,
      description: 'The past incident.',
      resolve: ({ incident }) => incident,
    }),
    score: t.exposeFloat('score', { description: 'How alike it is, 0..1: the sum of the weights.' }),
    reasons: t.field({
      type: [ReasonType],
      description: 'What they have in common, the weightiest first.',
      resolve: ({ reasons }) => [...reasons],
    }),
  }),
});

builder.objectFields(CandidateType, (t) => ({
  verdicts: t.field({
    type: [VerdictType],
    description:
      'What people said of it, in any analysis of its incident; the latest, which counts, is first.',
    resolve: ({ verdicts }) => [...(verdicts ?? [])],
  }),
}));

builder.objectFields(IncidentType, (t) => ({
  acknowledgements: t.field({
    type: [AcknowledgementType],
    description: 'Who took it on, oldest first.',
    resolve: ({ acknowledgements }) => [...acknowledgements],
  }),
  verdicts: t.field({
    type: [VerdictType],
    description: 'All that people said of its cause, oldest first.',
    resolve: ({ verdicts }) => [...verdicts],
  }),
  confirmedCause: t.field({
    type: VerdictType,
    nullable: true,
    description:
      'The latest verdict that confirms a candidate, and was not taken back, or names another cause.',
    resolve: (incident) => confirmedCauseOf(incident),
  }),
  closedBy: t.string({
    nullable: true,
    description: 'Who said that it is over, where no alert told.',
    resolve: ({ closed }) => closed?.author,
  }),
  closedMessage: t.string({
    nullable: true,
    description: 'What they said with it.',
    resolve: ({ closed }) => closed?.message,
  }),
  timeToResolveSeconds: t.float({
    nullable: true,
    description: 'From the first alert to the end, in seconds; null while it is open.',
    resolve: ({ startsAt, endsAt }: Incident) =>
      endsAt === undefined ? undefined : Math.max(0, endsAt - startsAt) / 1_000,
  }),
  similar: t.field({
    type: [SimilarType],
    description: 'Past incidents that are like it, the most alike first; each with what they have in common.',
    args: { first: t.arg.int({ required: true, defaultValue: 5, description: 'How many, 1..100.' }) },
    resolve: async ({ id }, { first }, { deps, budget }) => {
      budget.spend('comparisons');
      return [...(await deps.incidents.similar(id, sizeOf(first)))];
    },
  }),
}));
