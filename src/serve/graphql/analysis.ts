/** `rootCauseCandidates`: an analysis with its candidates. */
import type { Analysis, Degradation, Incident, LearnedFrom, Localisation } from '../../rca/index.js';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import { Findings } from './findings.js';
import { IncidentType } from './incidents.js';
import { baselineOf, TimeWindow, windowMsOf } from './window.js';

const LearnedFromType = builder.objectRef<LearnedFrom>('LearnedFrom').implement({
  description: 'The verdicts that an analysis learned from: the same ones teach the same.',
  fields: (t) => ({
    incidents: t.exposeInt('incidents', { description: 'How many incidents with a confirmed cause.' }),
    latestVerdictAt: t.expose('latestVerdictAt', {
      type: 'DateTime',
      description: 'When the latest of the verdicts was given.',
    }),
  }),
});

const DegradationType = builder.objectRef<Degradation>('Degradation').implement({
  description: 'How far a service is degraded, and how much of that is its own.',
  fields: (t) => ({
    service: t.exposeString('service', { description: 'The name of the service.' }),
    own: t.exposeFloat('own', {
      description: 'What is left when the part that the services it calls explain is taken off, 0..1.',
    }),
    explained: t.exposeFloat('explained', {
      description: 'The part of what its callers feel that the services it calls explain, 0..1.',
    }),
    explainedBy: t.exposeString('explainedBy', {
      nullable: true,
      description: 'The service it calls that explains most of it.',
    }),
    onsetAt: t.expose('onsetAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it began; null where no lasting change was found.',
    }),
    isMeasured: t.exposeBoolean('measured', {
      description: 'Whether any series or failure of it is recorded: without, nothing is known of it.',
    }),
  }),
});

const LocalisationType = builder.objectRef<Localisation>('Localisation').implement({
  description: 'Whose degradation is its own, among the services within reach of a symptom.',
  fields: (t) => ({
    reach: t.stringList({
      description: 'The services within reach: its own and everything it calls, directly or not.',
      resolve: ({ reach }) => [...reach],
    }),
    degradations: t.field({
      type: [DegradationType],
      description: 'How far each service within reach is degraded, those with most of their own first.',
      resolve: ({ degradations }) => [...degradations],
    }),
  }),
});

/** What an analysis of the same evidence says again of an incident that was read back from its receipts. */
async function localised(
  { service, metric, evidenceUntil }: Incident,
  { deps, budget }: GraphqlContext,
): Promise<Localisation | undefined> {
  if (service === undefined || evidenceUntil === undefined) return undefined;
  budget.spend('analyses');
  const windowMs = deps.incidentWindowMs ?? windowMsOf(30);
  return deps.analyse(
    { service, at: evidenceUntil, windowMs, ...(metric === undefined ? {} : { metric }) },
    true,
  );
}

builder.objectField(IncidentType, 'localisation', (t) =>
  t.field({
    type: LocalisationType,
    nullable: true,
    description:
      'Whose degradation is its own, as its latest analysis found it; null before the first, and where no service is named.',
    resolve: (incident, _, context) =>
      context.deps.incidents.localisation(incident.id) ?? localised(incident, context),
  }),
);

const AnalysisType = builder.objectRef<Analysis>('Analysis').implement({
  description: 'The answer of an analysis; the same question over the same evidence has the same answer.',
  interfaces: [Findings],
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
    symptomMetric: t.exposeString('symptomMetric', {
      nullable: true,
      description: 'The metric on which the symptom was found.',
    }),
    firstFailing: t.exposeString('firstFailing', {
      description:
        'The service where failing begins, as far as callers feel it; the one asked about when nothing tells.',
    }),
    affected: t.stringList({
      description: 'Other services that are degraded too.',
      resolve: ({ affected }) => [...affected],
    }),
    reach: t.stringList({
      description: 'The services within reach: its own and everything it calls, directly or not.',
      resolve: ({ reach }) => [...reach],
    }),
    degradations: t.field({
      type: [DegradationType],
      description: 'How far each service within reach is degraded, those with most of their own first.',
      resolve: ({ degradations }) => [...degradations],
    }),
    seriesScanned: t.exposeInt('seriesScanned', { description: 'How many series were compared.' }),
    learnedFrom: t.expose('learnedFrom', {
      type: LearnedFromType,
      nullable: true,
      description: 'The verdicts on past incidents that moved the scores; null where none did.',
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
      learned: t.arg.boolean({
        required: true,
        defaultValue: true,
        description: 'Whether verdicts on past incidents, given before that time, move the scores.',
      }),
      baselineFrom: t.arg({
        type: 'DateTime',
        description:
          'Begin of what metrics are compared with, when hindsight has better than the time just before: a quiet day, or the whole day round the incident. With baselineTo.',
      }),
      baselineTo: t.arg({ type: 'DateTime', description: 'Its end, which is no part of it.' }),
    },
    resolve: (_, asked, { deps, now, budget }) => {
      const { service, metric, at, windowMinutes, baselineFrom, baselineTo, learned } = asked;
      const windowMs = windowMsOf(windowMinutes);
      const comparedWith = baselineOf(baselineFrom, baselineTo);
      budget.spend('analyses');
      return deps.analyse(
        {
          service,
          at: at ?? now,
          windowMs,
          ...(metric == null ? {} : { metric }),
          ...(comparedWith === undefined ? {} : { comparedWith }),
        },
        learned,
      );
    },
  }),
);
