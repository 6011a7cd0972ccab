/** How everything does, kept up to date by what the server tells. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { type Change, onChanges } from '../data/live.js';
import { type Query, useQuery } from '../data/query.js';
import {
  type HealthDetailFragment,
  OverviewStandingDocument,
  type OverviewStandingQuery,
} from '../generated/graphql.js';

/** The standing as the page shows it. */
export type Standing = NonNullable<OverviewStandingQuery['standing']>;

type Healths = ReadonlyMap<string | null, { readonly at: number; readonly health: HealthDetailFragment }>;

function withChanges(healths: Healths, changes: readonly Change[]): Healths {
  const told = changes.flatMap((change) => (change.__typename === 'HealthChange' ? [change] : []));
  if (told.length === 0) return healths;
  const next = new Map(healths);
  for (const { at, service, health } of told) next.set(service, { at: Date.parse(at), health });
  return next;
}

function merged({ services, system, at }: Standing, healths: Healths): Standing {
  const since = Date.parse(at);
  const newer = (name: string | null): HealthDetailFragment | undefined => {
    const told = healths.get(name);
    return told !== undefined && told.at > since ? told.health : undefined;
  };
  const ofSystem = newer(null);
  const times = [...healths.values()].map((told) => told.at);
  return {
    at: new Date(Math.max(since, ...times)).toISOString(),
    system: ofSystem ?? system,
    services: services.map((one) => {
      const health = newer(one.service.name);
      return health === undefined ? one : { ...one, health };
    }),
  };
}

/** The standing at a time; at the present, with every change since that the server told. */
export function useStanding(at: string | null): Query<OverviewStandingQuery> {
  const query = useQuery(OverviewStandingDocument, { at });
  const [healths, setHealths] = useState<Healths>(() => new Map());
  useEffect(() => onChanges((changes) => setHealths((before) => withChanges(before, changes))), []);
  const { data } = query;
  const merging = useMemo(
    () =>
      data?.standing == null || at !== null ? data : { ...data, standing: merged(data.standing, healths) },
    [data, healths, at],
  );
  return { ...query, data: merging };
}
