/** All services with their pillars: sorted, filtered, and drawn only where they are seen. */
import { useMemo } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import type { Query } from '../data/query.js';
import type { OverviewStandingQuery, Pillar } from '../generated/graphql.js';
import { HealthMark, Mark } from '../parts/marks.js';
import { SortHead, type SortKey, sorted, useSorting } from '../parts/sorting.js';
import { Section, ServiceLink } from '../parts/text.js';
import { useRowWindow } from '../parts/window-rows.js';
import { Answered, NoData } from '../states/states.js';
import type { Standing } from './standing.js';

const ROW_PX = 34;

const pillars: readonly Pillar[] = ['jidoka', 'kanban', 'andon', 'heijunka'];

type ServiceStanding = Standing['services'][number];

const pillarOf = ({ health }: ServiceStanding, pillar: Pillar) =>
  health?.pillars.find((one) => one.pillar === pillar);

function keyOf(by: string): (one: ServiceStanding) => SortKey {
  const pillar = pillars.find((one) => one === by);
  if (pillar !== undefined) return (one) => pillarOf(one, pillar)?.score;
  if (by === 'health') return ({ health }) => health?.score;
  if (by === 'incidents') return ({ openIncidents }) => openIncidents;
  return ({ service }) => service.name;
}

/** The input that the pillar with the lowest score lost most by. */
function worstOf({ health }: ServiceStanding): string | null {
  const scored = health?.pillars.filter(({ score }) => score !== null) ?? [];
  const [lowest] = scored.toSorted((a, b) => (a.score ?? 0) - (b.score ?? 0));
  return lowest?.costMost ?? null;
}

function ServiceRow({ one }: { readonly one: ServiceStanding }) {
  const { service, health, openIncidents } = one;
  return (
    <tr style={{ height: `${ROW_PX}px` }}>
      <th scope="row" class="cut" title={service.name}>
        <ServiceLink name={service.name} />
      </th>
      <td>
        <HealthMark score={health?.score} band={health?.band} />
      </td>
      {pillars.map((pillar) => {
        const { score, band } = pillarOf(one, pillar) ?? { score: null, band: null };
        return (
          <td key={pillar} class="optional">
            <HealthMark score={score} band={band} isShort />
          </td>
        );
      })}
      <td class="cut optional">
        <code>{worstOf(one) ?? ''}</code>
      </td>
      <td class="figure">
        {openIncidents === 0 ? (
          <span class="soft">0</span>
        ) : (
          <b class="tone-bad">
            <Mark tone="bad" /> {openIncidents}
          </b>
        )}
      </td>
    </tr>
  );
}

function Filler({ heightPx }: { readonly heightPx: number }) {
  return heightPx === 0 ? null : (
    <tr style={{ height: `${heightPx}px` }}>
      <td />
    </tr>
  );
}

function Rows({ services }: { readonly services: readonly ServiceStanding[] }) {
  const [sorting, sort] = useSorting({ by: 'health', isDown: false });
  const rows = useMemo(
    () => sorted(sorted(services, keyOf('name'), false), keyOf(sorting.by), sorting.isDown),
    [services, sorting.by, sorting.isDown],
  );
  const { body, shown } = useRowWindow(rows.length, ROW_PX);
  const head = { sorting, sort };
  return (
    <table class="data services" aria-rowcount={rows.length + 1}>
      <thead>
        <tr>
          <SortHead name="name" label="Service" {...head} />
          <SortHead name="health" label="Health" {...head} />
          {pillars.map((pillar) => (
            <SortHead key={pillar} name={pillar} label={pillar} {...head} />
          ))}
          <th scope="col">What cost most</th>
          <SortHead name="incidents" label="Incidents" isFigure {...head} />
        </tr>
      </thead>
      <tbody ref={body}>
        <Filler heightPx={shown.beforePx} />
        {rows.slice(shown.first, shown.end).map((one) => (
          <ServiceRow key={one.service.name} one={one} />
        ))}
        <Filler heightPx={shown.afterPx} />
      </tbody>
    </table>
  );
}

function Filtered({ services }: { readonly services: readonly ServiceStanding[] }) {
  const [search, setSearch] = useSearchParams();
  const typed = search.get('service') ?? '';
  const shown = useMemo(
    () => services.filter(({ service }) => service.name.toLowerCase().includes(typed.toLowerCase())),
    [services, typed],
  );
  const filter = (text: string): void =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (text === '') next.delete('service');
        else next.set('service', text);
        return next;
      },
      { replace: true },
    );
  return (
    <>
      <div class="filters">
        <label>
          <span>Name contains</span>
          <input type="search" value={typed} onInput={({ currentTarget }) => filter(currentTarget.value)} />
        </label>
        <span class="soft" role="status">
          {shown.length === services.length
            ? `${services.length} services`
            : `${shown.length} of ${services.length} services`}
        </span>
      </div>
      {shown.length > 0 && <Rows services={shown} />}
    </>
  );
}

/** The table of the overview. */
export function ServiceTable({ query }: { readonly query: Query<OverviewStandingQuery> }) {
  return (
    <Section title="Services">
      <Answered query={query} what="services" lines={8}>
        {({ standing }) =>
          standing === null || standing.services.length === 0 ? (
            <NoData title="No service is known yet">
              A service appears with the first sample, event or dependency that names it.
            </NoData>
          ) : (
            <Filtered services={standing.services} />
          )
        }
      </Answered>
    </Section>
  );
}
