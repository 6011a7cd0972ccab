/** Subscriptions: `incidentChanged`, `healthChanged` and `sloChanged`, over server-sent events. */
import type { Health, SloStatus, Standing } from '../../analysis/index.js';
import { type Instant, pathOfEvent } from '../../model/index.js';
import type { IncidentChange, incidentChangeTypes } from '../../rca/index.js';
import { clientOf } from '../client.js';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import { BandEnum, HealthType } from './health.js';
import { IncidentType } from './incidents.js';
import { Citation } from './receipts.js';
import { SloStateEnum } from './slo-enums.js';
import { SloType } from './slo-types.js';
import { changedHealths, changedSlos } from './standing-changes.js';
import type { Source } from './subscribers.js';

const changeTypes = {
  opened: { description: 'It was opened, and analysed for the first time.' },
  changed: { description: 'A later analysis came to something else.' },
  acknowledged: { description: 'Somebody took it on.' },
  verdict: { description: 'Somebody said what the cause was.' },
  resolved: { description: 'It is over.' },
  reopened: { description: 'It goes on after it was over.' },
} as const satisfies Record<(typeof incidentChangeTypes)[number], { readonly description: string }>;

const ChangeTypeEnum = builder.enumType('IncidentChangeType', {
  description: 'What became of an incident.',
  values: changeTypes,
});

/** A change of an incident. */
export const IncidentChangeType = builder.objectRef<IncidentChange>('IncidentChange').implement({
  description: 'A change of an incident, told after its receipts were recorded.',
  fields: (t) => ({
    key: t.exposeString('id', { description: 'The same for the same change, to tell repeats by.' }),
    type: t.expose('type', { type: ChangeTypeEnum, description: 'What became of it.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was recorded.' }),
    incident: t.expose('incident', { type: IncidentType, description: 'The incident as it stands then.' }),
  }),
});

/** A health that changed, with what it was. */
export interface HealthChange {
  readonly at: Instant;
  readonly health: Health;
  readonly before: Health | undefined;
}

/** A health that changed. */
export const HealthChangeType = builder.objectRef<HealthChange>('HealthChange').implement({
  description: 'The health of a service, or of the whole system, that changed.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The time of the evaluation that found it.' }),
    service: t.string({
      nullable: true,
      description: 'The name of the service; null for the whole system.',
      resolve: ({ health }) => health.service,
    }),
    health: t.expose('health', { type: HealthType, description: 'The health as it is now.' }),
    scoreBefore: t.float({
      nullable: true,
      description: 'The score that was told before, 0..100; null at first and where there was none.',
      resolve: ({ before }) => before?.score,
    }),
    bandBefore: t.field({
      type: BandEnum,
      nullable: true,
      description: 'The band of that score.',
      resolve: ({ before }) => before?.band,
    }),
  }),
});

/** An objective that changed, with what it was. */
export interface SloChange {
  readonly at: Instant;
  readonly status: SloStatus;
  readonly before: SloStatus | undefined;
}

/** An objective that changed. */
export const SloChangeType = builder.objectRef<SloChange>('SloChange').implement({
  description:
    'A service level objective that changed: its state, the burn rates that fire, or its revision.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The time of the evaluation that found it.' }),
    name: t.string({ description: 'The name of the objective.', resolve: ({ status }) => status.slo.slo }),
    service: t.string({
      nullable: true,
      description: 'The service it is about.',
      resolve: ({ status }) => status.slo.service,
    }),
    state: t.field({
      type: SloStateEnum,
      description: 'Whether it is met now.',
      resolve: ({ status }) => status.state,
    }),
    stateBefore: t.field({
      type: SloStateEnum,
      nullable: true,
      description: 'The state that was told before; null at first.',
      resolve: ({ before }) => before?.state,
    }),
    attainmentPercent: t.float({
      nullable: true,
      description: 'The share of minutes or events with data that were good, in %; null without data.',
      resolve: ({ status }) => status.attainmentPercent,
    }),
    slo: t.expose('status', { type: SloType, description: 'The objective as it is judged now.' }),
    revision: t.field({
      type: Citation,
      description: 'The receipt of the revision that is judged.',
      resolve: ({ status }) => pathOfEvent(status.slo),
    }),
  }),
});

/** Lets who asks listen to a source, as one of the subscribers. */
export const listen = <T>(
  source: Source<T>,
  { deps, drop, until, principal, address }: GraphqlContext,
): AsyncIterableIterator<T> =>
  deps.subscribers.listen(source, { client: clientOf(principal, address), drop, until });

/** What changes of the standing: first all of it as it stands, then what an evaluation finds changed. */
export function standingSource<T>(
  { deps }: GraphqlContext,
  changesOf: (standing: Standing) => readonly T[],
): Source<T> {
  return (put) => {
    const tell = (standing: Standing): void => changesOf(standing).forEach(put);
    const now = deps.board.current();
    if (now !== undefined) tell(now);
    return deps.board.subscribe(tell);
  };
}

const AGAIN =
  'It begins with how things stand, so that whoever connects again after a break has missed nothing that still holds.';

builder.subscriptionType({
  description:
    'What is told as it happens, by server-sent events: ask with `Accept: text/event-stream`, one operation a connection. Every 12 seconds a comment keeps the connection alive; a client that reads too slowly is cut off, one that comes when all places are taken gets 503, and a server that stops sends `complete`.',
});

builder.subscriptionFields((t) => ({
  incidentChanged: t.field({
    type: IncidentChangeType,
    description:
      'Every change of an incident from now on. What happened before, or while the connection was broken, is not repeated: ask `incidents` after connecting.',
    args: {
      service: t.arg.string({ description: 'Only incidents seen on this service.' }),
      types: t.arg({ type: [ChangeTypeEnum], description: 'Only changes of these sorts.' }),
    },
    subscribe: (_, { service, types }, context) =>
      listen<IncidentChange>(
        (put) =>
          context.deps.incidentFeed.subscribe((change) => {
            const isMeant =
              (service == null || change.incident.service === service) &&
              (types == null || types.includes(change.type));
            if (isMeant) put(change);
          }),
        context,
      ),
    resolve: (change) => change,
  }),
  healthChanged: t.field({
    type: HealthChangeType,
    description: `Each health whose band, or that of one of its pillars, changed, or whose score moved. ${AGAIN}`,
    args: {
      services: t.arg.stringList({
        description: 'Only of these services; of the whole system and every service when absent.',
      }),
      minPoints: t.arg.float({
        required: true,
        defaultValue: 1,
        description: 'By how many of the 100 points a score must have moved since it was last told.',
      }),
    },
    subscribe: (_, { services, minPoints }, context) =>
      listen<HealthChange>(
        standingSource(context, changedHealths(services ?? undefined, minPoints)),
        context,
      ),
    resolve: (change) => change,
  }),
  sloChanged: t.field({
    type: SloChangeType,
    description: `Each objective whose state, firing burn rates or revision changed. ${AGAIN}`,
    args: {
      names: t.arg.stringList({ description: 'Only objectives of these names.' }),
      services: t.arg.stringList({ description: 'Only objectives about these services.' }),
    },
    subscribe: (_, { names, services }, context) =>
      listen<SloChange>(
        standingSource(context, changedSlos(names ?? undefined, services ?? undefined)),
        context,
      ),
    resolve: (change) => change,
  }),
}));
