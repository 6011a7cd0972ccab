/** An incident: what is seen, what caused it and how that is known, and what to do. */
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { useQuery } from '../data/query.js';
import { IncidentFactsDocument, type IncidentFactsQuery } from '../generated/graphql.js';
import { useReloadOnIncidents } from '../overview/open-incidents.js';
import type { PageParams } from '../pages.js';
import { useTitle } from '../parts/title.js';
import { Answered, Empty } from '../states/states.js';
import { ActionsProvider } from './acting.js';
import { Answer } from './answer.js';
import { Candidates, Missing, RuledOut } from './candidates.js';
import { DependencyGraph } from './dependency-graph.js';
import { Help } from './help.js';
import { IncidentHead } from './incident-head.js';
import { Said } from './said.js';
import { Timeline } from './timeline.js';
import { WhyChain } from './why-chain.js';

/** An incident as the page shows it. */
export type IncidentFacts = NonNullable<IncidentFactsQuery['incident']>;

function Shown({ incident }: { readonly incident: IncidentFacts }) {
  const cursor = useMemo(() => signal<number | undefined>(undefined), []);
  return (
    <>
      <IncidentHead incident={incident} />
      <Answer incident={incident} />
      <div class="incident-body">
        <Timeline incident={incident} cursor={cursor} />
        <div class="incident-columns">
          <div>
            <Candidates incident={incident} />
            <Missing incident={incident} />
            <RuledOut incident={incident} />
          </div>
          <div>
            <WhyChain whys={incident.whys} />
            <DependencyGraph incident={incident} />
            <Help id={incident.id} />
            <Said incident={incident} />
          </div>
        </div>
      </div>
    </>
  );
}

/** The page at `/incidents/ID`. */
export function IncidentPage({ id = '' }: PageParams) {
  const query = useQuery(IncidentFactsDocument, { id }, { subject: `incident ${id}` });
  useReloadOnIncidents(query.reload, id);
  useTitle(query.data?.incident?.title ?? `Incident ${id}`);
  return (
    <Answered query={query} what="the incident" lines={14}>
      {({ incident }) =>
        incident === null ? (
          <>
            <h1>No such incident</h1>
            <Empty title={`Nothing is recorded of an incident ${id}`}>
              The link may be cut off, or be of another server.
            </Empty>
          </>
        ) : (
          <ActionsProvider value={{ incident: incident.id, reload: query.reload }}>
            <Shown incident={incident} />
          </ActionsProvider>
        )
      }
    </Answered>
  );
}
