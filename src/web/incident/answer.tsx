/** The answer in one look: what most likely caused it, how sure that is, and what is done first about it. */

import { likelihoodWord, reliabilityOf } from '../incidents/confidence.js';
import { timeOfIri } from '../parts/cites.js';
import { Badge, Mark } from '../parts/marks.js';
import { ServiceLink, Time } from '../parts/text.js';
import { percentOf, wordsOf } from '../time/format.js';
import type { IncidentFacts } from './incident-page.js';
import { VerdictActions } from './verdict-actions.js';

type Candidate = IncidentFacts['candidates'][number];

/** What a remedy is called. */
export const remedyWords = (remedy: string): string => wordsOf(remedy);

function Sureness({ first }: { readonly first: Candidate }) {
  if (first.confidence === null || first.likelihood === null) {
    return <p class="soft">How often answers with such a score are right is not known.</p>;
  }
  return (
    <p class="sureness">
      <strong>
        {likelihoodWord(first.likelihood)} · {percentOf(first.confidence)}
      </strong>
      <span class="gauge" aria-hidden="true">
        <span style={{ width: percentOf(first.confidence).replace(' ', '') }} />
      </span>
      <span class="soft small">{reliabilityOf(first.confidence)}</span>
    </p>
  );
}

function NoAnswer({ incident }: { readonly incident: IncidentFacts }) {
  return (
    <section class="answer" aria-label="Answer">
      <h2>
        <Mark tone="unknown" /> No cause stands on the evidence that there is
      </h2>
      <p>
        {incident.analyses === 0
          ? 'It has not been analysed yet; that takes a moment.'
          : 'What would be needed is listed below, with what was looked at and ruled out.'}
      </p>
    </section>
  );
}

function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}

/** When the cause was, where it is something that happened; else when its effect began. */
function When({ first: { cause, onsetAt } }: { readonly first: Candidate }) {
  const at = cause === null ? undefined : timeOfIri(cause.iri);
  if (at !== undefined) {
    return (
      <span>
        at <Time at={at} hasSeconds />
      </span>
    );
  }
  if (onsetAt === null) return null;
  return (
    <span>
      from <Time at={onsetAt} hasSeconds /> on
    </span>
  );
}

/** The banner of the page. */
export function Answer({ incident }: { readonly incident: IncidentFacts }) {
  const [first] = incident.candidates;
  if (first === undefined) return <NoAnswer incident={incident} />;
  const { confirmedCause } = incident;
  return (
    <section class="answer" aria-label="Answer">
      <div>
        <p class="small soft">{confirmedCause === null ? 'Most likely cause' : 'Cause'}</p>
        <h2>
          {confirmedCause?.title ?? first.title}{' '}
          {confirmedCause !== null && (
            <Badge tone="good" word={`confirmed by ${confirmedCause.author ?? 'somebody'}`} />
          )}
        </h2>
        <p class="row dotted">
          <span>{wordsOf(first.causeKind)}</span>
          {first.service !== '' && (
            <span>
              in <ServiceLink name={first.service} />
            </span>
          )}
          <When first={first} />
          <span>
            {counted(first.supporting.length, 'sentence')} for it,{' '}
            {first.opposing.length === 0 ? 'none' : first.opposing.length} against
          </span>
        </p>
        {first.remedy !== null && (
          <p>
            Done first: <strong>{remedyWords(first.remedy)}</strong>
          </p>
        )}
      </div>
      <div>
        {confirmedCause === null && <Sureness first={first} />}
        <VerdictActions candidate={first} />
      </div>
    </section>
  );
}
