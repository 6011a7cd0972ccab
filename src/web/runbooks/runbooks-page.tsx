/** The runbooks: what to do about known failures, and which incidents they were for. */
import { Link } from 'wouter-preact';
import { useQuery } from '../data/query.js';
import { type RunbookLineFragment, RunbookListDocument } from '../generated/graphql.js';
import { useParameter } from '../parts/address.js';
import { IncidentLink } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { runbookPath } from '../paths.js';
import { Answered, Empty } from '../states/states.js';
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

function RunbookRow({
  runbook,
  uses,
}: {
  readonly runbook: RunbookLineFragment;
  readonly uses: readonly Use[] | undefined;
}) {
  const { name, title, owner, origin, services, severities } = runbook;
  return (
    <tr>
      <th scope="row">
        <Link href={runbookPath(name)}>{title}</Link>
        <div class="soft small">{name}</div>
      </th>
      <td>{services.length === 0 ? <span class="soft">any</span> : services.join(', ')}</td>
      <td>{severities.length === 0 ? <span class="soft">any</span> : severities.join(', ')}</td>
      <td>{owner ?? <span class="soft">–</span>}</td>
      <td class="soft">{origin === 'own' ? 'yours' : 'with Genchi'}</td>
      <td>
        <Uses uses={uses} />
      </td>
    </tr>
  );
}

function Filters() {
  const [words, setWords] = useParameter('words');
  const [origin, setOrigin] = useParameter('origin');
  return (
    <div class="filters">
      <label>
        <span>Search</span>
        <input type="search" value={words} onInput={({ currentTarget }) => setWords(currentTarget.value)} />
      </label>
      <label>
        <span>From</span>
        <select value={origin} onChange={({ currentTarget }) => setOrigin(currentTarget.value)}>
          <option value="">Anywhere</option>
          <option value="own">Yours</option>
          <option value="shipped">With Genchi</option>
        </select>
      </label>
    </div>
  );
}

function RunbookTable({ runbooks }: { readonly runbooks: readonly RunbookLineFragment[] }) {
  const { uses } = useUses();
  const usesFor = (name: string) => (uses === undefined ? undefined : (uses.get(name) ?? []));
  return (
    <div class="scroll">
      <table class="data">
        <thead>
          <tr>
            <th scope="col">Runbook</th>
            <th scope="col">Services</th>
            <th scope="col">Severity</th>
            <th scope="col">Owner</th>
            <th scope="col">Comes</th>
            <th scope="col">For incidents, of the newest 20</th>
          </tr>
        </thead>
        <tbody>
          {runbooks.map((runbook) => (
            <RunbookRow key={runbook.name} runbook={runbook} uses={usesFor(runbook.name)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The page. */
export function RunbooksPage() {
  useTitle('Runbooks');
  const query = useQuery(RunbookListDocument, {});
  const [words] = useParameter('words');
  const [origin] = useParameter('origin');
  return (
    <>
      <div class="page-head">
        <h1>Runbooks</h1>
      </div>
      <Filters />
      <Answered query={query} what="the runbooks" lines={8}>
        {({ runbooks, runbookFaults }) => {
          const shown = found(runbooks, { words, origin });
          return (
            <>
              {runbookFaults.map((fault) => (
                <p key={fault} class="partial">
                  {fault}
                </p>
              ))}
              {shown.length === 0 ? (
                <Empty title={runbooks.length === 0 ? 'There is no runbook' : 'No runbook is like that'}>
                  {runbooks.length === 0
                    ? 'A folder of your own is named by --runbooks.'
                    : `${runbooks.length} others are in force.`}
                </Empty>
              ) : (
                <RunbookTable runbooks={shown} />
              )}
            </>
          );
        }}
      </Answered>
    </>
  );
}
