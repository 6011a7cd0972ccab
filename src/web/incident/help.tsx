/** What helps: runbooks that match, and incidents that were alike. */
import { useQuery } from '../data/query.js';
import { IncidentHelpDocument, type IncidentHelpQuery } from '../generated/graphql.js';
import { Badge } from '../parts/marks.js';
import { IncidentLink, Section, Time } from '../parts/text.js';
import { documentPath } from '../paths.js';
import { Answered, Empty } from '../states/states.js';

type Helped = NonNullable<IncidentHelpQuery['incident']>;

/** An address from outside, as a link when it is one of the web. */
function Outside({ url }: { readonly url: string }) {
  return /^https?:\/\//i.test(url) ? (
    <a href={url} rel="noopener noreferrer nofollow">
      {url}
    </a>
  ) : (
    <code>{url}</code>
  );
}

function Match({
  match: { reason, url, runbook, candidate },
  isOpen,
}: {
  readonly match: Helped['runbooks'][number];
  readonly isOpen: boolean;
}) {
  if (runbook === null) {
    return (
      <li>
        {url === null ? <span class="soft">A runbook that is not here.</span> : <Outside url={url} />}{' '}
        <span class="soft small">{reason}</span>
      </li>
    );
  }
  return (
    <li>
      <details open={isOpen}>
        <summary>
          <strong>{runbook.title}</strong>{' '}
          {candidate !== null && <Badge tone="accent" word={`for cause ${candidate.rank}`} />}
        </summary>
        <p class="soft small">{reason}</p>
        <ol class="steps">
          {runbook.steps.map((step) => (
            <li key={step}>{step.replaceAll('`', '')}</li>
          ))}
        </ol>
        <a href={documentPath(runbook.iri)}>The whole runbook</a>
        {runbook.owner !== null && <span class="soft small"> kept by {runbook.owner}</span>}
      </details>
    </li>
  );
}

function Runbooks({ runbooks }: Pick<Helped, 'runbooks'>) {
  if (runbooks.length === 0)
    return <Empty title="No runbook matches">The draft post-mortem proposes one.</Empty>;
  const first = runbooks.findIndex(({ runbook }) => runbook !== null);
  return (
    <ul class="matches">
      {runbooks.map((match, place) => (
        <Match key={match.reason} match={match} isOpen={place === first} />
      ))}
    </ul>
  );
}

function Similar({ similar }: Pick<Helped, 'similar'>) {
  if (similar.length === 0)
    return <Empty title="None was alike">No earlier incident shares enough with this one.</Empty>;
  return (
    <ul class="matches">
      {similar.map(({ incident, score, reasons }) => (
        <li key={incident.id}>
          <IncidentLink id={incident.id}>{incident.title}</IncidentLink>{' '}
          <span class="soft small">
            <Time at={incident.startsAt} />, {incident.state}, alike by {score.toFixed(2)}
          </span>
          {incident.confirmedCause !== null && <p>It was {incident.confirmedCause.title}.</p>}
          <p class="soft small">{reasons.map(({ sentence }) => sentence).join(' ')}</p>
        </li>
      ))}
    </ul>
  );
}

/** Runbooks and similar incidents. */
export function Help({ id }: { readonly id: string }) {
  const query = useQuery(IncidentHelpDocument, { id }, { subject: `help ${id}`, isPatient: true });
  return (
    <>
      <Section title="Runbooks">
        <Answered query={query} what="runbooks">
          {({ incident }) => incident !== null && <Runbooks runbooks={incident.runbooks} />}
        </Answered>
      </Section>
      <Section title="Similar incidents">
        {query.data?.incident != null && <Similar similar={query.data.incident.similar} />}
      </Section>
    </>
  );
}
