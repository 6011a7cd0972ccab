/** The possible causes: ranked, with what speaks for and against each, and those that were ruled out. */
import { useState } from 'preact/hooks';
import { Confidence } from '../incidents/confidence.js';
import { Cite, Cites } from '../parts/cites.js';
import { Bar } from '../parts/marks.js';
import { Section, ServiceLink, Time } from '../parts/text.js';
import { figureOf, wordsOf } from '../time/format.js';
import { remedyWords } from './answer.js';
import type { IncidentFacts } from './incident-page.js';
import { LatestVerdict, OtherCause, VerdictActions } from './verdict-actions.js';

/** A candidate as the page shows it. */
export type Candidate = IncidentFacts['candidates'][number];

/** How many are listed before the rest is asked for. */
const SHOWN = 5;

function Arguments({
  title,
  sign,
  all,
  none,
}: {
  readonly title: string;
  readonly sign: string;
  readonly all: Candidate['supporting'];
  readonly none: string;
}) {
  return (
    <div>
      <h4>{title}</h4>
      {all.length === 0 ? (
        <p class="soft">{none}</p>
      ) : (
        <ul class="arguments">
          {all.map(({ sentence, cites }) => (
            <li key={sentence} data-sign={sign}>
              {sentence} <Cites iris={cites.map(({ iri }) => iri)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Terms({ terms }: Pick<Candidate, 'terms'>) {
  if (terms.length === 0) return null;
  return (
    <details>
      <summary class="small">How the score is made</summary>
      <div class="scroll">
        <table class="data terms">
          <thead>
            <tr>
              <th scope="col">Term</th>
              <th scope="col" class="figure">
                Value
              </th>
              <th scope="col" class="figure">
                × Weight
              </th>
              <th scope="col" class="figure">
                = Adds
              </th>
              <th scope="col">What it means</th>
            </tr>
          </thead>
          <tbody>
            {terms.map(({ name, meaning, value, weight, contribution }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="figure">{value.toFixed(2)}</td>
                <td class="figure">{weight.toFixed(2)}</td>
                <td class="figure">
                  <b>{contribution.toFixed(2)}</b>
                </td>
                <td class="soft">{meaning}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function About({ candidate }: { readonly candidate: Candidate }) {
  const {
    causeKind,
    service,
    component,
    metric,
    metricChangePercent,
    onsetAt,
    cause,
    commit,
    actsOn,
    remedy,
    receipt,
  } = candidate;
  return (
    <p class="row soft small dotted">
      <span>{wordsOf(causeKind)}</span>
      {service !== '' && (
        <span>
          <ServiceLink name={service} />
          {component === null ? '' : ` / ${component}`}
        </span>
      )}
      {metric !== null && (
        <span>
          <code>{metric}</code>
          {metricChangePercent !== null &&
            ` ${metricChangePercent > 0 ? '+' : ''}${figureOf(metricChangePercent)} %`}
        </span>
      )}
      {onsetAt !== null && (
        <span>
          from <Time at={onsetAt} hasSeconds />
        </span>
      )}
      {cause !== null && (
        <span>
          blames <Cite iri={cause.iri} />
        </span>
      )}
      {commit !== null && (
        <span>
          commit <code>{commit.slice(0, 12)}</code>
        </span>
      )}
      {actsOn.length > 0 && <span>acts on {actsOn.join(', ')}</span>}
      {remedy !== null && <span>done first: {remedyWords(remedy)}</span>}
      {receipt !== null && <Cite iri={receipt.iri} />}
    </p>
  );
}

function Evidence({ candidate }: { readonly candidate: Candidate }) {
  return (
    <div class="evidence">
      <About candidate={candidate} />
      <Arguments title="For" sign="+" all={candidate.supporting} none="No sentence speaks for it." />
      <Arguments
        title="Against"
        sign="−"
        all={candidate.opposing}
        none="Nothing was found that speaks against it, which proves nothing."
      />
      <Terms terms={candidate.terms} />
    </div>
  );
}

function CandidateItem({ candidate }: { readonly candidate: Candidate }) {
  const { rank, title, score, confidence, likelihood, verdicts } = candidate;
  const [isOpen, setOpen] = useState(rank === 1);
  return (
    <li class="candidate">
      <div class="candidate-head">
        <span class="rank">{rank}</span>
        <h3>
          <button type="button" class="unfold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {title}
          </button>
        </h3>
        <span class="score">
          <span class="hidden-text">Score </span>
          {score.toFixed(2)}
          <Bar share={score} tone="accent" />
        </span>
      </div>
      <p class="row candidate-said">
        <Confidence confidence={confidence} likelihood={likelihood} />
        {!isOpen && <LatestVerdict verdicts={verdicts} />}
      </p>
      {isOpen && <Evidence candidate={candidate} />}
      {isOpen && <VerdictActions candidate={candidate} />}
    </li>
  );
}

/** The candidates that stand. */
export function Candidates({ incident }: { readonly incident: IncidentFacts }) {
  const [isAll, showAll] = useState(false);
  const { candidates } = incident;
  if (candidates.length === 0) return null;
  const shown = isAll ? candidates : candidates.slice(0, SHOWN);
  return (
    <Section title="Possible causes" aside={<OtherCause />}>
      <p class="soft small intro">
        Ranked by score: how far the evidence points to each. A score is not a probability.
      </p>
      <ol class="candidates">
        {shown.map((candidate) => (
          <CandidateItem key={candidate.id} candidate={candidate} />
        ))}
      </ol>
      {shown.length < candidates.length && (
        <button type="button" onClick={() => showAll(true)}>
          Show {candidates.length - shown.length} more
        </button>
      )}
    </Section>
  );
}

/** The evidence that would be needed to say more. */
export function Missing({ incident: { missing } }: { readonly incident: IncidentFacts }) {
  if (missing.length === 0) return null;
  return (
    <Section title="What is not known">
      <ul class="plain">
        {missing.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Section>
  );
}

/** The candidates that something ruled out, with what did. */
export function RuledOut({ incident: { rejected } }: { readonly incident: IncidentFacts }) {
  if (rejected.length === 0) return null;
  return (
    <Section title={`Ruled out: ${rejected.length}`} id="ruled-out">
      <ul class="ruled-out">
        {rejected.map((candidate) => (
          <li key={candidate.id}>
            <details>
              <summary>
                <span class="struck">{candidate.title}</span>
                <span class="soft why-not">{candidate.rejected}</span>
              </summary>
              <Evidence candidate={candidate} />
              <VerdictActions candidate={candidate} />
            </details>
          </li>
        ))}
      </ul>
    </Section>
  );
}
