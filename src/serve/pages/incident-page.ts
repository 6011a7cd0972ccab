/** The page of an incident: what was seen, what may have caused it, and what speaks for and against each cause. */
import type { EventReceipt } from '../../model/index.js';
import {
  type Argument,
  confidenceIn,
  type Incident,
  type RecordedCandidate,
  type RunbookMatches,
  type Similar,
  type Term,
  type ToldWhy,
} from '../../rca/index.js';
import { type Content, type Html, html } from './html.js';
import { runbookSection } from './incident-runbooks.js';
import { saidSection, similarSection, verdictsOf } from './incident-said.js';
import { linkOutside, linkTo, linkToService, timeElement, wordsOf } from './links.js';
import { row } from './receipt-page.js';

/** An alert of an incident: its path, and its receipt if it could be read. */
export interface AlertOfIncident {
  readonly path: string;
  readonly event: EventReceipt | undefined;
}

/** Beyond this many citations a sentence keeps the rest folded. */
const SHOWN_CITES = 6;

/** The evidence of candidates after this rank is folded, so that the why chain is not far below. */
const MOST_UNFOLDED = 3;

const figure = (value: number): string => value.toFixed(2);

function citeList(cites: readonly string[]): Content {
  if (cites.length === 0) return undefined;
  const links = (paths: readonly string[]): Content =>
    paths.map((path, index) => [index === 0 ? undefined : ' · ', linkTo(path)]);
  const folded = cites.slice(SHOWN_CITES);
  return html`<div class="cites">${links(cites.slice(0, SHOWN_CITES))}${
    folded.length === 0
      ? undefined
      : html`<details><summary>${folded.length} more receipts</summary>${links(folded)}</details>`
  }</div>`;
}

function argumentList(title: string, sentences: readonly Argument[], none: string): Html {
  return html`<h4>${title}</h4>
${
  sentences.length === 0
    ? html`<p class="soft">${none}</p>`
    : html`<ul>${sentences.map(({ sentence, cites }) => html`<li>${sentence}${citeList(cites)}</li>\n`)}</ul>`
}
`;
}

function termTable(terms: readonly Term[]): Html {
  return html`<table>
<caption>How the score is made</caption>
<thead><tr><th scope="col">Term</th><th scope="col">What it means</th><th scope="col" class="figure">Value</th><th scope="col" class="figure">Weight</th><th scope="col" class="figure">Adds</th></tr></thead>
<tbody>${terms.map(
    (term) =>
      html`<tr><th scope="row">${term.name}</th><td>${term.meaning}</td><td class="figure">${figure(term.value)}</td><td class="figure">${figure(term.weight)}</td><td class="figure">${figure(term.contribution)}</td></tr>\n`,
  )}</tbody>
</table>`;
}

function changeOf(candidate: RecordedCandidate): Content {
  const { metric, metricChangePercent, onsetAt } = candidate;
  const sign = (metricChangePercent ?? 0) > 0 ? '+' : '';
  return [
    metric === undefined ? undefined : html` · <code>${metric}</code>`,
    metricChangePercent === undefined ? undefined : ` ${sign}${metricChangePercent.toFixed(0)}\u00a0%`,
    onsetAt === undefined ? undefined : html` · from ${timeElement(onsetAt)}`,
  ];
}

function confidenceOf(candidate: RecordedCandidate): Content {
  const confidence = confidenceIn(candidate);
  if (confidence === undefined) return undefined;
  const { likelihood, share } = confidence;
  return ` · ${likelihood}: right in ${Math.round(100 * share)} of 100 answers with such a score`;
}

function about(candidate: RecordedCandidate): Html {
  const { service, component, causeKind, cause, commit, actsOn = [], remedy } = candidate;
  return html`<p>${wordsOf(causeKind)}${service === '' ? undefined : [' · ', linkToService(service)]}${component === undefined ? undefined : ` / ${component}`}${changeOf(candidate)}${
    cause === undefined ? undefined : html`<br>Blames ${linkTo(cause)}`
  }${commit === undefined ? undefined : html` · commit <code>${commit}</code>`}${
    actsOn.length === 0 ? undefined : [' · acts on ', actsOn.map(linkToService)]
  }${
    remedy === undefined ? undefined : html` · done first: <strong>${remedy.replaceAll('-', ' ')}</strong>`
  } · ${linkTo(candidate.receipt, 'receipt of this candidate')}</p>`;
}

function evidenceOf({ supporting, opposing, terms }: RecordedCandidate): Html {
  return html`${argumentList('For', supporting, 'No sentence speaks for it.')}${argumentList('Against', opposing, 'Nothing was found that speaks against it.')}${terms.length === 0 ? undefined : termTable(terms)}`;
}

function folded(candidate: RecordedCandidate): Html {
  return html`<details><summary>Its evidence and its score, ${figure(candidate.score)}</summary>
${evidenceOf(candidate)}
</details>`;
}

