/** What people said of an incident, and past incidents that are alike. */
import { pathOf } from '../../model/index.js';
import {
  confirmedCauseOf,
  type Incident,
  type RecordedCandidate,
  type Similar,
  titleOfCause,
  type Verdict,
  verdictsOn,
} from '../../rca/index.js';
import { type Content, type Html, html } from './html.js';
import { linkTo, timeElement } from './links.js';

const WORDS = { confirmed: 'confirmed', rejected: 'rejected', other: 'named as another cause' } as const;

function saidItem(
  what: Content,
  { at, author, message, receipt }: Pick<Verdict, 'at' | 'author' | 'message' | 'receipt'>,
): Html {
  return html`<li>${timeElement(at)} ${author ?? 'somebody'} ${what}${
    message === undefined ? undefined : `: ${message}`
  } (${linkTo(receipt, 'receipt')})</li>\n`;
}

/** What people said of one candidate, the latest first. */
export function verdictsOf(incident: Incident, candidate: RecordedCandidate): Content {
  const verdicts = verdictsOn(incident, candidate);
  if (verdicts.length === 0) return undefined;
  return html`<ul class="verdicts">${verdicts.map((one) => saidItem(`${WORDS[one.judgement]} it`, one))}</ul>`;
}

/** Who took an incident on, what was said of its cause, and who closed it. */
export function saidSection(incident: Incident): Content {
  const { acknowledgements, verdicts, closed, endsAt } = incident;
  if (acknowledgements.length + verdicts.length === 0 && closed === undefined) return undefined;
  const cause = confirmedCauseOf(incident);
  return html`<h2>What people said</h2>
${cause === undefined ? undefined : html`<p>Confirmed cause: <strong>${titleOfCause(cause)}</strong></p>`}
<ul>${acknowledgements.map((one) => saidItem('took it on', one))}${verdicts.map((one) =>
    saidItem(`${WORDS[one.judgement]}: ${titleOfCause(one)}`, one),
  )}${
    closed === undefined || endsAt === undefined
      ? undefined
      : html`<li>${timeElement(endsAt)} over, as ${closed.author ?? 'somebody'} said${closed.message === undefined ? undefined : `: ${closed.message}`}</li>\n`
  }</ul>`;
}

function minutesOf({ startsAt, endsAt }: Incident): string {
  if (endsAt === undefined) return 'not over yet';
  return `took ${Math.round(Math.max(0, endsAt - startsAt) / 60_000)}\u00a0min`;
}

function similarItem({ incident, score, reasons }: Similar): Html {
  const cause = confirmedCauseOf(incident);
  return html`<li>${linkTo(pathOf({ type: 'incident', id: incident.id }), incident.title)}, ${timeElement(incident.startsAt)}, ${minutesOf(incident)}, ${score.toFixed(2)} alike<br>
Cause: ${cause === undefined ? html`<span class="soft">not confirmed</span>` : titleOfCause(cause)}
<p class="soft">${reasons.map(({ sentence }) => `${sentence} `)}</p></li>\n`;
}

/** Past incidents that are alike, with their causes and how long they took. */
export function similarSection(similar: readonly Similar[]): Content {
  if (similar.length === 0) return undefined;
  return html`<h2>Similar incidents before</h2>\n<ol class="similar">${similar.map(similarItem)}</ol>`;
}
