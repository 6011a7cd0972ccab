/** `rootCauseCandidates`: an analysis with its candidates, each with what speaks for and against it. */
import {
  type Analysis,
  type Argument,
  type Candidate,
  type CandidateVerdict,
  type CauseKind,
  type Term,
  toldWhy,
} from '../../rca/index.js';
import { builder } from './builder.js';
import { Citation } from './receipts.js';
import { WhyStep, whySteps } from './whys.js';
import { TimeWindow, windowMsOf } from './window.js';

const causeKinds = {
  deployment: { description: 'A deployment.' },
  config_change: { description: 'A change of the configuration.' },
  flag_change: { description: 'A change of a feature flag.' },
  experiment: { description: 'The start or end of an experiment.' },
  failure: { description: 'Failures of a component.' },
  circuit: { description: 'A circuit breaker that opened.' },
  metric: { description: 'A metric that moved, with no change found behind it.' },
  part: { description: 'A pod, an instance or a service on which evidence stands out.' },
  outside: {
    description:
      'Nothing that was changed: traffic, a certificate, a provider, the network, a node, data from elsewhere.',
  },
} as const satisfies Record<CauseKind, { readonly description: string }>;

/** What kind of thing is blamed. */
export const CauseKindEnum = builder.enumType('CauseKind', {
  description: 'What kind of thing a candidate blames.',
  values: causeKinds,
});

const TermType = builder.objectRef<Term>('Term').implement({
  description: 'A named part of a score: contribution = weight x value.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the term.' }),
    meaning: t.exposeString('meaning', { description: 'What it means and how it was computed.' }),
    value: t.exposeFloat('value', { description: 'How far it holds, 0..1.' }),
    weight: t.exposeFloat('weight', { description: 'How much it counts, 0..1.' }),
    contribution: t.exposeFloat('contribution', { description: 'What it adds to the score.' }),
  }),
});

const ArgumentType = builder.objectRef<Argument>('Argument').implement({
  description: 'A sentence with the receipts it rests on.',
  fields: (t) => ({
    sentence: t.exposeString('sentence', { description: 'The sentence.' }),
    cites: t.field({
      type: [Citation],
      description: 'The receipts it rests on.',
      resolve: ({ cites }) => [...cites],
    }),
  }),
});

/** A candidate, of a recorded analysis, with what people said of it, or of one made just now. */
type ShownCandidate = Candidate & {
  readonly receipt?: string;
  readonly verdicts?: readonly CandidateVerdict[];
};

/** A possible cause, to which other files add what they know of it. */
export const CandidateType = builder.objectRef<ShownCandidate>('Candidate').implement({
  description: 'A possible cause, with the terms of its score and the evidence for and against it.',
  fields: (t) => ({
    rank: t.exposeInt('rank', { description: 'From 1; rejected candidates come after the others.' }),
    score: t.exposeFloat('score', {
      description: 'The sum of the contributions of its terms, 0..1. Not a probability.',
    }),
    causeKind: t.expose('causeKind', { type: CauseKindEnum, description: 'What kind of thing it blames.' }),
    title: t.exposeString('title', { description: 'The candidate in one line.' }),
    service: t.exposeString('service', { description: 'The service where the cause lies.' }),
    component: t.exposeString('component', { nullable: true, description: 'The part of the service.' }),
    metric: t.exposeString('metric', { nullable: true, description: 'The metric that moved with it.' }),
    metricChangePercent: t.exposeFloat('metricChangePercent', {
      nullable: true,
      description: 'The change of that metric in % of its baseline.',
    }),
    onsetAt: t.expose('onsetAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When that change began.',
    }),
    cause: t.field({
      type: Citation,
      nullable: true,
      description: 'The change or failure that is blamed.',
      resolve: ({ cause }) => cause,
    }),
    terms: t.field({
      type: [TermType],
      description: 'What the score is made of.',
      resolve: ({ terms }) => [...terms],
    }),
    supporting: t.field({
      type: [ArgumentType],
      description: 'What speaks for it.',
      resolve: ({ supporting }) => [...supporting],
    }),
    opposing: t.field({
      type: [ArgumentType],
      description: 'What speaks against it.',
      resolve: ({ opposing }) => [...opposing],
    }),
    rejected: t.exposeString('rejected', {
      nullable: true,
      description: 'What ruled it out; null for one that stands.',
    }),
    receipt: t.field({
      type: Citation,
      nullable: true,
      description: 'The receipt of the candidate itself; null when its analysis was made just now.',
      resolve: ({ receipt }) => receipt,
    }),
  }),
});

const AnalysisType = builder.objectRef<Analysis>('Analysis').implement({
  description: 'The answer of an analysis; the same question over the same evidence has the same answer.',
  fields: (t) => ({
    service: t.string({
      description: 'The service asked about.',
      resolve: ({ question }) => question.service,
    }),
    metric: t.string({
      nullable: true,
      description: 'The metric asked about, if one was named.',
      resolve: ({ question }) => question.metric,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it was seen.',
      resolve: ({ question }) => question.at,
    }),
    baseline: t.expose('baseline', { type: TimeWindow, description: 'What counts as usual.' }),
    recent: t.expose('recent', {
      type: TimeWindow,
      description: 'Where onsets and changes were looked for.',
    }),
    onsetAt: t.expose('onsetAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the symptom began; null when no lasting change of it was found.',
    }),
    symptomMetric: t.exposeString('symptomMetric', {
      nullable: true,
      description: 'The metric on which the symptom was found.',
    }),
    reach: t.stringList({
      description: 'The services within reach: its own and everything it calls, directly or not.',
      resolve: ({ reach }) => [...reach],
    }),
    seriesScanned: t.exposeInt('seriesScanned', { description: 'How many series were compared.' }),
    candidates: t.field({
      type: [CandidateType],
      description: 'Possible causes, the most likely first.',
      resolve: ({ candidates }) => [...candidates],
    }),
    rejected: t.field({
      type: [CandidateType],
      description: 'Candidates that something ruled out.',
      resolve: ({ rejected }) => [...rejected],
    }),
    whys: t.field({
      type: [WhyStep],
      description: 'The Five Whys from the symptom down, as far as evidence goes.',
      resolve: ({ why }, _, { deps }) => whySteps(toldWhy(why, deps.iris)),
    }),
    missing: t.stringList({
      description: 'What evidence would be needed, where there is not enough.',
      resolve: ({ missing }) => [...missing],
    }),
  }),
});

builder.queryField('rootCauseCandidates', (t) =>
  t.field({
    type: AnalysisType,
    nullable: true,
    description:
      'Analyses what is seen on a service, and ranks the possible causes; null only with an error, which says why.',
    args: {
      service: t.arg.string({ required: true, description: 'The service on which it is seen.' }),
      metric: t.arg.string({ description: 'The metric on which it is seen; the worst one when absent.' }),
      at: t.arg({ type: 'DateTime', description: 'When it was seen; now when absent.' }),
      windowMinutes: t.arg.float({
        required: true,
        defaultValue: 30,
        description: 'How far back to look for onsets and changes, 1..1440 minutes.',
      }),
    },
    resolve: (_, { service, metric, at, windowMinutes }, { deps, now, budget }) => {
      const windowMs = windowMsOf(windowMinutes);
      budget.spend('analyses');
      return deps.analyse({ service, ...(metric == null ? {} : { metric }), at: at ?? now, windowMs });
    },
  }),
);
