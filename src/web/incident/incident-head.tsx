/** The head of an incident: its symptom in one line, how it stands, and what can be done about it. */
import { Link } from 'wouter-preact';
import { AcknowledgeDocument, ResolveIncidentDocument } from '../generated/graphql.js';
import { lastedOf } from '../incidents/incident-line.js';
import { SeverityBadge, StateBadge } from '../parts/marks.js';
import { ServiceLink, Time } from '../parts/text.js';
import { documentPath } from '../paths.js';
import { durationOf } from '../time/format.js';
import { Action } from './acting.js';
import type { IncidentFacts } from './incident-page.js';

function Actions({ incident }: { readonly incident: IncidentFacts }) {
  const { id, state, acknowledgements } = incident;
  if (state === 'resolved') return null;
  return (
    <>
      <Action
        label="Acknowledge"
        isPrimary={acknowledgements.length === 0}
        explanation="Says that you have taken it on. Everybody who looks sees who did, and since when."
        document={AcknowledgeDocument}
        variables={({ author, message }) => ({ input: { incident: id, author, message } })}
      />
      <Action
        label="Resolve"
        explanation="Says that it is over. It opens again by itself when its alerts fire again."
        document={ResolveIncidentDocument}
        variables={({ author, message }) => ({ input: { incident: id, author, message } })}
      />
    </>
  );
}

function Times({ incident }: { readonly incident: IncidentFacts }) {
  const { startsAt, onsetAt, endsAt, alertCount, acknowledgements } = incident;
  const [first] = acknowledgements;
  const foundAfterMs = onsetAt === null ? 0 : Date.parse(startsAt) - Date.parse(onsetAt);
  return (
    <>
      <span>
        first seen <Time at={startsAt} hasSeconds />
      </span>
      {onsetAt !== null && (
        <span>
          began <Time at={onsetAt} hasSeconds />
          {foundAfterMs >= 1_000 && `, found after ${durationOf(foundAfterMs)}`}
        </span>
      )}
      <span>
        {endsAt === null ? `going on for ${lastedOf(incident)}` : `over after ${lastedOf(incident)}`}
      </span>
      <span>
        {alertCount} {alertCount === 1 ? 'alert' : 'alerts'}
      </span>
      <span>
        {first === undefined ? 'nobody has taken it on' : `taken on by ${first.author ?? 'somebody'}`}
      </span>
    </>
  );
}

/** The head of the page. */
export function IncidentHead({ incident }: { readonly incident: IncidentFacts }) {
  const { id, iri, title, state, severity, service, metric } = incident;
  return (
    <div class="page-head incident-head">
      <div>
        <p class="small soft">
          <Link href="/incidents">Incidents</Link> / {id}
        </p>
        <h1>{title}</h1>
        <p class="row head-facts">
          <StateBadge state={state} />
          <SeverityBadge severity={severity} />
          {service !== null && (
            <span>
              <ServiceLink name={service} />
              {metric !== null && (
                <>
                  {' '}
                  · <code>{metric}</code>
                </>
              )}
            </span>
          )}
        </p>
        <p class="row soft head-facts dotted">
          <Times incident={incident} />
        </p>
      </div>
      <div class="row">
        <Actions incident={incident} />
        <a class="button" href={`/postmortems/${encodeURIComponent(id)}`}>
          Post-mortem draft
        </a>
        <a class="button" href={documentPath(iri)}>
          As a document
        </a>
      </div>
    </div>
  );
}
