/** What rests on a thing, in words: the incidents and candidates that cite it, and every receipt that does. */
import { type EventReceipt, pathOf, pathOfEvent } from '../../model/index.js';
import type { Argument, Incident, IncidentBook, RecordedCandidate } from '../../rca/index.js';
import type { Citing } from '../citing.js';
import { type Content, type Html, html } from './html.js';
import { linkTo, wordsOf } from './links.js';

/** An incident that rests on a receipt, and in which part. */
export interface Mention {
  readonly incident: Incident;
  readonly role: string;
}

function rolesIn(candidate: RecordedCandidate, path: string): readonly string[] {
  const title = `"${candidate.title}"`;
  const cites = (argument: Argument): boolean => argument.cites.includes(path);
  return [
    ...(candidate.receipt === path ? [`its candidate ${title}`] : []),
    ...(candidate.cause === path ? [`blamed by ${title}`] : []),
    ...(candidate.supporting.some(cites) ? [`speaks for ${title}`] : []),
    ...(candidate.opposing.some(cites) ? [`speaks against ${title}`] : []),
  ];
}

function mentionsIn(incident: Incident, path: string): readonly Mention[] {
  const alert = incident.alerts.includes(path) ? ['one of its alerts'] : [];
  const candidates = [...incident.candidates, ...incident.rejected];
  const said = [
    ...incident.acknowledgements.map(({ receipt }) => [receipt, 'somebody took it on'] as const),
    ...incident.verdicts.map(({ receipt }) => [receipt, 'a verdict on it'] as const),
  ].flatMap(([receipt, role]) => (receipt === path ? [role] : []));
  const roles = [...alert, ...said, ...candidates.flatMap((candidate) => rolesIn(candidate, path))];
  return roles.map((role) => ({ incident, role }));
}

/** The incident that a receipt of Genchi's own belongs to. */
function incidentNamedBy(event: EventReceipt): readonly string[] {
  switch (event.kind) {
    case 'incident':
    case 'candidate':
    case 'acknowledgement':
    case 'verdict':
      return [event.incident];
    default:
      return [];
  }
}

/** The parts that a thing has in incidents as they stand now: those that its citing receipts, or it itself, belong to. */
export async function mentionsOf(
  path: string,
  event: EventReceipt | undefined,
  { receipts }: Citing,
  book: Pick<IncidentBook, 'get'>,
): Promise<readonly Mention[]> {
  const own = event === undefined ? [] : [event];
  const ids = new Set([...own, ...receipts].flatMap(incidentNamedBy));
  const incidents = await Promise.all([...ids].map((id) => book.get(id)));
  return incidents.flatMap((incident) => (incident === undefined ? [] : mentionsIn(incident, path)));
}

function receiptItem(event: EventReceipt): Html {
  const path = pathOfEvent(event);
  if (event.kind === 'candidate') {
    const which = `analysis ${event.analysis}, rank ${event.rank}`;
    return html`<li>${linkTo(path)}: "${event.title}", ${which} of ${linkTo(pathOf({ type: 'incident', id: event.incident }), event.incident)}</li>\n`;
  }
  return html`<li>${linkTo(path)}</li>\n`;
}

/** The section on what rests on a thing. */
export function citationSection(
  iri: string,
  { receipts, more }: Citing,
  mentions: readonly Mention[],
): Content {
  if (receipts.length === 0 && mentions.length === 0) return undefined;
  const query = encodeURIComponent(
    `SELECT ?receipt ?time { ?receipt tps:cites <${iri}> ; tps:timestamp ?time }`,
  );
  const all =
    receipts.length === 1 ? 'The one receipt that cites it' : `All ${receipts.length} receipts that cite it`;
  const count = more ? `The newest ${receipts.length} of the receipts that cite it` : all;
  const kinds = [...new Set(receipts.map(({ kind }) => wordsOf(kind)))].join(', ');
  return html`<h2>What rests on it</h2>
<ul>${mentions.map(
    ({ incident, role }) =>
      html`<li>${linkTo(pathOf({ type: 'incident', id: incident.id }), incident.title)}: ${role}</li>\n`,
  )}</ul>
${
  receipts.length === 0
    ? undefined
    : html`<details><summary>${count} (${kinds})</summary>
<ul>${receipts.map(receiptItem)}</ul>
${more ? html`<p><a href="/sparql?query=${query}">All of them, by SPARQL</a></p>` : undefined}</details>`
}`;
}
