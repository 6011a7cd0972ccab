/** One objective: how it stands, how its budget went, what burns, what was agreed when. */
import './slos.css';
import { useQuery } from '../data/query.js';
import { SloAlertsDocument, SloDetailDocument, type SloDetailQuery } from '../generated/graphql.js';
import type { PageParams } from '../pages.js';
import { SeverityBadge } from '../parts/marks.js';
import { Section, ServiceLink, Time } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { documentPath, nameIn } from '../paths.js';
import { Answered, Empty } from '../states/states.js';
import { present } from '../time/range.js';
import { BudgetChart } from './budget-chart.js';
import { Burns } from './burns.js';
import { agreedInWords, Revisions } from './revisions.js';
import { SloActions } from './slo-actions.js';
import { SloSummary } from './slo-summary.js';

type Slo = NonNullable<SloDetailQuery['slo']>;

function Alerts({ service }: { readonly service: string }) {
  const to = new Date(present.value).toISOString();
  const query = useQuery(SloAlertsDocument, { services: [service], to }, { subject: service });
  return (
    <Section title="Alerts that fire now" aside={`of ${service}`}>
      <Answered query={query} what="the alerts">
        {({ alerts: { nodes } }) =>
          nodes.length === 0 ? (
            <p class="soft">None fires.</p>
          ) : (
            <ul class="alert-lines">
              {nodes.map(({ receipt, name, severity, summary, firedAt }) => (
                <li key={receipt.iri} class="row">
                  <SeverityBadge severity={severity} />
                  <a href={documentPath(receipt.iri)}>{name}</a>
                  <span class="soft">since</span> <Time at={firedAt} />
                  <span>{summary}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  );
}

function Detail({ slo, reload }: { readonly slo: Slo; readonly reload: () => void }) {
  const { service } = slo.revision;
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{slo.revision.title ?? slo.name}</h1>
          <p class="soft">
            {agreedInWords(slo.revision)}
            {service !== null && (
              <>
                , of <ServiceLink name={service} />
              </>
            )}
          </p>
        </div>
      </div>
      <SloSummary slo={slo} />
      <Section title="Error budget over time">
        <BudgetChart slo={slo} />
      </Section>
      <Section title="Burn rates">
        <Burns burns={slo.burns} />
      </Section>
      {service !== null && <Alerts service={service} />}
      <Section
        title="What was agreed"
        aside={slo.revisions.length === 1 ? 'one revision' : `${slo.revisions.length} revisions`}
      >
        <Revisions revisions={slo.revisions} />
      </Section>
      <SloActions slo={slo} reload={reload} />
    </>
  );
}

/** The page. */
export function SloPage({ id }: PageParams) {
  const name = nameIn(id);
  useTitle(name);
  const query = useQuery(SloDetailDocument, { name }, { subject: name });
  return (
    <Answered query={query} what="the objective" lines={8}>
      {({ slo }) =>
        slo === null ? (
          <Empty title={`No objective ${name} is in force`}>
            It may have been retired, or be named otherwise.
          </Empty>
        ) : (
          <Detail slo={slo} reload={query.reload} />
        )
      }
    </Answered>
  );
}
