/** A service: how it does, what is measured of it, who it works with, and what happened to it. */
import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { onChanges } from '../data/live.js';
import { useQuery } from '../data/query.js';
import { ServiceFactsDocument, type ServiceFactsQuery } from '../generated/graphql.js';
import { ChangeStrip } from '../overview/change-strip.js';
import { PillarTable } from '../overview/health-panel.js';
import type { PageParams } from '../pages.js';
import { bandWord, Mark, toneOf } from '../parts/marks.js';
import { Section, ServiceLink } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { documentPath } from '../paths.js';
import { Answered, Empty, NoData } from '../states/states.js';
import { type Range, useRange } from '../time/range.js';
import { PillarMetrics } from './pillar-metrics.js';
import { ServiceIncidents, ServiceSlos } from './service-lists.js';
import { ServiceMetrics } from './service-metrics.js';

/** A service as the page shows it. */
export type ServiceFacts = NonNullable<ServiceFactsQuery['service']>;

function Neighbours({
  title,
  names,
  none,
}: {
  readonly title: string;
  readonly names: readonly string[];
  readonly none: string;
}) {
  return (
    <div>
      <h3>
        {title} <span class="soft">{names.length === 0 ? '' : names.length}</span>
      </h3>
      {names.length === 0 ? (
        <p class="soft">{none}</p>
      ) : (
        <ul class="neighbours">
          {names.map((name) => (
            <li key={name}>
              <ServiceLink name={name} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Health({ health }: Pick<ServiceFacts, 'health'>) {
  if (health === null || health.pillars.every(({ score }) => score === null)) {
    return (
      <NoData title="No pillar of it could be measured">
        Nothing that health is made of was heard of it in the half hour before.
      </NoData>
    );
  }
  return (
    <>
      <p class="system-score">
        <Mark tone={toneOf(health.band)} />
        <strong>{health.score === null ? '–' : Math.round(health.score)}</strong>
        <span>
          {bandWord(health.band)}{' '}
          <span class="soft small">
            over 30 min, from {health.metrics.filter(({ value }) => value !== null).length} of its{' '}
            {health.metrics.length} metrics
          </span>
        </span>
      </p>
      <PillarTable pillars={health.pillars} />
      <PillarMetrics metrics={health.metrics} />
    </>
  );
}

function Shown({
  service,
  range,
  at,
}: {
  readonly service: ServiceFacts;
  readonly range: Range;
  readonly at: string | null;
}) {
  const cursor = useMemo(() => signal<number | undefined>(undefined), []);
  return (
    <>
      <div class="overview-head">
        <Section title="Health">
          <Health health={service.health} />
        </Section>
        <div>
          <ServiceIncidents name={service.name} />
          <Section title="Dependencies">
            <div class="pair">
              <Neighbours
                title="Called by"
                names={service.callers.map(({ name }) => name)}
                none="Nobody that is known of."
              />
              <Neighbours
                title="Calls"
                names={service.callees.map(({ name }) => name)}
                none="None that is known of."
              />
            </div>
          </Section>
        </div>
      </div>
      <ChangeStrip range={range} service={service.name} />
      <ServiceSlos name={service.name} at={at} />
      <ServiceMetrics service={service} range={range} cursor={cursor} />
    </>
  );
}

function useReloadOnHealth(name: string, reload: () => void): void {
  useEffect(
    () =>
      onChanges((changes) => {
        const isMeant = changes.some((one) => one.__typename === 'HealthChange' && one.service === name);
        if (isMeant) reload();
      }),
    [name, reload],
  );
}

/** The page at `/services/NAME`. */
export function ServicePage({ name = '' }: PageParams) {
  const range = useRange('1h');
  const at = range.last === undefined ? new Date(range.to).toISOString() : null;
  const query = useQuery(ServiceFactsDocument, { name, at }, { subject: `service ${name}` });
  useReloadOnHealth(name, query.reload);
  useTitle(name);
  return (
    <>
      <div class="page-head">
        <div>
          <p class="small soft">
            <Link href="/">Services</Link> /
          </p>
          <h1>{name}</h1>
        </div>
        {query.data?.service != null && (
          <a class="button" href={documentPath(query.data.service.iri)}>
            As a document
          </a>
        )}
      </div>
      <Answered query={query} what="the service" lines={12}>
        {({ service }) =>
          service === null ? (
            <Empty title="No evidence speaks of such a service">
              Its name may be written differently, or nothing was ever heard of it. <kbd>/</kbd> searches all
              of them.
            </Empty>
          ) : (
            <Shown {...{ service, range, at }} />
          )
        }
      </Answered>
    </>
  );
}
