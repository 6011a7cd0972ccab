/** `weeklyReview`: the health, the trends, the incidents and the proposals of a week. */
import type { MetricSpec } from '../../analysis/index.js';
import {
  addressOf,
  type HealthRow,
  type IncidentRow,
  parseReviewTemplate,
  type Review,
  type ReviewClaim,
  type ReviewFormat,
  type SloRow,
} from '../../rca/index.js';
import { builder } from './builder.js';
import { Citation } from './receipts.js';
import { RecommendationType } from './recommendations.js';
import { TimeWindow } from './window.js';

const ReviewFormatEnum = builder.enumType('ReviewFormat', {
  description: 'How a review is written.',
  values: {
    markdown: { description: 'CommonMark with tables.' },
    html: { description: 'An HTML document that loads nothing, in which no HTML of its own is left.' },
    json: { description: 'Its parts, with every sentence and the IRIs of what it rests on.' },
  } as const satisfies Record<ReviewFormat, { readonly description: string }>,
});

const ClaimType = builder.objectRef<ReviewClaim>('ReviewClaim').implement({
  description: 'A sentence of a review with what it rests on.',
  fields: (t) => ({
    sentence: t.exposeString('sentence', { description: 'The sentence.' }),
    cites: t.field({
      type: [Citation],
      description: 'The things that it rests on.',
      resolve: ({ cites }) => [...cites],
    }),
    queries: t.stringList({
      description: 'The addresses of questions that show it.',
      resolve: ({ questions }, _, { deps }) => questions.map((one) => addressOf(one, deps.iris)),
    }),
  }),
});

const PillarScoreType = builder.objectRef<HealthRow['pillars'][number]>('ReviewedPillar').implement({
  description: 'The score of a pillar over the week.',
  fields: (t) => ({
    pillar: t.string({
      description: 'jidoka, kanban, andon or heijunka.',
      resolve: ({ pillar }): MetricSpec['pillar'] => pillar,
    }),
    score: t.exposeFloat('score', { nullable: true, description: '0..100; null without enough data.' }),
  }),
});

const HealthRowType = builder.objectRef<HealthRow>('ReviewedHealth').implement({
  description: 'The health of a service, or of the whole system, over the week and the week before.',
  fields: (t) => ({
    service: t.exposeString('service', { nullable: true, description: 'Null for the whole system.' }),
    score: t.exposeFloat('score', { nullable: true, description: '0..100; null without enough data.' }),
    before: t.exposeFloat('before', { nullable: true, description: '0..100, of the week before.' }),
    band: t.exposeString('band', { nullable: true, description: 'GREEN, YELLOW, ORANGE or RED.' }),
    pillars: t.field({
      type: [PillarScoreType],
      description: 'The score of each pillar.',
      resolve: ({ pillars }) => [...pillars],
    }),
    costMost: t.exposeString('costMost', {
      nullable: true,
      description: 'The metric that took the most points away, with its figure.',
    }),
  }),
});

const SloRowType = builder.objectRef<SloRow>('ReviewedSlo').implement({
  description: 'An objective at the end of the week.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    service: t.exposeString('service', { nullable: true, description: 'The service that it is of.' }),
    state: t.exposeString('state', { description: 'met, missed or unknown.' }),
    attainmentPercent: t.exposeFloat('attainmentPercent', {
      nullable: true,
      description: 'The share that was good, in % of what has data.',
    }),
    objectivePercent: t.exposeFloat('objectivePercent', {
      description: 'The share that must be good, in %.',
    }),
    coverage: t.exposeFloat('coverage', { description: 'The share of its window that has data, 0..1.' }),
    budgetLeftPercent: t.exposeFloat('budgetLeftPercent', {
      nullable: true,
      description: 'The error budget that is left, in %; below 0 it is overspent.',
    }),
    cites: t.field({
      type: [Citation],
      description: 'The objective and its revision.',
      resolve: ({ cites }) => [...cites],
    }),
  }),
});

