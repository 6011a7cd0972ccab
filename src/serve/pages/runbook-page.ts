/** The page of a runbook: its text, rendered, with what makes it match. */
import MarkdownIt from 'markdown-it';
import type { Runbook } from '../../graph/index.js';
import { Html, html } from './html.js';
import { row } from './receipt-page.js';

// Runbooks come from files of the operator's; HTML in them is shown as text all the same, and so are its links.
const markdown = new MarkdownIt({ html: false, linkify: false });

/** A place in a link that an incident fills in, as `{incident}`; without one the link would lead nowhere. */
const OPEN_PLACE = /\{|%7B/i;

markdown.core.ruler.push('links-with-open-places', ({ tokens }) => {
  for (const { children } of tokens) {
    let isOpen = false;
    for (const token of children ?? []) {
      if (token.type === 'link_open') isOpen = OPEN_PLACE.test(String(token.attrGet('href') ?? ''));
      // Left as its words, which say what would be looked at.
      if (isOpen && (token.type === 'link_open' || token.type === 'link_close')) {
        isOpen = token.type === 'link_open';
        token.type = 'text';
        token.content = '';
      }
    }
  }
});

/** Markdown as HTML that is safe to show: no HTML of its own, no links but those of the web and of this server. */
export function renderMarkdown(text: string): Html {
  return new Html(markdown.render(text));
}

/** The content of a runbook's page; `text` is its Markdown, with the places filled where an incident is meant. */
export function runbookPage({ title, owner, services, severities, evidence }: Runbook, text: string): Html {
  const listed = (values: readonly string[]) => (values.length === 0 ? 'any' : values.join(', '));
  return html`<p><a href="/id/runbooks">All runbooks</a></p>
<h1>${title}</h1>
<table><tbody>
${owner === undefined ? undefined : row('owner', owner)}${row('services', listed(services))}${row('severity', listed(severities))}</tbody></table>
<h2>Expected evidence</h2>
<ul>${evidence.map((sentence) => html`<li>${sentence}</li>`)}</ul>
${renderMarkdown(text)}`;
}
