/** `recommendations`: what to do first, with what shows it. */
import {
  type Recommendation,
  type RecommendationEvidence,
  type RecommendationSource,
  readFindings,
  recommend,
  recommendationSources,
} from '../../analysis/index.js';
import { builder } from './builder.js';
import { connectionRef, pageArgs, pageOfList } from './connection.js';
import { EffortEnum } from './efforts.js';

const sources = {
  'slo-burning': 'An objective burns its error budget too fast.',
  'slo-missed': 'An objective is missed.',
  'slo-unknown': 'An objective cannot be judged: less than half of its window has data.',
  pillar: 'A metric of the pillars misses its target.',
  trend: 'A metric gets worse.',
  reversal: 'A metric that got better gets worse.',
  'alert-unacknowledged': 'Nobody took on an incident for over 30 minutes.',
  'alert-volume': 'Over 50 alerts fired in a day.',
  'alert-storm': 'Over 10 alerts fired in a minute.',
  'alert-flapping': 'An alert fires and clears again and again.',
  'alerts-of-one-cause': 'One cause sets off several alerts.',
  'alert-threshold': 'An alert fires where its objective is missed already.',
  'metric-stalled': 'Metrics fell silent.',
  'metric-without-slo': 'A service has metrics with targets, and no objective.',
  'metric-duplicated': 'The same metric is sent twice.',
  'label-sensitive': 'A label looks like a credential or like personal data.',
} as const satisfies Record<RecommendationSource, string>;

const SourceEnum = builder.enumType('RecommendationSource', {
  description: 'What a recommendation comes from.',
  values: Object.fromEntries(
    recommendationSources.map((value) => [
      value.toUpperCase().replaceAll('-', '_'),
      { value, description: sources[value] },
    ]),
  ),
});

const Parameter = builder.objectRef<readonly [string, string]>('PackArgument').implement({
  description: 'A parameter of a query pack with its value.',
  fields: (t) => ({
    name: t.string({ description: 'The name of the parameter.', resolve: ([name]) => name }),
    value: t.string({ description: 'Its value.', resolve: ([, value]) => value }),
  }),
});

/** The address below the base at which a pack answers with these parameters. */
const questionPath = ({ pack, parameters }: Extract<RecommendationEvidence, { type: 'query' }>): string =>
  `/queries/${pack}?${new URLSearchParams(parameters)}`;

const EvidenceType = builder.objectRef<RecommendationEvidence>('RecommendationEvidence').implement({
  description: 'What shows a recommendation: a thing with an IRI, or a question of the query packs.',
  fields: (t) => ({
    iri: t.string({
      description: 'The IRI of the thing, or the address at which the question is answered.',
      resolve: (one, _, { deps }) =>
        one.type === 'thing' ? deps.iris.ofPath(one.path) : `${deps.iris.base}${questionPath(one)}`,
    }),
    pack: t.string({
      nullable: true,
      description: 'The name of the query pack; null for a thing.',
      resolve: (one) => (one.type === 'query' ? one.pack : undefined),
    }),
    parameters: t.field({
      type: [Parameter],
      description: 'The parameters that the pack is asked with.',
      resolve: (one) => (one.type === 'query' ? Object.entries(one.parameters) : []),
    }),
  }),
});

/** Something to do. */
export const RecommendationType = builder.objectRef<Recommendation>('Recommendation').implement({
  description: 'Something to do, what shows that it is worth doing, and how it ranks among others.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'The same while its trouble lasts, whatever its figures are: `source/service/subject`.',
    }),
    source: t.field({
      type: SourceEnum,
      description: 'What it comes from.',
      resolve: ({ source }) => source,
    }),
    priority: t.exposeInt('priority', {
      description: 'Which rank of urgency it has, from 1: 1 now, 2 today, 3 this week, 4 when there is time.',
    }),
    service: t.exposeString('service', {
      nullable: true,
      description: 'The service it is about; null for the whole system.',
    }),
    metric: t.exposeString('metric', { nullable: true, description: 'The metric it is about.' }),
    title: t.exposeString('title', { description: 'What was found, with its figures.' }),
    action: t.exposeString('action', { description: 'What to do about it.' }),
    evidence: t.field({
      type: [EvidenceType],
      description: 'What shows it.',
      resolve: ({ evidence }) => [...evidence],
    }),
    effort: t.expose('effort', { type: EffortEnum, description: 'How much work it is.' }),
    expectedGainPercent: t.exposeFloat('expectedGainPercent', {
      description: 'By how much the figure that it is about should become better, in % of it, 0..100.',
    }),
    gainBasis: t.exposeString('gainBasis', { description: 'How the gain was estimated.' }),
    rank: t.exposeFloat('rank', {
      description:
        'The gain in % for each hour of effort; small counts as 1.5 h, medium as 4 h, large as 8 h.',
    }),
  }),
});

const RecommendationConnection = connectionRef('Recommendation', RecommendationType, 'counted');

builder.queryField('recommendations', (t) =>
  t.field({
    type: RecommendationConnection,
    nullable: true,
    description:
      'What to do first, the most urgent first, then by rank: from the pillars over the last hour, objectives, trends of the week, alerts of the day, and what is measured. Null only with an error, which says why.',
    args: {
      ...pageArgs,
      service: t.arg.string({ description: 'Only what is about this service, with its trends.' }),
      source: t.arg({ type: SourceEnum, description: 'Only what comes from this.' }),
      at: t.arg({ type: 'DateTime', description: 'The time to look from; now when absent.' }),
    },
    resolve: async (_, { service, source, at, ...page }, { deps, budget, now }) => {
      budget.spend('recommendations');
      const question = { at: at ?? now, ...(service == null ? {} : { service }) };
      const measuring = { signals: deps.signals?.() ?? [] };
      const findings = await readFindings(
        { store: deps.store, metrics: deps.pillarMetrics, measuring },
        question,
      );
      const all = recommend(findings);
      const wanted = all.filter(
        (one) => (service == null || one.service === service) && (source == null || one.source === source),
      );
      return await pageOfList(page, wanted, ({ id }) => id);
    },
  }),
);