function candidateItem(candidate: RecordedCandidate, incident: Incident): Html {
  const score = figure(candidate.score);
  return html`<li><article>
<h3>${candidate.rank}. ${candidate.title}</h3>
<p>Score <meter min="0" max="1" value="${candidate.score}">${score}</meter> ${score}${confidenceOf(candidate)}</p>
${about(candidate)}
${verdictsOf(incident, candidate)}
${candidate.rank > MOST_UNFOLDED ? folded(candidate) : evidenceOf(candidate)}
</article></li>
`;
}

function rejectedItem(candidate: RecordedCandidate, incident: Incident): Html {
  return html`<li><article>
<h3>${candidate.title}</h3>
<p>Ruled out: ${candidate.rejected ?? 'no reason was recorded'}</p>
${about(candidate)}
${verdictsOf(incident, candidate)}
${folded(candidate)}
</article></li>
`;
}

function alertItem({ path, event }: AlertOfIncident): Html {
  if (event === undefined || event.kind !== 'alert_fired') return html`<li>${linkTo(path)}</li>\n`;
  const summary = event.summary === undefined ? undefined : `: ${event.summary}`;
  return html`<li>${linkTo(path, event.name)} (${event.severity}) at ${timeElement(event.at)}${summary}</li>\n`;
}

function symptom(incident: Incident, alerts: readonly AlertOfIncident[]): Html {
  const { state, severity, service, metric, startsAt, onsetAt, endsAt, runbookUrl } = incident;
  const more = incident.alerts.length - alerts.length;
  return html`<h2>Symptom</h2>
<table><tbody>
${row('state', html`<span class="state ${state}">${state}</span>, severity ${severity}`)}${
  service === undefined ? undefined : row('service', linkToService(service))
}${metric === undefined ? undefined : row('metric', html`<code>${metric}</code>`)}${row('first seen', timeElement(startsAt))}${row(
  'began',
  onsetAt === undefined ? 'no lasting change was found' : timeElement(onsetAt),
)}${endsAt === undefined ? undefined : row('over', timeElement(endsAt))}${
  runbookUrl === undefined ? undefined : row('runbook', linkOutside(runbookUrl))
}</tbody></table>
<h3>Alerts</h3>
<ul>${alerts.map(alertItem)}</ul>
${more > 0 ? html`<p class="soft">And ${more} more, which GraphQL lists: <code>incident(id) { alerts(first: 100, offset: ${alerts.length}) { iri } }</code></p>` : undefined}`;
}

function causes(incident: Incident): Html {
  const { candidates, rejected, missing, analysis } = incident;
  const none =
    analysis === 0 ? 'It has not been analysed yet.' : 'No candidate stands on the evidence that there is.';
  return html`<h2>Possible causes</h2>
<p class="soft">Ranked by score: how far the evidence points to each. A score is not a probability; how likely the first is comes from how often such first candidates were right.</p>
${candidates.length === 0 ? html`<p>${none}</p>` : html`<ol class="candidates">${candidates.map((one) => candidateItem(one, incident))}</ol>`}
${missing.length === 0 ? undefined : html`<h2>Evidence that is missing</h2>\n<ul>${missing.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
${rejected.length === 0 ? undefined : html`<h2>Ruled out</h2>\n<ol class="candidates">${rejected.map((one) => rejectedItem(one, incident))}</ol>`}`;
}

function whyItem({ place, sentence, cites, query, end, causes }: ToldWhy): Html {
  return html`<li><p>${place === '0' ? undefined : html`<strong>Why?</strong> `}${sentence}</p>${citeList(cites)}${
    query === undefined
      ? undefined
      : html`<details><summary>The query that finds it</summary><pre>${query}</pre></details>`
  }${
    end === undefined
      ? undefined
      : html`<p class="soft">Here evidence stops. ${end.reason}<br>Needed: ${end.needed}</p>`
  }${causes.length === 0 ? undefined : html`<ol>${causes.map(whyItem)}</ol>`}</li>
`;
}

function whys({ why }: Incident): Html | undefined {
  return why === undefined ? undefined : html`<h2>Five whys</h2>\n<ul class="whys">${whyItem(why)}</ul>`;
}

/** The content of an incident's page. */
export function incidentPage(
  incident: Incident,
  alerts: readonly AlertOfIncident[],
  similar: readonly Similar[],
  runbooks: RunbookMatches,
): Html {
  return html`<h1>${incident.title}</h1>
<p><a href="/postmortems/${encodeURIComponent(incident.id)}">Post-mortem</a></p>
${symptom(incident, alerts)}
${saidSection(incident)}
${runbookSection(runbooks, incident)}
${causes(incident)}
${whys(incident)}
${similarSection(similar)}`;
}
