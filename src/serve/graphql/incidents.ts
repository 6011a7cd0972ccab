/** `incidents` and `incident`: what was seen, and what the latest analysis of it found. */
import { type Incident, type RecordedCandidate, verdictsOn } from '../../rca/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';
import { CandidateType } from './candidates.js';
import { badCursor, connectionRef, keyOfCursor, pageOf, sizeOf } from './connection.js';
import { Citation } from './receipts.js';
import { WhyStep, whySteps } from './whys.js';

const IncidentState = builder.enumType('IncidentState', {
  description: 'Whether an incident still goes on.',
  values: { open: { description: 'It goes on.' }, resolved: { description: 'It is over.' } } as const,
});

/** Candidates with what people said of them. */
function judgedCandidates(incident: Incident, candidates: readonly RecordedCandidate[]) {
  return candidates.map((one) => ({ ...one, verdicts: verdictsOn(incident, one) }));
}

/** An incident, to which other files add what they know of it. */
export const IncidentType = builder.objectRef<Incident>('Incident').implement({
  description: 'An incident in its latest state.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the incident.' }),
    iri: t.string({
      description: 'The IRI of the incident, which is also the address of its page.',
      resolve: ({ id }, _, { deps }) => deps.iris.of({ type: 'incident', id }),
    }),
    state: t.expose('state', { type: IncidentState, description: 'Whether it still goes on.' }),
    title: t.exposeString('title', { description: 'The symptom in one line.' }),
    severity: t.exposeString('severity', { description: 'The severity, as its alert has it.' }),
    service: t.exposeString('service', { nullable: true, description: 'The service on which it is seen.' }),
    metric: t.exposeString('metric', { nullable: true, description: 'The metric on which it is seen.' }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      description: 'The first time anything was seen of it.',
    }),
    onsetAt: t.expose('onsetAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The earliest onset that the analysis found.',
    }),
    endsAt: t.expose('endsAt', { type: 'DateTime', nullable: true, description: 'When it was over.' }),
    runbookUrl: t.exposeString('runbookUrl', {
      nullable: true,
      description: 'The runbook that its alert names.',
    }),
    alertCount: t.int({
      description: 'How many alerts belong to it.',
      resolve: ({ alerts }) => alerts.length,
    }),
    alerts: t.field({
      type: [Citation],
      description:
        'The alerts that belong to it, in the order they joined; `alertCount` says how many there are.',
      args: {
        first: t.arg.int({ required: true, defaultValue: 100, description: 'How many, 1..100.' }),
        offset: t.arg.int({ required: true, defaultValue: 0, description: 'How many to pass over, from 0.' }),
      },
      resolve: ({ alerts }, { first, offset }) => {
        if (offset < 0) throw new ServeError('bad-request', `expected offset from 0, not ${offset}`);
        return alerts.slice(offset, offset + sizeOf(first));
      },
    }),
    evidenceUntil: t.expose('evidenceUntil', {
      type: 'DateTime',
      nullable: true,
      description:
        'Up to when its latest analysis looked at evidence: `rootCauseCandidates` at this time answers the same.',
    }),
    analyses: t.int({ description: 'How often it has been analysed.', resolve: ({ analysis }) => analysis }),
    candidates: t.field({
      type: [CandidateType],
      description: 'Possible causes, the most likely first.',
      resolve: (incident) => judgedCandidates(incident, incident.candidates),
    }),
    rejected: t.field({
      type: [CandidateType],
      description: 'Candidates that something ruled out.',
      resolve: (incident) => judgedCandidates(incident, incident.rejected),
    }),
    whys: t.field({
      type: [WhyStep],
      description: 'The Five Whys from the symptom down, as far as evidence goes.',
      resolve: ({ why }) => whySteps(why),
    }),
    missing: t.stringList({
      description: 'What evidence would be needed, where there is not enough.',
      resolve: ({ missing }) => [...missing],
    }),
  }),
});

const IncidentConnection = connectionRef('Incident', IncidentType);

builder.queryField('incidents', (t) =>
  t.field({
    type: IncidentConnection,
    description: 'Incidents, newest first.',
    args: {
      state: t.arg({ type: IncidentState, description: 'Only those in this state.' }),
      service: t.arg.string({ description: 'Only those seen on this service.' }),
      first: t.arg.int({ required: true, defaultValue: 20, description: 'How many, 1..100.' }),
      after: t.arg.string({ description: 'Continue after this cursor.' }),
    },
    resolve: async (_, { state, service, first, after }, { deps }) => {
      const size = sizeOf(first);
      const afterId = after == null ? undefined : keyOfCursor(after);
      if (afterId !== undefined && (await deps.incidents.get(afterId)) === undefined) throw badCursor();
      const found = await deps.incidents.list({
        ...(state == null ? {} : { state }),
        ...(service == null ? {} : { service }),
        ...(afterId === undefined ? {} : { after: afterId }),
        limit: size + 1,
      });
      return pageOf(found, size, ({ id }) => id);
    },
  }),
);

builder.queryField('incident', (t) =>
  t.field({
    type: IncidentType,
    nullable: true,
    description: 'The incident with this id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'The id of the incident.' }) },
    resolve: (_, { id }, { deps }) => deps.incidents.get(id),
  }),
);
