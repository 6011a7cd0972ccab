/** The incidents and the objectives of a service. */
import { useQuery } from '../data/query.js';
import { ServiceIncidentsDocument, ServiceSlosDocument } from '../generated/graphql.js';
import { IncidentEntry } from '../incidents/incident-line.js';
import { useReloadOnIncidents } from '../overview/open-incidents.js';
import { SloTable } from '../overview/slo-panel.js';
import { Section } from '../parts/text.js';
import { Answered, Empty } from '../states/states.js';

/** Its incidents, newest first. */
export function ServiceIncidents({ name }: { readonly name: string }) {
  const query = useQuery(ServiceIncidentsDocument, { service: name }, { subject: `incidents ${name}` });
  useReloadOnIncidents(query.reload);
  return (
    <Section title="Incidents">
      <Answered query={query} what="incidents">
        {({ incidents: { nodes } }) =>
          nodes.length === 0 ? (
            <Empty title="None was seen on it" />
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

/** Its objectives. */
export function ServiceSlos({ name, at }: { readonly name: string; readonly at: string | null }) {
  const query = useQuery(ServiceSlosDocument, { service: name, at }, { subject: `objectives ${name}` });
  return (
    <Section title="Service level objectives">
      <Answered query={query} what="objectives">
        {({ slos: { nodes } }) =>
          nodes.length === 0 ? <Empty title="None is agreed for it" /> : <SloTable slos={nodes} />
        }
      </Answered>
    </Section>
  );
}
