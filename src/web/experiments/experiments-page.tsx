/** The experiments: what runs, what was tried, and what came of it. */
import '../forms/forms.css';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../data/query.js';
import { mayOperate } from '../data/session.js';
import { type ExperimentLineFragment, ExperimentListDocument } from '../generated/graphql.js';
import { useParameter } from '../parts/address.js';
import { Badge } from '../parts/marks.js';
import { ServiceLink, Time } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { experimentPath } from '../paths.js';
import { Answered, Empty } from '../states/states.js';
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

function ExperimentRow({ experiment }: { readonly experiment: ExperimentLineFragment }) {
  const { name, service, metric, action, expectedChangePercent, startedAt, endedAt, owner } = experiment;
  return (
    <tr>
      <th scope="row">
        <Link href={experimentPath(name)}>{action ?? name}</Link>
        <div class="soft small">{name}</div>
      </th>
      <td>
        <Outcome experiment={experiment} />
      </td>
      <td>{service !== null && <ServiceLink name={service} />}</td>
      <td>
        <code>{metric}</code> <span class="soft">expected {changeOf(expectedChangePercent)}</span>
      </td>
      <td>
        <Time at={startedAt} />
        {endedAt !== null && (
          <>
            {' '}
            – <Time at={endedAt} />
          </>
        )}
      </td>
      <td>{owner}</td>
    </tr>
  );
}

function ExperimentTable({ experiments }: { readonly experiments: readonly ExperimentLineFragment[] }) {
  return (
    <div class="scroll">
      <table class="data">
        <thead>
          <tr>
            <th scope="col">What is tried</th>
            <th scope="col">Stands</th>
            <th scope="col">Service</th>
            <th scope="col">Metric</th>
            <th scope="col">When</th>
            <th scope="col">Owner</th>
          </tr>
        </thead>
        <tbody>
          {experiments.map((experiment) => (
            <ExperimentRow key={experiment.name} experiment={experiment} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const stateOf = (text: string) => (text === 'RUNNING' || text === 'ENDED' ? text : null);

/** The page. */
export function ExperimentsPage() {
  useTitle('Experiments');
  const [state, setState] = useParameter('state');
  const [isOpen, open] = useState(false);
  const query = useQuery(
    ExperimentListDocument,
    { state: stateOf(state), service: null },
    { subject: state },
  );
  return (
    <>
      <div class="page-head">
        <h1>Experiments</h1>
        <button
          type="button"
          class="primary"
          disabled={!mayOperate()}
          aria-expanded={isOpen}
          onClick={() => open(!isOpen)}
        >
          Start an experiment
        </button>
      </div>
      {isOpen && <StartForm onDone={query.reload} />}
      <div class="filters">
        <label>
          <span>Stands</span>
          <select value={state} onChange={({ currentTarget }) => setState(currentTarget.value)}>
            <option value="">All</option>
            <option value="RUNNING">Running</option>
            <option value="ENDED">Ended</option>
          </select>
        </label>
      </div>
      <Answered query={query} what="the experiments" lines={5}>
        {({ experiments: { nodes, totalCount } }) =>
          nodes.length === 0 ? (
            <Empty title={state === '' ? 'Nothing has been tried yet' : 'None stands so'}>
              An experiment tries a change on a part of the traffic, and says with what certainty it does what
              it should.
            </Empty>
          ) : (
            <>
              <ExperimentTable experiments={nodes} />
              {(totalCount ?? 0) > nodes.length && (
                <p class="soft">
                  The newest {nodes.length} of {totalCount}.
                </p>
              )}
            </>
          )
        }
      </Answered>
    </>
  );
}
