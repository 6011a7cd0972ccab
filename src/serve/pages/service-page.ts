/** The pages of services and of series: what is known of them, with links to the evidence. */
import type { DependencyEdge } from '../../graph/index.js';
import { type EventReceipt, pathOf, pathOfEvent, type Series } from '../../model/index.js';
import type { Incident } from '../../rca/index.js';
import { receiptOfEvent } from '../receipt.js';
import { type Content, type Html, html } from './html.js';
import { linkTo, linkToService, timeElement } from './links.js';
import { labelTable, row, titleOf } from './receipt-page.js';

/** What the page of a service shows. */
export interface ServiceFacts {
  readonly name: string;
  readonly dependencies: readonly DependencyEdge[];
  readonly incidents: readonly Incident[];
  /** The newest changes and alerts, newest first. */
  readonly recent: readonly EventReceipt[];
}

function listOf<T>(title: string, items: readonly T[], itemOf: (item: T) => Content): Content {
  if (items.length === 0) return undefined;
  return html`<h2>${title}</h2>\n<ul>${items.map((item) => html`<li>${itemOf(item)}</li>\n`)}</ul>\n`;
}

const edgeItem =
  (end: 'caller' | 'callee') =>
  (edge: DependencyEdge): Html =>
    html`${linkToService(edge[end])}${edge.kind === undefined ? undefined : ` (${edge.kind})`} · ${linkTo(pathOfEvent(edge.receipt), 'how we know')}`;

/** The content of a service's page. */
export function servicePage({ name, dependencies, incidents, recent }: ServiceFacts): Html {
  return html`<h1>${name}</h1>
${listOf(
  'Incidents',
  incidents,
  (incident) =>
    html`<span class="state ${incident.state}">${incident.state}</span> ${linkTo(pathOf({ type: 'incident', id: incident.id }), incident.title)}, ${timeElement(incident.startsAt)}`,
)}${listOf(
  'Changes and alerts, newest first',
  recent,
  (event) => html`${timeElement(event.at)} ${linkTo(pathOfEvent(event), titleOf(receiptOfEvent(event)))}`,
)}${listOf(
  'It calls',
  dependencies.filter((edge) => edge.caller === name),
  edgeItem('callee'),
)}${listOf(
  'It is called by',
  dependencies.filter((edge) => edge.callee === name),
  edgeItem('caller'),
)}`;
}

/** The content of a series' page. */
export function seriesPage(series: Series): Html {
  return html`<h1>Series of ${series.metric}</h1>
<table><tbody>
${row('metric', html`<code>${series.metric}</code>`)}${
  series.service === undefined ? undefined : row('service', linkToService(series.service))
}${series.component === undefined ? undefined : row('component', series.component)}</tbody></table>
${labelTable(series.labels)}`;
}
