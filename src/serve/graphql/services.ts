/** `services`, `service`, `dependencies` and `health`: what runs, who calls whom, and how it does. */
import type { DependencyEdge } from '../../graph/index.js';
import { pathOfEvent } from '../../model/index.js';
import { builder } from './builder.js';
import { connectionRef, mapPage, pageArgs, pageOfList, sizeOf } from './connection.js';
import type { GraphqlContext } from './context.js';
import { HealthType, healthOf } from './health.js';
import { Citation } from './receipts.js';

/** A service by its name; everything else of it is looked up when it is asked for. */
interface Service {
  readonly name: string;
}

const serviceNamed = (name: string): Service => ({ name });

/** Every service that evidence or a dependency speaks of, sorted. */
const knownServices = ({ deps }: GraphqlContext): readonly string[] => deps.graph.topology().services;

/** What a service is related to; counted, since everyone may be related to everyone, and again one level below. */
function relatives<T>(found: readonly T[], { budget }: GraphqlContext): readonly T[] {
  budget.spend('relatives', found.length);
  return found;
}

const healthWindow = {
  at: 'The end of the window; now when absent.',
  windowMinutes:
    'The length of the window, 1..1440 minutes. Without `at`, 5 is that of the last evaluation, which costs next to nothing and is at most two minutes old; any other is measured anew.',
};

/** A service, to which other files add what they know of it. */
export const ServiceType = builder.objectRef<Service>('Service');

const ServiceConnection = connectionRef('Service', ServiceType, 'counted');

const DependencyType = builder.objectRef<DependencyEdge>('Dependency').implement({
  description: 'A service calls another one.',
  fields: (t) => ({
    caller: t.field({
      type: ServiceType,
      description: 'The service that calls.',
      resolve: ({ caller }) => serviceNamed(caller),
    }),
    callee: t.field({
      type: ServiceType,
      description: 'The service that is called.',
      resolve: ({ callee }) => serviceNamed(callee),
    }),
    kind: t.exposeString('kind', {
      nullable: true,
      description: 'What kind of call it is, as its sender says.',
    }),
    receipt: t.field({
      type: Citation,
      description: 'The receipt that tells it.',
      resolve: ({ receipt }) => pathOfEvent(receipt),
    }),
  }),
});

builder.node(ServiceType, {
  description: 'A service that evidence or a dependency speaks of.',
  id: { resolve: ({ name }) => name },
  loadManyWithoutCache: async (names, context) => {
    const known = new Set(knownServices(context));
    return names.map((name) => (known.has(name) ? serviceNamed(name) : null));
  },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the service.' }),
    iri: t.string({
      description: 'The IRI of the service, which is also the address of its page.',
      resolve: ({ name }, _, { deps }) => deps.iris.of({ type: 'service', name }),
    }),
    callees: t.field({
      type: [ServiceType],
      description: 'The services that it calls.',
      resolve: ({ name }, _, context) =>
        relatives(context.deps.graph.topology().callees(name), context).map(serviceNamed),
    }),
    callers: t.field({
      type: [ServiceType],
      description: 'The services that call it.',
      resolve: ({ name }, _, context) =>
        relatives(context.deps.graph.topology().callers(name), context).map(serviceNamed),
    }),
    dependencies: t.field({
      type: [DependencyType],
      description: 'Its dependencies in either direction, each with the receipt that tells it.',
      resolve: ({ name }, _, context) => [...relatives(context.deps.graph.dependencies([name]), context)],
    }),
    health: t.field({
      type: HealthType,
      nullable: true,
      description: 'How it does, measured from its events; null only with an error, which says why.',
      args: {
        at: t.arg({ type: 'DateTime', description: healthWindow.at }),
        windowMinutes: t.arg.float({
          required: true,
          defaultValue: 30,
          description: healthWindow.windowMinutes,
        }),
      },
      resolve: ({ name }, question, context) => healthOf(name, question, context),
    }),
  }),
});

builder.queryField('services', (t) =>
  t.field({
    type: [ServiceType],
    description: 'Services that evidence or a dependency speaks of, by name.',
    args: {
      first: t.arg.int({ required: true, defaultValue: 100, description: 'How many, 1..100.' }),
      after: t.arg.string({ description: 'Continue after the service of this name.' }),
    },
    resolve: (_, { first, after }, context) => {
      const size = sizeOf(first);
      const names = knownServices(context);
      return names
        .filter((name) => after == null || name > after)
        .slice(0, size)
        .map(serviceNamed);
    },
  }),
);

builder.queryField('serviceConnection', (t) =>
  t.field({
    type: ServiceConnection,
    description: 'Services that evidence or a dependency speaks of, by name, as a connection.',
    args: pageArgs,
    resolve: async (_, page, context) => {
      const names = knownServices(context);
      return mapPage(await pageOfList(page, names, (name) => name), serviceNamed);
    },
  }),
);

builder.queryField('service', (t) =>
  t.field({
    type: ServiceType,
    nullable: true,
    description: 'The service of this name; null when no evidence speaks of it.',
    args: { name: t.arg.string({ required: true, description: 'The name of the service.' }) },
    resolve: (_, { name }, context) => (knownServices(context).includes(name) ? serviceNamed(name) : null),
  }),
);

builder.queryField('dependencies', (t) =>
  t.field({
    type: [DependencyType],
    description: 'Who calls whom.',
    args: { service: t.arg.string({ description: 'Only those of this service, in either direction.' }) },
    resolve: (_, { service }, { deps }) => [
      ...deps.graph.dependencies(...(service == null ? [] : [[service]])),
    ],
  }),
);

builder.queryField('health', (t) =>
  t.field({
    type: HealthType,
    nullable: true,
    description:
      'How the whole system does, measured from its events; null only with an error, which says why.',
    args: {
      at: t.arg({ type: 'DateTime', description: healthWindow.at }),
      windowMinutes: t.arg.float({
        required: true,
        defaultValue: 30,
        description: healthWindow.windowMinutes,
      }),
    },
    resolve: (_, question, context) => healthOf(undefined, question, context),
  }),
);
