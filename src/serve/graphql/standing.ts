/** `standing`: the health of the system and of every service at once, as a page of everything shows it. */
import type { Health } from '../../analysis/index.js';
import type { Instant } from '../../model/index.js';
import { builder } from './builder.js';
import type { GraphqlContext } from './context.js';
import { HealthType } from './health.js';
import { ServiceType } from './services.js';
import { windowBefore } from './window.js';

/** How far back the health of a time other than now looks, as the live evaluation does. */
const WINDOW_MINUTES = 30;

/** A service with its health, which one that only calls or is called has none of. */
interface ServiceStanding {
  readonly name: string;
  readonly health: Health | undefined;
  readonly openIncidents: number;
}

interface SystemStanding {
  readonly at: Instant;
  readonly system: Health | undefined;
  readonly services: readonly ServiceStanding[];
}

const ServiceStandingType = builder.objectRef<ServiceStanding>('ServiceStanding').implement({
  description: 'A service and how it does.',
  fields: (t) => ({
    service: t.field({
      type: ServiceType,
      description: 'The service.',
      resolve: ({ name }) => ({ name }),
    }),
    health: t.expose('health', {
      type: HealthType,
      nullable: true,
      description: 'Its health; null for one that nothing was measured of.',
    }),
    openIncidents: t.exposeInt('openIncidents', {
      description: 'How many incidents seen on it are open now.',
    }),
  }),
});

const SystemStandingType = builder.objectRef<SystemStanding>('SystemStanding').implement({
  description: 'How the whole system and each of its services do.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The time that it speaks of.' }),
    system: t.expose('system', {
      type: HealthType,
      nullable: true,
      description: 'The health of the whole system; null before anything was measured.',
    }),
    services: t.field({
      type: [ServiceStandingType],
      description: 'Every service that evidence or a dependency speaks of, by name.',
      resolve: ({ services }) => [...services],
    }),
  }),
});

function openByService({ deps }: GraphqlContext): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { service } of deps.incidents.open()) {
    if (service !== undefined) counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  return counts;
}

async function healthsAt(
  at: Instant | null | undefined,
  { deps, now, health }: GraphqlContext,
): Promise<{ readonly at: Instant; readonly scopes: readonly Health[] }> {
  const current = at == null ? deps.board.current() : undefined;
  if (current !== undefined) return current;
  const moment = at ?? now;
  return { at: moment, scopes: await health.all(windowBefore(moment, WINDOW_MINUTES)) };
}

builder.queryField('standing', (t) =>
  t.field({
    type: SystemStandingType,
    description: 'How the whole system and each of its services do: what the live evaluation found last.',
    args: {
      at: t.arg({
        type: 'DateTime',
        description: 'Another time, which is measured anew over the 30 minutes before it.',
      }),
    },
    resolve: async (_, { at }, context) => {
      const { at: moment, scopes } = await healthsAt(at, context);
      const byName = new Map(scopes.map((health) => [health.service, health]));
      const told = scopes.flatMap(({ service }) => service ?? []);
      const known = await context.deps.store.services();
      const names = new Set([...told, ...known, ...context.deps.graph.topology().services]);
      const open = openByService(context);
      return {
        at: moment,
        system: byName.get(undefined),
        services: [...names].sort().map((name) => ({
          name,
          health: byName.get(name),
          openIncidents: open.get(name) ?? 0,
        })),
      };
    },
  }),
);
