/** The page of a service: what is known of it, with links to the evidence. */
import type { DependencyEdge } from '../../graph/index.js';
import { type EventReceipt, pathOf, pathOfEvent, type Series } from '../../model/index.js';
import type { Incident } from '../../rca/index.js';
import { receiptOfEvent } from '../receipt.js';
import { type Content, Html, html } from './html.js';
import { linkTo, linkToService, timeElement } from './links.js';
import { titleOf } from './receipt-page.js';

/** What the page of a service shows. */
export interface ServiceFacts {
  readonly name: string;
  readonly dependencies: readonly DependencyEdge[];
  readonly incidents: readonly Incident[];
  /** The newest changes and alerts, newest first. */
  readonly recent: readonly EventReceipt[];
  readonly series: readonly Series[];
}

/** How many of its series are listed. */
const SHOWN_SERIES = 100;

/** The labels that tell a series from others of its metric. */
function labelsOf({ labels, service }: Series): string {
  return Object.entries(labels)
    .filter(([, value]) => value !== service)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function seriesList(series: readonly Series[]): Content {
  if (series.length === 0) return undefined;
  const sorted = series.toSorted((one, other) => (one.metric < other.metric ? -1 : 1)).slice(0, SHOWN_SERIES);
  const count =
    series.length > SHOWN_SERIES ? `the first ${SHOWN_SERIES} of ${series.length}` : `${series.length}`;
  return html`<h2>Series</h2>
<details${series.length > 20 ? undefined : new Html(' open')}><summary>${count}</summary>
<ul>${sorted.map(
    (one) =>
      html`<li>${linkTo(pathOf({ type: 'series', series: one.key }), one.metric)} <span class="soft">${labelsOf(one)}</span></li>\n`,
  )}</ul></details>
`;
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
export function servicePage({ name, dependencies, incidents, recent, series }: ServiceFacts): Html {
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
)}${seriesList(series)}`;
}
