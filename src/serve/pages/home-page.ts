/** The document at `/documents`: what is open, and what stands on this server. */

import { pathOf } from '../../model/index.js';
import { confirmedCauseOf, type Incident, titleOfCause } from '../../rca/index.js';
import { type Content, type Html, html } from './html.js';
import { page } from './layout.js';
import { linkTo, linkToService, timeElement } from './links.js';

/** What stands behind a path. */
export interface Place {
  readonly path: string;
  readonly methods: string;
  readonly what: string;
}

/** What people said it was, or else what the evidence points to most. */
function causeOf(incident: Incident): Content {
  const confirmed = confirmedCauseOf(incident);
  if (confirmed !== undefined) return html`${titleOfCause(confirmed)} <span class="soft">(confirmed)</span>`;
  return incident.candidates[0]?.title ?? html`<span class="soft">not enough evidence</span>`;
}

function incidentRow(incident: Incident): Html {
  const { id, title, severity, state, startsAt, service } = incident;
  return html`<tr><th scope="row">${linkTo(pathOf({ type: 'incident', id }), title)}</th><td class="state ${state}">${state}</td><td>${severity}</td><td>${timeElement(startsAt)}</td><td>${service === undefined ? undefined : linkToService(service)}</td><td>${causeOf(incident)}</td></tr>\n`;
}

function incidentTable(incidents: readonly Incident[]): Html {
  if (incidents.length === 0) return html`<p class="soft">No incident has been opened.</p>`;
  return html`<table>
<thead><tr><th scope="col">Incident</th><th scope="col">State</th><th scope="col">Severity</th><th scope="col">First seen</th><th scope="col">Service</th><th scope="col">Most likely cause</th></tr></thead>
<tbody>${incidents.map(incidentRow)}</tbody>
</table>`;
}

function placeRow({ path, methods, what }: Place): Html {
  const name = methods.startsWith('GET') ? html`<a href="${path}">${path}</a>` : html`<code>${path}</code>`;
  return html`<tr><th scope="row">${name}</th><td>${methods}</td><td>${what}</td></tr>\n`;
}

/** Writes the document at `/documents` with the newest incidents. */
export function homePage(version: string, incidents: readonly Incident[], places: readonly Place[]): string {
  return page({
    title: 'Overview',
    main: html`<h1>Go and see for yourself</h1>
<h2>Incidents</h2>
${incidentTable(incidents)}
<h2>What stands here</h2>
<table>
<thead><tr><th scope="col">Path</th><th scope="col">Methods</th><th scope="col">What it is</th></tr></thead>
<tbody>${places.map(placeRow)}</tbody>
</table>
<p class="soft">Genchi ${version}</p>`,
  });
}
