/** The Kaizen log: what was improved, by whom, and whether it holds. */
import { useQuery } from '../data/query.js';
import { type ImprovementState, KaizenLogDocument } from '../generated/graphql.js';
import { ChoiceFilter, Filters, WordFilter } from '../lists/filters.js';
import { Listed } from '../lists/listed.js';
import { HeadWithOpeners } from '../lists/opener.js';
import { useParameter } from '../parts/address.js';
import { useTitle } from '../parts/title.js';
import { ImprovementCard } from './improvement-card.js';
import { states } from './improvement-model.js';
import { LogForm } from './log-form.js';

const stateIn = (text: string): ImprovementState | undefined =>
  states.map(([state]) => state).find((state) => state === text);

function useLog() {
  const [[state], [service], [after]] = [
    useParameter('state'),
    useParameter('service'),
    useParameter('after'),
  ];
  const wanted = stateIn(state);
  const filter = {
    ...(wanted === undefined ? {} : { states: [wanted] }),
    ...(service === '' ? {} : { service }),
  };
  return useQuery(KaizenLogDocument, { after: after || null, filter }, { subject: 'kaizen' });
}

/** The page. */
export function KaizenPage() {
  useTitle('Kaizen log');
  const query = useLog();
  const panel = () => <LogForm onDone={query.reload} />;
  return (
    <>
      <HeadWithOpeners title="Kaizen log" openers={[{ name: 'log', label: 'Log an improvement', panel }]} />
      <Filters>
        <ChoiceFilter name="state" label="State" choices={states} />
        <WordFilter name="service" label="Service (in full)" />
      </Filters>
      <Listed
        query={query}
        what="the log"
        filters={['state', 'service']}
        slice={({ kaizenLog }) => kaizenLog}
        none="Nothing has been improved yet"
        advice="Log what you change to make a service better: what it did is measured by its metric, and told in the review of the week."
      >
        {(improvements) => (
          <ul class="cards">
            {improvements.map((one) => (
              <ImprovementCard key={one.name} one={one} reload={query.reload} />
            ))}
          </ul>
        )}
      </Listed>
    </>
  );
}
