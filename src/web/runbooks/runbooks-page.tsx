/** The runbooks: what to do about known failures, and which incidents they were for. */
import { useMemo } from 'preact/hooks';
import { useQuery } from '../data/query.js';
import { type RunbookLineFragment, RunbookListDocument } from '../generated/graphql.js';
import type { Column } from '../lists/columns.js';
import { ChoiceFilter, Filters, WordFilter } from '../lists/filters.js';
import { ListTable } from '../lists/list-table.js';
import { Listed } from '../lists/listed.js';
import { NameCell } from '../lists/name-cell.js';
import { useParameter } from '../parts/address.js';
import { IncidentLink } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { runbookPath } from '../paths.js';
import { found } from './found.js';
import { type Use, useUses } from './use-incidents.js';

const SHOWN = 2;

function Uses({ uses }: { readonly uses: readonly Use[] | undefined }) {
  if (uses === undefined) return <span class="soft">…</span>;
  if (uses.length === 0) return <span class="soft">none</span>;
  return (
    <>
      {uses.slice(0, SHOWN).map(({ incident }) => (
        <div key={incident.id}>
          <IncidentLink id={incident.id}>{incident.title}</IncidentLink>
        </div>
      ))}
      {uses.length > SHOWN && <span class="soft small">{uses.length - SHOWN} more</span>}
    </>
  );
}

const anyOf = (values: readonly string[]) =>
  values.length === 0 ? <span class="soft">any</span> : values.join(', ');

/** The columns, with the incidents that each runbook was for where they are known by now. */
const columnsWith = (
  uses: ReadonlyMap<string, readonly Use[]> | undefined,
): readonly Column<RunbookLineFragment>[] => [
  {
    ...{ name: 'title', label: 'Runbook', isHead: true, key: ({ title }) => title },
    cell: ({ name, title }) => <NameCell href={runbookPath(name)} title={title} name={name} />,
  },
  {
    ...{ name: 'services', label: 'Services', key: ({ services }) => services.join(', ') },
    cell: ({ services }) => anyOf(services),
  },
  { name: 'severity', label: 'Severity', cell: ({ severities }) => anyOf(severities) },
  {
    ...{ name: 'owner', label: 'Owner', key: ({ owner }) => owner },
    cell: ({ owner }) => owner ?? <span class="soft">–</span>,
  },
  {
    ...{ name: 'origin', label: 'Comes', key: ({ origin }) => origin },
    cell: ({ origin }) => <span class="soft">{origin === 'own' ? 'yours' : 'with Genchi'}</span>,
  },
  {
    ...{
      name: 'uses',
      label: 'For incidents, of the newest 20',
      key: ({ name }) => uses?.get(name)?.length ?? 0,
    },
    cell: ({ name }) => <Uses uses={uses === undefined ? undefined : (uses.get(name) ?? [])} />,
  },
];

function RunbookTable({ runbooks }: { readonly runbooks: readonly RunbookLineFragment[] }) {
  const { uses } = useUses();
  const columns = useMemo(() => columnsWith(uses), [uses]);
  return <ListTable label="Runbooks" items={runbooks} columns={columns} idOf={({ name }) => name} />;
}

/** The page. */
export function RunbooksPage() {
  useTitle('Runbooks');
  const query = useQuery(RunbookListDocument, {});
  const [[words], [origin]] = [useParameter('words'), useParameter('origin')];
  const all = query.data?.runbooks ?? [];
  const shown = found(all, { words, origin });
  return (
    <>
      <div class="page-head">
        <h1>Runbooks</h1>
        <a href="/id/runbooks">As a document</a>
      </div>
      <Filters said={query.data && `${shown.length} of ${all.length}`}>
        <WordFilter name="words" label="Search" isLive />
        <ChoiceFilter
          name="origin"
          label="From"
          all="Anywhere"
          choices={[
            ['own', 'Yours'],
            ['shipped', 'With Genchi'],
          ]}
        />
      </Filters>
      {query.data?.runbookFaults.map((fault) => (
        <p key={fault} class="partial">
          {fault}
        </p>
      ))}
      <Listed
        query={query}
        what="the runbooks"
        filters={['words', 'origin']}
        slice={() => ({ nodes: shown })}
        none="There is no runbook"
        advice="A folder of your own is named by --runbooks."
      >
        {(runbooks) => <RunbookTable runbooks={runbooks} />}
      </Listed>
    </>
  );
}
