/** One runbook: its text as the server renders it, what tells it, and the incidents that it was for. */
import '../forms/forms.css';
import { useQuery } from '../data/query.js';
import { RunbookDetailDocument, type RunbookDetailQuery } from '../generated/graphql.js';
import type { PageParams } from '../pages.js';
import { StateBadge } from '../parts/marks.js';
import { IncidentLink, Section, Time } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { documentPath, nameIn } from '../paths.js';
import { Answered, Empty } from '../states/states.js';
import { useUses } from './use-incidents.js';

type Runbook = NonNullable<RunbookDetailQuery['runbook']>;

function Uses({ name }: { readonly name: string }) {
  const { query, uses } = useUses();
  const own = uses?.get(name) ?? [];
  return (
    <Section title="Incidents that it was for" aside="of the newest 20">
      <Answered query={query} what="the incidents">
        {() =>
          own.length === 0 ? (
            <p class="soft">None of them matched it.</p>
          ) : (
            <ul class="cards">
              {own.map(({ incident: { id, title, state, startsAt }, reason }) => (
                <li class="card" key={id}>
                  <span class="row">
                    <StateBadge state={state} /> <Time at={startsAt} />
                  </span>
                  <IncidentLink id={id}>{title}</IncidentLink>
                  <span class="soft small">{reason}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  );
}

const listed = (values: readonly string[]): string => (values.length === 0 ? 'any' : values.join(', '));

function Detail({ runbook }: { readonly runbook: Runbook }) {
  const { name, title, owner, origin, services, severities, evidence, html, iri } = runbook;
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{title}</h1>
          <p class="soft">
            {name}, {origin === 'own' ? 'yours' : 'comes with Genchi'} ·{' '}
            <a href={documentPath(iri)}>as a document</a>
          </p>
        </div>
      </div>
      <Section title="What tells it">
        <dl class="facts">
          <dt>Services</dt>
          <dd>{listed(services)}</dd>
          <dt>Severity</dt>
          <dd>{listed(severities)}</dd>
          <dt>Owner</dt>
          <dd>{owner ?? '–'}</dd>
          <dt>Expected evidence</dt>
          <dd>
            {evidence.map((sentence) => (
              <div key={sentence}>{sentence}</div>
            ))}
          </dd>
        </dl>
      </Section>
      <Section title="What to do">
        {/* The server renders it, and leaves no HTML of the text's own. */}
        <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
      </Section>
      <Uses name={name} />
    </>
  );
}

/** The page. */
export function RunbookPage({ name: segment }: PageParams) {
  const name = nameIn(segment);
  useTitle(name);
  const query = useQuery(RunbookDetailDocument, { name }, { subject: name });
  return (
    <Answered query={query} what="the runbook" lines={8}>
      {({ runbook }) =>
        runbook === null ? (
          <Empty title={`There is no runbook ${name}`}>
            It may have been renamed, or its file be broken.
          </Empty>
        ) : (
          <Detail runbook={runbook} />
        )
      }
    </Answered>
  );
}
