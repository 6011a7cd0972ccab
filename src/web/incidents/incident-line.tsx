/** An incident in a few lines: what is seen, since when, and what the evidence points to. */
import type { IncidentLineFragment } from '../generated/graphql.js';
import { Badge, SeverityBadge, StateBadge } from '../parts/marks.js';
import { IncidentLink, ServiceLink, Time } from '../parts/text.js';
import { durationOf } from '../time/format.js';
import { present } from '../time/range.js';
import { Confidence } from './confidence.js';

/** What people said it was, or else what the evidence points to most. */
export function LikelyCause({ incident }: { readonly incident: IncidentLineFragment }) {
  const [first] = incident.candidates;
  if (incident.confirmedCause !== null) {
    return (
      <>
        {incident.confirmedCause.title} <Badge tone="good" word="confirmed" />
      </>
    );
  }
  if (first === undefined) return <span class="soft">Not enough evidence for a cause yet.</span>;
  return (
    <>
      {first.title} <Confidence confidence={first.confidence} likelihood={first.likelihood} />
    </>
  );
}

/** How long an incident has been going on, or went on, in milliseconds. */
export function lastedMsOf(
  { startsAt, endsAt }: Pick<IncidentLineFragment, 'startsAt' | 'endsAt'>,
  nowMs: number,
): number {
  return (endsAt === null ? nowMs : Date.parse(endsAt)) - Date.parse(startsAt);
}

/** The same in words. */
export function lastedOf(incident: Pick<IncidentLineFragment, 'startsAt' | 'endsAt'>): string {
  return durationOf(lastedMsOf(incident, present.value));
}

/** An open incident as an entry of the overview. */
export function IncidentEntry({ incident }: { readonly incident: IncidentLineFragment }) {
  const { id, title, severity, state, service, startsAt, acknowledgements } = incident;
  const [taken] = acknowledgements;
  return (
    <li class="incident-entry">
      <h3>
        <IncidentLink id={id}>{title}</IncidentLink>
      </h3>
      <p class="row small">
        <SeverityBadge severity={severity} />
        {state === 'resolved' && <StateBadge state={state} />}
        {service !== null && <ServiceLink name={service} />}
        <span class="soft">
          since <Time at={startsAt} /> · {lastedOf(incident)} ·{' '}
          {taken === undefined ? 'nobody has taken it on' : `taken on by ${taken.author ?? 'somebody'}`}
        </span>
      </p>
      <p class="entry-cause">
        <span class="soft small">Likely cause</span>
        <span>
          <LikelyCause incident={incident} />
        </span>
      </p>
    </li>
  );
}
