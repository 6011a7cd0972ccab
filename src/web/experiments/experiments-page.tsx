/** The experiments: what runs, what was tried, and what came of it. */
import { useQuery } from '../data/query.js';
import { type ExperimentLineFragment, ExperimentListDocument } from '../generated/graphql.js';
import type { Column } from '../lists/columns.js';
import { ChoiceFilter, Filters, WordFilter } from '../lists/filters.js';
import { ListTable } from '../lists/list-table.js';
import { Listed } from '../lists/listed.js';
import { NameCell } from '../lists/name-cell.js';
import { HeadWithOpeners } from '../lists/opener.js';
import { useParameter } from '../parts/address.js';
import { Badge } from '../parts/marks.js';
import { ServiceLink, Time } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { experimentPath } from '../paths.js';
import { StartForm } from './start-form.js';
import { changeOf, verdictWords } from './words.js';

function Outcome({ experiment }: { readonly experiment: ExperimentLineFragment }) {
  if (experiment.state === 'RUNNING') return <Badge tone="accent" word="runs" />;
  const verdict = Object.entries(verdictWords).find(
    ([name]) => name.toLowerCase() === experiment.outcome?.toLowerCase(),
  );
  if (verdict === undefined) return <span class="soft">{experiment.outcome ?? 'ended'}</span>;
  return <Badge tone={verdict[1].tone} word={verdict[1].word} />;
}

function Lasted({ startedAt, endedAt }: Pick<ExperimentLineFragment, 'startedAt' | 'endedAt'>) {
  return (
    <>
      <Time at={startedAt} />
      {endedAt !== null && (
        <>
          {' '}
          – <Time at={endedAt} />
        </>
      )}
    </>
  );
}

const columns: readonly Column<ExperimentLineFragment>[] = [
  {
    ...{ name: 'tried', label: 'What is tried', isHead: true, key: ({ action, name }) => action ?? name },
    cell: ({ action, name }) => <NameCell href={experimentPath(name)} title={action} name={name} />,
  },
  {
    ...{ name: 'state', label: 'Stands', key: ({ state, outcome }) => `${state} ${outcome ?? ''}` },
    cell: (experiment) => <Outcome experiment={experiment} />,
  },
  {
    ...{ name: 'service', label: 'Service', key: ({ service }) => service },
    cell: ({ service }) => service !== null && <ServiceLink name={service} />,
  },
  {
    ...{ name: 'metric', label: 'Metric', key: ({ metric }) => metric },
    cell: ({ metric, expectedChangePercent }) => (
      <>
        <code>{metric}</code> <span class="soft">expected {changeOf(expectedChangePercent)}</span>
      </>
    ),
  },
  {
    ...{ name: 'when', label: 'When', key: ({ startedAt }) => Date.parse(startedAt) },
    cell: (experiment) => <Lasted {...experiment} />,
  },
  { name: 'owner', label: 'Owner', key: ({ owner }) => owner, cell: ({ owner }) => owner },
];

const stateOf = (text: string) => (text === 'RUNNING' || text === 'ENDED' ? text : null);

/** The page. */
export function ExperimentsPage() {
  useTitle('Experiments');
  const [[state], [service], [after]] = [
    useParameter('state'),
    useParameter('service'),
    useParameter('after'),
  ];
  const query = useQuery(
    ExperimentListDocument,
    { state: stateOf(state), service: service || null, after: after || null },
    { subject: 'experiments' },
  );
  const panel = () => <StartForm onDone={query.reload} />;
  return (
    <>
      <HeadWithOpeners
        title="Experiments"
        openers={[{ name: 'start', label: 'Start an experiment', panel }]}
      />
      <Filters>
        <ChoiceFilter
          name="state"
          label="Stands"
          choices={[
            ['RUNNING', 'Running'],
            ['ENDED', 'Ended'],
          ]}
        />
        <WordFilter name="service" label="Service (in full)" />
      </Filters>
      <Listed
        query={query}
        what="the experiments"
        filters={['state', 'service']}
        slice={(data) => data.experiments}
        none="Nothing has been tried yet"
        advice="An experiment tries a change on a part of the traffic, and says with what certainty it does what it should."
      >
        {(experiments) => (
          <ListTable label="Experiments" items={experiments} columns={columns} idOf={({ name }) => name} />
        )}
      </Listed>
    </>
  );
}
