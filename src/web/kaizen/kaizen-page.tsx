/** The Kaizen log: what was improved, by whom, and whether it holds. */
import '../forms/forms.css';
import { useState } from 'preact/hooks';
import { useQuery } from '../data/query.js';
import { mayOperate } from '../data/session.js';
import { type ImprovementState, KaizenLogDocument } from '../generated/graphql.js';
import { useParameter } from '../parts/address.js';
import { useTitle } from '../parts/title.js';
import { Answered, Empty } from '../states/states.js';
import { ImprovementCard } from './improvement-card.js';
import { states } from './improvement-model.js';
import { LogForm } from './log-form.js';

const stateIn = (text: string): ImprovementState | undefined =>
  states.map(([state]) => state).find((state) => state === text);

function Filters() {
  const [state, setState] = useParameter('state');
  const [service, setService] = useParameter('service');
  return (
    <div class="filters">
      <label>
        <span>State</span>
        <select value={state} onChange={({ currentTarget }) => setState(currentTarget.value)}>
          <option value="">All</option>
          {states.map(([each, word]) => (
            <option key={each} value={each}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Service</span>
        <input
          value={service}
          placeholder="All"
          onChange={({ currentTarget }) => setService(currentTarget.value.trim())}
        />
      </label>
    </div>
  );
}

/** The page. */
export function KaizenPage() {
  useTitle('Kaizen log');
  const [state] = useParameter('state');
  const [service] = useParameter('service');
  const [after, setAfter] = useParameter('after');
  const [isOpen, open] = useState(false);
  const wanted = stateIn(state);
  const query = useQuery(
    KaizenLogDocument,
    {
      after: after === '' ? null : after,
      filter: {
        ...(wanted === undefined ? {} : { states: [wanted] }),
        ...(service === '' ? {} : { service }),
      },
    },
    { subject: `kaizen ${state} ${service}` },
  );
  return (
    <>
      <div class="page-head">
        <h1>Kaizen log</h1>
        <button
          type="button"
          class="primary"
          disabled={!mayOperate()}
          aria-expanded={isOpen}
          onClick={() => open(!isOpen)}
        >
          Log an improvement
        </button>
      </div>
      {isOpen && <LogForm onDone={query.reload} />}
      <Filters />
      <Answered query={query} what="the log" lines={6}>
        {({ kaizenLog: { nodes, pageInfo } }) => (
          <>
            {nodes.length === 0 ? (
              <Empty
                title={state === '' && service === '' ? 'Nothing has been improved yet' : 'None is like that'}
              >
                Log what you change to make a service better: what it did is measured by its metric, and told
                in the review of the week.
              </Empty>
            ) : (
              <ul class="cards">
                {nodes.map((one) => (
                  <ImprovementCard key={one.name} one={one} reload={query.reload} />
                ))}
              </ul>
            )}
            {pageInfo.hasNextPage && (
              <button type="button" onClick={() => setAfter(pageInfo.endCursor ?? '')}>
                Earlier ones
              </button>
            )}
          </>
        )}
      </Answered>
    </>
  );
}
