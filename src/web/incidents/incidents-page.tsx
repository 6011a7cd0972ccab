/** All incidents, newest first. */
import { useSearchParams } from 'wouter-preact';
import { useQuery } from '../data/query.js';
import { type IncidentLineFragment, IncidentPageDocument, type IncidentState } from '../generated/graphql.js';
import { useReloadOnIncidents } from '../overview/open-incidents.js';
import { useParameter } from '../parts/address.js';
import { SeverityBadge, StateBadge } from '../parts/marks.js';
import { IncidentLink, ServiceLink, Time } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { Answered, Empty } from '../states/states.js';
import { rangeIn, windowOf } from '../time/range.js';
import { LikelyCause, lastedOf } from './incident-line.js';

const states: readonly IncidentState[] = ['open', 'resolved'];
const SEVERITIES = ['critical', 'warning', 'info'];

function IncidentRow({ incident }: { readonly incident: IncidentLineFragment }) {
  const { id, title, state, severity, service, startsAt } = incident;
  return (
    <tr>
      <td>
        <StateBadge state={state} />
      </td>
      <td>
        <SeverityBadge severity={severity} />
      </td>
      <th scope="row">
        <IncidentLink id={id}>{title}</IncidentLink>
      </th>
      <td>{service === null ? <span class="soft">none named</span> : <ServiceLink name={service} />}</td>
      <td>
        <Time at={startsAt} />
      </td>
      <td class="figure">{lastedOf(incident)}</td>
      <td>
        <LikelyCause incident={incident} />
      </td>
    </tr>
  );
}

function Choice({
  label,
  name,
  values,
}: {
  readonly label: string;
  readonly name: string;
  readonly values: readonly string[];
}) {
  const [value, set] = useParameter(name);
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
        <option value="">Any</option>
        {[...new Set([...values, ...(value === '' ? [] : [value])])].map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}

function ServiceChoice() {
  const [value, set] = useParameter('service');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        set(String(new FormData(event.currentTarget).get('service')).trim());
      }}
    >
      <label>
        <span>Service (in full)</span>
        <input name="service" type="search" key={value} defaultValue={value} />
      </label>{' '}
      <button type="submit">Filter</button>
    </form>
  );
}

/** What is asked for, as the address has it. */
function useAsked() {
  const [search] = useSearchParams();
  const range = rangeIn(search);
  const severity = search.get('severity');
  return {
    state: states.find((state) => state === search.get('state')) ?? null,
    service: search.get('service'),
    severities: severity === null ? null : [severity],
    ...(range === undefined ? { from: null, to: null } : windowOf(range)),
    after: search.get('after'),
  };
}

function IncidentTable({ incidents }: { readonly incidents: readonly IncidentLineFragment[] }) {
  return (
    <div class="scroll">
      <table class="data wide">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Severity</th>
            <th scope="col">Incident</th>
            <th scope="col">Service</th>
            <th scope="col">First seen</th>
            <th scope="col" class="figure">
              Lasted
            </th>
            <th scope="col">Likely cause</th>
          </tr>
        </thead>
        <tbody>
          {incidents.map((incident) => (
            <IncidentRow key={incident.id} incident={incident} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The page at `/incidents`. */
export function IncidentsPage() {
  const asked = useAsked();
  const query = useQuery(IncidentPageDocument, asked, { subject: 'incidents' });
  const [after, setAfter] = useParameter('after');
  useReloadOnIncidents(query.reload);
  useTitle('Incidents');
  return (
    <>
      <div class="page-head">
        <h1>Incidents</h1>
      </div>
      <div class="filters">
        <Choice label="State" name="state" values={states} />
        <Choice label="Severity" name="severity" values={SEVERITIES} />
        <ServiceChoice />
        <span class="soft" role="status">
          {query.data !== undefined && `${query.data.incidents.totalCount ?? 0} incidents`}
        </span>
      </div>
      <Answered query={query} what="incidents" lines={10}>
        {({ incidents: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <Empty title="No incident matches">
              Choose other filters, or another span of time; without one, all times are listed.
            </Empty>
          ) : (
            <>
              <IncidentTable incidents={nodes} />
              <nav class="row pager" aria-label="Pages of the list">
                <button type="button" disabled={after === ''} onClick={() => setAfter('')}>
                  Newest
                </button>
                <button
                  type="button"
                  disabled={!pageInfo.hasNextPage}
                  onClick={() => setAfter(pageInfo.endCursor ?? '')}
                >
                  Older
                </button>
              </nav>
            </>
          )
        }
      </Answered>
    </>
  );
}
