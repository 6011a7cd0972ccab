import type { Argument, Candidate, Incident } from './incident.js';
import type { Plan } from './plan.js';
import type { Sent } from './play.js';
import { pathOfIri } from './verdict.js';

/** One step of the demo with the time that it took. */
export interface Step {
  readonly name: string;
  readonly tookMs: number;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
const count = (value: number): string => value.toLocaleString('en-US');

function argumentLines(mark: string, { sentence, cites }: Argument): readonly string[] {
  const [first] = cites;
  if (first === undefined) return [`      ${mark} ${sentence}`];
  const more = cites.length > 1 ? ` and ${cites.length - 1} more` : '';
  return [`      ${mark} ${sentence}`, `        [${pathOfIri(first.iri)}${more}]`];
}

/** How many arguments for and against are printed of candidates that are not the first. */
const ARGUMENTS_SHOWN = 2;

function candidateLines(candidate: Candidate): readonly string[] {
  const { rank, title, causeKind, service, score, terms, cause } = candidate;
  const sum = terms.map(({ name, contribution }) => `${name} ${contribution.toFixed(2)}`).join(', ');
  const most = rank === 1 ? Number.POSITIVE_INFINITY : ARGUMENTS_SHOWN;
  return [
    '',
    `  ${rank}. ${title}`,
    `     ${causeKind} · ${service} · score ${score.toFixed(2)}${sum === '' ? '' : ` = ${sum}`}`,
    ...(cause === null ? [] : [`     ${cause.iri}`]),
    ...candidate.supporting.slice(0, most).flatMap((argument) => argumentLines('+', argument)),
    ...candidate.opposing.slice(0, most).flatMap((argument) => argumentLines('-', argument)),
  ];
}

/** How many candidates are printed; the incident's page has all. */
const SHOWN = 5;

function listed(candidates: readonly Candidate[]): readonly string[] {
  const rest = candidates.length - SHOWN;
  return [
    ...candidates.slice(0, SHOWN).flatMap(candidateLines),
    ...(rest > 0 ? ['', `  … and ${rest} more`] : []),
  ];
}

function rejectedLines(rejected: readonly Candidate[]): readonly string[] {
  if (rejected.length === 0) return [];
  const lines = rejected.map((one) => `  x ${one.title}: ${one.rejected ?? 'no reason given'}`);
  const rest = lines.length - SHOWN;
  return ['', 'Ruled out:', ...lines.slice(0, SHOWN), ...(rest > 0 ? [`  … and ${rest} more`] : [])];
}

/** The incident for people: symptom, ranked candidates with what speaks for and against each, and the rejected ones. */
export function incidentReport(incident: Incident): string {
  return [
    `Incident ${incident.id} (${incident.state}, ${incident.severity}): ${incident.title}`,
    `  symptom  ${incident.service ?? 'unknown service'}${incident.metric === null ? '' : `, ${incident.metric}`}`,
    `  alerted  ${incident.startsAt}`,
    `  began    ${incident.onsetAt ?? 'no lasting change was found'}`,
    ...incident.missing.map((sentence) => `  missing  ${sentence}`),
    '',
    'What could have caused it, most likely first:',
    ...listed(incident.candidates),
    ...rejectedLines(incident.rejected),
    '',
  ].join('\n');
}

/** What was played, and how long each step took. */
export function playReport(plan: Plan, sent: Sent, steps: readonly Step[]): string {
  const minutes = (plan.to - plan.from) / 60_000;
  const width = Math.max(...steps.map(({ name }) => name.length));
  return [
    `Played ${minutes} minutes of a shop: ${count(sent.write.items)} samples, ${count(sent.events.items)} events, ` +
      `${sent.cloudevents.items} releases, ${sent.alertmanager.requests} notifications of alerts`,
    ...steps.map(({ name, tookMs }) => `  ${name.padEnd(width)}  ${seconds(tookMs).padStart(8)}`),
    '',
  ].join('\n');
}

/** Where to look next, with commands to paste. */
export function linksReport(url: string, incident: Incident): string {
  const sparql =
    'SELECT ?title ?score WHERE { ?c a tps:Candidate ; tps:rank 1 ; tps:title ?title ; tps:score ?score }';
  return [
    'Look for yourself:',
    `  ${incident.iri}  the incident and its receipts`,
    `  ${url}/graphql  GraphiQL`,
    `  ${url}/sparql   SPARQL 1.1`,
    `  ${url}/metrics  the server's own figures`,
    '',
    `  curl -s ${url}/sparql -H 'accept: text/csv' --data-urlencode 'query=${sparql}'`,
    `  curl -s ${url}/graphql -H 'content-type: application/json' -d '{"query":"{ incidents { nodes { id title } } }"}'`,
    '',
  ].join('\n');
}
