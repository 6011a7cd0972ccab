/** The Five Whys as a tree: each answer with its receipts and the query that finds them, down to where evidence stops. */
import type { WhyFactsFragment, WhyKind } from '../generated/graphql.js';
import { Cites } from '../parts/cites.js';
import { Section, Time } from '../parts/text.js';
import { explorePath } from '../paths.js';
import { Empty } from '../states/states.js';

const words: Readonly<Record<WhyKind, string>> = {
  felt: 'what is felt',
  failing: 'failing',
  waiting: 'waiting',
  load: 'load',
  resource: 'resource',
  workers: 'workers',
  change: 'change',
  diff: 'line of code',
};

/** The steps right below a place: `1` and `2` below `0`, `1.1` below `1`. */
export function answersTo(place: string, whys: readonly WhyFactsFragment[]): readonly WhyFactsFragment[] {
  const below = place === '0' ? '' : `${place}.`;
  return whys.filter(
    (step) =>
      step.place !== '0' && step.place.startsWith(below) && !step.place.slice(below.length).includes('.'),
  );
}

function Step({
  step,
  whys,
}: {
  readonly step: WhyFactsFragment;
  readonly whys: readonly WhyFactsFragment[];
}) {
  const { place, kind, sentence, onsetAt, query, cites, end } = step;
  const answers = answersTo(place, whys);
  return (
    <li class="why">
      <p class="small soft row dotted">
        <strong>{place === '0' ? 'Seen' : 'Why?'}</strong>
        <span>{words[kind]}</span>
        {onsetAt !== null && <Time at={onsetAt} hasSeconds />}
      </p>
      <p>{sentence}</p>
      <p class="small why-receipts">
        <Cites iris={cites.map(({ iri }) => iri)} />{' '}
        {query !== null && (
          <a href={explorePath(query)}>The query that finds {cites.length === 1 ? 'it' : 'them'}</a>
        )}
      </p>
      {end !== null && (
        <p class="why-end">
          <strong>Here evidence stops.</strong> {end.reason} <span class="soft">Needed: {end.needed}</span>
        </p>
      )}
      {answers.length > 0 && (
        <ol class="whys">
          {answers.map((answer) => (
            <Step key={answer.place} step={answer} whys={whys} />
          ))}
        </ol>
      )}
    </li>
  );
}

/** The chain of an incident. */
export function WhyChain({ whys }: { readonly whys: readonly WhyFactsFragment[] }) {
  const first = whys.find(({ place }) => place === '0');
  return (
    <Section title="Why">
      {first === undefined ? (
        <Empty title="Not asked yet">The chain is walked with the first analysis.</Empty>
      ) : (
        <ol class="whys first">
          <Step step={first} whys={whys} />
        </ol>
      )}
    </Section>
  );
}
