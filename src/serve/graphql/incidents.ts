/** `incidents` and `incident`: what was seen, and what the latest analysis of it found. */
import { type Instant, instantOf } from '../../model/index.js';
import type { Incident, IncidentBounds } from '../../rca/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';
import {
  badCursor,
  connectionRef,
  type PageQuestion,
  type PageRead,
  pageArgs,
  readPage,
  sizeOf,
} from './connection.js';
import type { GraphqlContext } from './context.js';
import { Findings } from './findings.js';
import { Citation } from './receipts.js';

const IncidentState = builder.enumType('IncidentState', {
  description: 'Whether an incident still goes on.',
  values: { open: { description: 'It goes on.' }, resolved: { description: 'It is over.' } } as const,
});

/** An incident, to which other files add what they know of it. */
export const IncidentType = builder.node(builder.objectRef<Incident>('Incident'), {
  description: 'An incident in its latest state.',
  interfaces: [Findings],
  id: { description: 'The id of the incident. `node` takes it too.', resolve: ({ id }) => id },
  loadManyWithoutCache: async (ids, { deps }) => {
    const found = new Map((await deps.incidents.getMany(ids)).map((incident) => [incident.id, incident]));
    return ids.map((id) => found.get(id) ?? null);
  },
  fields: (t) => ({
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
  }),
});

const IncidentConnection = connectionRef('Incident', IncidentType, 'counted');

/** Which incidents are asked for, as the arguments have it. */
interface Bounds {
  readonly state?: Incident['state'] | null | undefined;
  readonly service?: string | null | undefined;
  readonly severities?: readonly string[] | null | undefined;
  readonly from?: Instant | null | undefined;
  readonly to?: Instant | null | undefined;
}

/** Times that are before, or after, everything. */
const [EVER, NEVER] = [instantOf(0), instantOf(Number.MAX_SAFE_INTEGER)];

function boundsOf({ state, service, severities, from, to }: Bounds): IncidentBounds {
  return {
    ...(state == null ? {} : { state }),
    ...(service == null ? {} : { service }),
    ...(severities == null ? {} : { severities }),
    ...(from == null && to == null ? {} : { window: { from: from ?? EVER, to: to ?? NEVER } }),
  };
}

/** Reads a page of incidents, newest first; a cursor must be of an incident that there is. */
async function readIncidents(page: PageQuestion, bounds: IncidentBounds, { deps }: GraphqlContext) {
  const read = async ({ direction, beyond, limit }: PageRead): Promise<readonly Incident[]> => {
    if (beyond !== undefined && (await deps.incidents.get(beyond)) === undefined) throw badCursor();
    return deps.incidents.list({
      ...bounds,
      ...(beyond === undefined ? {} : { after: beyond }),
      direction,
      limit,
    });
  };
  return { ...(await readPage(page, ({ id }) => id, read)), totalCount: deps.incidents.count(bounds) };
}

builder.queryField('incidents', (t) =>
  t.field({
    type: IncidentConnection,
    description: 'Incidents, newest first.',
    args: {
      state: t.arg({ type: IncidentState, description: 'Only those in this state.' }),
      service: t.arg.string({ description: 'Only those seen on this service.' }),
      severities: t.arg.stringList({ description: 'Only those of one of these severities.' }),
      from: t.arg({ type: 'DateTime', description: 'Only those that were still on at this time, or later.' }),
      to: t.arg({ type: 'DateTime', description: 'Only those that began before this time.' }),
      ...pageArgs,
    },
    resolve: (_, asked, context) => readIncidents(asked, boundsOf(asked), context),
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
