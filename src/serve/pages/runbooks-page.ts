/** The page of the list of runbooks. */
import type { Runbook } from '../../graph/index.js';
import { pathOf } from '../../model/index.js';
import { type Content, type Html, html } from './html.js';
import { linkTo } from './links.js';

const anyOf = (values: readonly string[]): Content =>
  values.length === 0 ? html`<span class="soft">any</span>` : values.join(', ');

function runbookRow({ name, title, owner, services, severities, evidence, origin }: Runbook): Html {
  const link = linkTo(pathOf({ type: 'runbook', name }), title);
  return html`<tr><th scope="row">${link}</th><td>${anyOf(services)}</td><td>${anyOf(severities)}</td><td>${owner ?? '–'}</td><td>${origin === 'own' ? 'yours' : 'with Genchi'}</td><td>${evidence.join('; ')}</td></tr>\n`;
}

/** The content of the page: the runbooks by name, and what is wrong with files that are none. */
export function runbooksPage(runbooks: readonly Runbook[], faults: readonly string[]): Html {
  const table = html`<table class="runbooks">
<thead><tr><th scope="col">Runbook</th><th scope="col">Services</th><th scope="col">Severity</th><th scope="col">Owner</th><th scope="col">Comes</th><th scope="col">Expected evidence</th></tr></thead>
<tbody>${runbooks.map(runbookRow)}</tbody>
</table>`;
  const faulty = html`<h2>Files that are left out, or kept as they were</h2>
<ul>${faults.map((fault) => html`<li>${fault}</li>`)}</ul>`;
  return html`<h1>Runbooks</h1>
<p class="soft">What to do about known failures: ${runbooks.length} in force.</p>
${runbooks.length === 0 ? html`<p>There is none. A folder of your own is named by <code>--runbooks</code>.</p>` : html`<div class="scroll">${table}</div>`}
${faults.length === 0 ? undefined : faulty}`;
}
