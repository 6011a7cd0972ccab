/** All incidents, newest first. */
import { useSearchParams } from 'wouter-preact';
import { useQuery } from '../data/query.js';
import { type IncidentLineFragment, IncidentPageDocument, type IncidentState } from '../generated/graphql.js';
import type { Column } from '../lists/columns.js';
import { ChoiceFilter, Filters, WordFilter } from '../lists/filters.js';
import { ListTable } from '../lists/list-table.js';
import { Listed } from '../lists/listed.js';
import { useReloadOnIncidents } from '../overview/open-incidents.js';
import { SeverityBadge, StateBadge } from '../parts/marks.js';
import { IncidentLink, ServiceLink, Time } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { present, rangeIn, windowOf } from '../time/range.js';
import { LikelyCause, lastedMsOf, lastedOf } from './incident-line.js';

const states: readonly IncidentState[] = ['open', 'resolved'];
const SEVERITIES = ['critical', 'warning', 'info'];
const FILTERS = ['state', 'severity', 'service', 'from', 'to', 'last'];

const severityRank = (severity: string): number => {
  const place = SEVERITIES.indexOf(severity.toLowerCase());
  return place < 0 ? SEVERITIES.length : place;
};

const columns: readonly Column<IncidentLineFragment>[] = [
  {
    name: 'state',
    label: 'State',
    key: ({ state }) => state,
    cell: ({ state }) => <StateBadge state={state} />,
  },
  {
    ...{ name: 'severity', label: 'Severity', key: ({ severity }) => severityRank(severity) },
    cell: ({ severity }) => <SeverityBadge severity={severity} />,
  },
  {
    ...{ name: 'title', label: 'Incident', isHead: true, key: ({ title }) => title },
    cell: ({ id, title }) => <IncidentLink id={id}>{title}</IncidentLink>,
  },
  {
    ...{ name: 'service', label: 'Service', key: ({ service }) => service },
    cell: ({ service }) =>
      service === null ? <span class="soft">none named</span> : <ServiceLink name={service} />,
  },
  {
    ...{ name: 'since', label: 'First seen', key: ({ startsAt }) => Date.parse(startsAt) },
    cell: ({ startsAt }) => <Time at={startsAt} />,
  },
  {
    ...{ name: 'lasted', label: 'Lasted', isFigure: true },
    key: (incident) => lastedMsOf(incident, present.value),
    cell: lastedOf,
  },
  { name: 'cause', label: 'Likely cause', cell: (incident) => <LikelyCause incident={incident} /> },
];

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

const named = (values: readonly string[]) => values.map((value) => [value, value] as const);

const many = (count: number): string => (count === 1 ? 'one incident' : `${count} incidents`);

/** The page at `/incidents`. */
export function IncidentsPage() {
  useTitle('Incidents');
  const query = useQuery(IncidentPageDocument, useAsked(), { subject: 'incidents' });
  useReloadOnIncidents(query.reload);
  const count = query.data?.incidents.totalCount;
  return (
    <>
      <div class="page-head">
        <h1>Incidents</h1>
      </div>
      <Filters said={count == null ? undefined : many(count)}>
        <ChoiceFilter label="State" name="state" all="Any" choices={named(states)} />
        <ChoiceFilter label="Severity" name="severity" all="Any" choices={named(SEVERITIES)} />
        <WordFilter label="Service (in full)" name="service" />
      </Filters>
      <Listed
        query={query}
        what="incidents"
        filters={FILTERS}
        slice={({ incidents }) => incidents}
        none="No incident has been opened"
        advice="Alerts open them: the page Connect shows how an Alertmanager sends its own."
      >
        {(incidents) => (
          <ListTable label="Incidents" items={incidents} columns={columns} idOf={({ id }) => id} />
        )}
      </Listed>
    </>
  );
}
