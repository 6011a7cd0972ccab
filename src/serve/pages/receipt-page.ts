/** The page of one receipt: what it states, what happened around it, and what rests on it. */
import { type Instant, type Labels, parseInstant, pathOf, type Window } from '../../model/index.js';
import type { Citing } from '../citing.js';
import type { Glossary } from '../glossary.js';
import type { Neighbour } from '../neighbours.js';
import { fieldsOf, type ReadReceipt, type ReceiptField } from '../receipt.js';
import { chart, type Point } from './chart.js';
import { citationSection, type Mention } from './citations.js';
import { type Content, type Html, html } from './html.js';
import { linkOutside, linkTo, linkToService, timeElement, wordsOf } from './links.js';
import { type ProofSetting, proofSection } from './proof-section.js';
import { neighbourSection } from './surroundings.js';

/** The samples around the one that a page is about. */
export interface Surroundings {
  readonly window: Window;
  readonly points: readonly Point[];
}

/** What a receipt's page shows beside the receipt itself. */
export interface ReceiptSetting {
  readonly iri: string;
  readonly citing: Citing;
  readonly mentions: readonly Mention[];
  readonly neighbours: readonly Neighbour[];
  readonly around: Surroundings | undefined;
  readonly glossary: Glossary;
  /** Where it is in the log; undefined where that is not known. */
  readonly proof: ProofSetting | undefined;
}

/** A row of a table of facts. */
export function row(name: string, content: Content): Html {
  return html`<tr><th scope="row">${name}</th><td>${content}</td></tr>\n`;
}

/** A row for a field: named as the ontology names it, with what it means, and a link to its place there. */
function fieldRow(field: ReceiptField, glossary: Glossary): Html {
  const entry = glossary.get(field.name);
  const ofTerm = field.type === 'number' || field.type === 'integer' ? entry?.unit : undefined;
  // Shares and ranks have the unit 1, which nobody writes.
  const unit = field.unit ?? (ofTerm === '1' ? undefined : ofTerm);
  const content = contentOf({ ...field, unit });
  if (entry === undefined) return row(field.name, content);
  const term = html`<a class="term" href="/ontology#${field.name}" title="${entry.meaning ?? field.name}">${entry.label}</a>`;
  return html`<tr><th scope="row">${term}</th><td>${content}</td></tr>\n`;
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
    case 'instant': {
      const at = parseInstant(text);
      return at === undefined ? text : timeElement(at);
    }
    case 'number':
    case 'integer':
    case 'boolean':
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

/** When a receipt's fact happened. */
export function atOf(receipt: ReadReceipt): Instant {
  return receipt.type === 'event' ? receipt.event.at : receipt.sample.at;
}

/** The service that a receipt is about. */
export function serviceOf(receipt: ReadReceipt): string | undefined {
  return receipt.type === 'event' ? receipt.event.service : receipt.sample.series.service;
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
export function receiptPage(receipt: ReadReceipt, setting: ReceiptSetting): Html {
  const { iri, citing, mentions, neighbours, around, glossary, proof } = setting;
  const sample = receipt.type === 'sample' ? receipt.sample : undefined;
  return html`<h1>${titleOf(receipt)}</h1>
<table>
<caption>What was recorded</caption>
<tbody>
${headRows(receipt)}${fieldsOf(receipt).map((field) => fieldRow(field, glossary))}</tbody>
</table>
${sample !== undefined && around !== undefined ? chart(around.points, around.window, sample.at) : undefined}
${labelTable(receipt.type === 'event' ? receipt.event.labels : receipt.sample.series.labels)}
${citationSection(iri, citing, mentions)}
${neighbourSection(neighbours, atOf(receipt), serviceOf(receipt))}
${proofSection(iri, proof)}`;
}
