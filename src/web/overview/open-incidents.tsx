/** The incidents that go on now, with what the evidence points to. */
import { useEffect } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { onChanges } from '../data/live.js';
import { useQuery } from '../data/query.js';
import { OpenIncidentsDocument } from '../generated/graphql.js';
import { IncidentEntry } from '../incidents/incident-line.js';
import { Section } from '../parts/text.js';
import { Answered, Empty } from '../states/states.js';

/** Asks again whenever the server tells of a change of any incident. */
export function useReloadOnIncidents(reload: () => void, id?: string): void {
  useEffect(
    () =>
      onChanges((changes) => {
        const isMeant = changes.some(
          (change) =>
            change.__typename === 'IncidentChange' && (id === undefined || change.incident.id === id),
        );
        if (isMeant) reload();
      }),
    [reload, id],
  );
}

/** The first thing to see at night. */
export function OpenIncidents() {
  const query = useQuery(OpenIncidentsDocument, {});
  useReloadOnIncidents(query.reload);
  const count = query.data?.incidents.totalCount ?? 0;
  return (
    <Section
      title={count === 0 ? 'Open incidents' : `Open incidents: ${count}`}
      id="open-incidents"
      aside={<Link href="/incidents">All incidents</Link>}
    >
      <Answered query={query} what="open incidents" lines={5}>
        {({ incidents: { nodes } }) =>
          nodes.length === 0 ? (
            <Empty title="No incident is open">
              None of the alerts that reached Genchi stands. Whether all of them reach it, the silent metrics
              below tell.
            </Empty>
          ) : (
            <ul class="incident-entries">
              {nodes.map((incident) => (
                <IncidentEntry key={incident.id} incident={incident} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  );
}
