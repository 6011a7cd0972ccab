/** The page of a post-mortem: the draft as the template has it, its other forms, and what was published. */
import { type EventReceipt, pathOf, pathOfEvent } from '../../model/index.js';
import { markdownHtml } from '../../rca/index.js';
import { type Content, Html, html } from './html.js';
import { linkTo, readableTime } from './links.js';

function publishedList(published: readonly EventReceipt<'postmortem'>[]): Content {
  if (published.length === 0) return html`<p class="soft">It has not been published yet.</p>`;
  return html`<ul>${published.map((one) => {
    const by = one.author === undefined ? '' : ` by ${one.author}`;
    return html`<li>${linkTo(pathOfEvent(one), `published ${readableTime(one.at)}${by}`)}</li>`;
  })}</ul>`;
}

/** The content of the page; `markdown` is the whole document. */
export function postmortemPage(
  id: string,
  markdown: string,
  published: readonly EventReceipt<'postmortem'>[],
): Html {
  const at = `/postmortems/${encodeURIComponent(id)}`;
  return html`<p class="soft">Draft for ${linkTo(pathOf({ type: 'incident', id }))}, as
<a href="${at}?format=md">Markdown</a> and <a href="${at}?format=json">JSON</a>.</p>
${publishedList(published)}
${new Html(markdownHtml(markdown))}`;
}
