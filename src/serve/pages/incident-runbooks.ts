/** What to do about an incident: its runbooks, each with the reason and its text filled for this incident. */
import { fillRunbook } from '../../graph/index.js';
import { pathOf } from '../../model/index.js';
import { type Incident, type RunbookMatch, type RunbookMatches, valuesOf } from '../../rca/index.js';
import { type Html, html } from './html.js';
import { linkOutside, linkTo } from './links.js';
import { renderMarkdown } from './runbook-page.js';

function matchItem({ runbook, reason, ...match }: RunbookMatch, incident: Incident): Html {
  if (runbook === undefined) {
    const url = 'url' in match ? linkOutside(match.url) : undefined;
    return html`<li>${url}<br><span class="soft">${reason}</span></li>\n`;
  }
  const text = renderMarkdown(fillRunbook(runbook.markdown, valuesOf(incident)));
  return html`<li>${linkTo(pathOf({ type: 'runbook', name: runbook.name }), runbook.title)}<br><span class="soft">${reason}</span>
<details><summary>What it says, with this incident in its links and queries</summary>${text}</details></li>
`;
}

/** The runbooks of an incident, the best first, or how one is drafted where none is meant. */
export function runbookSection({ matches, unasked }: RunbookMatches, incident: Incident): Html {
  const list = html`<ol class="runbooks">${matches.map((match) => matchItem(match, incident))}</ol>`;
  const none = html`<p class="soft">No runbook matches; <code>genchi runbooks propose ${incident.id}</code> drafts one.</p>`;
  return html`<h2>What to do</h2>
${matches.length === 0 ? none : list}
${unasked.map((sentence) => html`<p class="soft">${sentence}</p>`)}`;
}
