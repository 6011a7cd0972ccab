/** The page of one receipt: what it states, and which incidents and candidates rest on it. */
import { type Labels, pathOf, type Window } from '../../model/index.js';
import { fieldsOf, type ReadReceipt, type ReceiptField } from '../receipt.js';
import { chart, type Point } from './chart.js';
import type { Mention } from './citations.js';
import { type Content, type Html, html } from './html.js';
import { linkOutside, linkTo, linkToService, timeElement, wordsOf } from './links.js';

/** The samples around the one that a page is about. */
export interface Surroundings {
  readonly window: Window;
  readonly points: readonly Point[];
}

/** What a receipt's page shows beside the receipt itself. */
export interface ReceiptSetting {
  readonly mentions: readonly Mention[];
  readonly around: Surroundings | undefined;
}

/** A row of a table of facts. */
export function row(name: string, content: Content): Html {
  return html`<tr><th scope="row">${name}</th><td>${content}</td></tr>\n`;
}

/** A JSON text as it reads best. */
function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    // It is evidence all the same, and stands as it was recorded.
    return text;
  }
}

function contentOf({ name, type, unit, values }: ReceiptField): Content {
  const text = values.join(', ');
  if (name === 'incident') return linkTo(pathOf({ type: 'incident', id: text }), text);
  switch (type) {
    case 'receipt':
      return linkTo(text);
    case 'receipts':
      return html`<ul>${values.map((path) => html`<li>${linkTo(path)}</li>`)}</ul>`;
    case 'service':
      return linkToService(text);
    case 'json':
      return html`<details><summary>as recorded</summary><pre>${prettyJson(text)}</pre></details>`;
    case 'text':
      return linkOutside(text);
    case 'number':
    case 'integer':
    case 'boolean':
    case 'instant':
      return unit === undefined ? text : `${text} ${unit}`;
  }
}

/** Labels as rows, by name. */
export function labelRows(labels: Labels | undefined): readonly Html[] {
  return Object.entries(labels ?? {})
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => row(name, value));
}

/** A table of labels, if there are any. */
export function labelTable(labels: Labels | undefined): Content {
  const rows = labelRows(labels);
  return rows.length === 0 ? undefined : html`<h2>Labels</h2>\n<table><tbody>${rows}</tbody></table>`;
}

function headRows(receipt: ReadReceipt): Content {
  if (receipt.type === 'sample') {
    const { at, series } = receipt.sample;
    return [
      row('time', timeElement(at)),
      series.service === undefined ? undefined : row('service', linkToService(series.service)),
    ];
  }
  const { at, receivedAt, door, service } = receipt.event;
  return [
    row('time', timeElement(at)),
    row('received', html`${timeElement(receivedAt)} by the door <code>${door}</code>`),
    service === undefined ? undefined : row('service', linkToService(service)),
  ];
}

function mentionList(mentions: readonly Mention[]): Content {
  if (mentions.length === 0) return undefined;
  return html`<h2>Who rests on it</h2>
<ul>${mentions.map(
    ({ incident, role }) =>
      html`<li>${linkTo(pathOf({ type: 'incident', id: incident.id }), incident.title)}: ${role}</li>`,
  )}</ul>`;
}

/** The title of a receipt's page. */
export function titleOf(receipt: ReadReceipt): string {
  if (receipt.type === 'sample') return `Sample of ${receipt.sample.series.metric}`;
  const { kind, service } = receipt.event;
  const words = wordsOf(kind);
  const title = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return service === undefined ? title : `${title}, ${service}`;
}

/** The content of a receipt's page. */
export function receiptPage(receipt: ReadReceipt, { mentions, around }: ReceiptSetting): Html {
  const sample = receipt.type === 'sample' ? receipt.sample : undefined;
  return html`<h1>${titleOf(receipt)}</h1>
<table>
<caption>What was recorded</caption>
<tbody>
${headRows(receipt)}${fieldsOf(receipt).map((field) => row(field.name, contentOf(field)))}</tbody>
</table>
${sample !== undefined && around !== undefined ? chart(around.points, around.window, sample.at) : undefined}
${labelTable(receipt.type === 'event' ? receipt.event.labels : receipt.sample.series.labels)}
${mentionList(mentions)}`;
}