const IncidentRowType = builder.objectRef<IncidentRow>('ReviewedIncident').implement({
  description: 'One of the worst incidents of the week, with what is known of its cause.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the incident.' }),
    title: t.exposeString('title', { description: 'Its title.' }),
    service: t.exposeString('service', { nullable: true, description: 'The service where it was seen.' }),
    severity: t.exposeString('severity', { description: 'Its severity.' }),
    state: t.exposeString('state', { description: 'open or resolved.' }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'When it was first seen.' }),
    lastedSeconds: t.float({
      description: 'How long it went on within the week, in seconds.',
      resolve: ({ lastedMs }) => lastedMs / 1_000,
    }),
    certainty: t.exposeString('certainty', {
      description:
        '`confirmed` by a person, `ranked` first by the analysis and confirmed by nobody, or `unknown`.',
    }),
    cause: t.expose('cause', { type: ClaimType, description: 'What is known of its cause.' }),
  }),
});

const listOfClaims: [typeof ClaimType] = [ClaimType];

const claims = (read: (review: Review) => readonly ReviewClaim[], description: string) => ({
  type: listOfClaims,
  description,
  resolve: (review: Review) => [...read(review)],
});

const ReviewType = builder.objectRef<Review>('WeeklyReview').implement({
  description: 'The review of a week: the same evidence gives the same review.',
  fields: (t) => ({
    week: t.exposeString('week', { description: 'The week as ISO 8601 writes it.' }),
    timeZone: t.exposeString('timeZone', { description: 'The time zone in which its days begin.' }),
    window: t.expose('window', { type: TimeWindow, description: 'The part of it that is reviewed.' }),
    isOver: t.exposeBoolean('isOver', { description: 'Whether the week is over.' }),
    previous: t.exposeString('previous', { description: 'The week before.' }),
    next: t.exposeString('next', { description: 'The week after.' }),
    summary: t.field(claims(({ summary }) => summary, 'The week in a few sentences.')),
    health: t.field({
      type: [HealthRowType],
      description: 'The system first, then services, the lowest score first.',
      resolve: ({ health }) => [...health],
    }),
    trends: t.field(claims(({ trends }) => trends, 'What moved against the week before.')),
    slos: t.field({
      type: [SloRowType],
      description: 'The objectives, those in trouble first.',
      resolve: ({ slos }) => [...slos],
    }),
    incidentCount: t.exposeInt('incidentCount', { description: 'How many incidents were on.' }),
    incidents: t.field({
      type: [IncidentRowType],
      description: 'The worst of them: by severity, then by how long they went on.',
      resolve: ({ incidents }) => [...incidents],
    }),
    alerting: t.field(claims(({ alerting }) => alerting, 'How alerting worked.')),
    improvements: t.field(
      claims(({ improvements }) => improvements, 'What was improved, and whether it held.'),
    ),
    proposals: t.field({
      type: [RecommendationType],
      description: 'Up to five things to improve, the most gain for effort first.',
      resolve: ({ proposals }) => [...proposals],
    }),
    missing: t.field(claims(({ missing }) => missing, 'What is missing.')),
    document: t.string({
      description: 'The whole review as a document.',
      args: {
        format: t.arg({
          type: ReviewFormatEnum,
          required: true,
          defaultValue: 'markdown',
          description: 'How it is written.',
        }),
        template: t.arg.string({
          description: 'A template to use instead of the configured one: Markdown with Mustache.',
        }),
      },
      resolve: (review, { format, template }, { deps }) =>
        deps.reviews.write(
          review,
          format,
          template == null ? undefined : parseReviewTemplate(template, 'template'),
        ),
    }),
  }),
});

builder.queryField('weeklyReview', (t) =>
  t.field({
    type: ReviewType,
    nullable: true,
    description: 'The review of a week, as far as it is over. Null only with an error, which says why.',
    args: {
      week: t.arg.string({
        description: 'The week as ISO 8601 writes it, such as 2026-W04; the present one when absent.',
      }),
      timeZone: t.arg.string({
        required: true,
        defaultValue: 'UTC',
        description: 'The IANA time zone in which its days begin.',
      }),
    },
    resolve: async (_, { week, timeZone }, { deps, budget }) => {
      budget.spend('reviews');
      return await deps.reviews.draft(deps.reviews.week(week ?? undefined, timeZone));
    },
  }),
);
