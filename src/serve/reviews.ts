/** `/reviews/YYYY-Www`: the review of a week as a document, as Markdown, or as JSON; `/reviews` leads to the present one. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { markdownHtml, type ReviewDesk } from '../rca/index.js';
import { formOf, mediaTypes } from './document-forms.js';
import { Html, html } from './pages/html.js';
import { PAGE_SECURITY, page } from './pages/layout.js';
import { prefersPage } from './pages/negotiation.js';
import { Parameters, urlParametersOf } from './sparql-parameters.js';
import { sendTagged } from './tagged.js';
import type { SendWebPage } from './web.js';

/** The time zone that is asked for; undefined when none is. */
function zoneOf(request: FastifyRequest): string | undefined {
  return new Parameters(urlParametersOf(request)).one('timeZone');
}

/** The address of the review of a week on this server. */
function addressOf(week: string, timeZone: string, format?: string): string {
  const parameters = {
    ...(timeZone === 'UTC' ? {} : { timeZone }),
    ...(format === undefined ? {} : { format }),
  };
  const search = new URLSearchParams(parameters).toString();
  return `/reviews/${week}${search === '' ? '' : `?${search}`}`;
}

async function answer(
  reviews: ReviewDesk,
  request: FastifyRequest<{ Params: { week: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const week = reviews.week(request.params.week, zoneOf(request));
  const form = formOf(request);
  const draft = await reviews.draft(week);
  reply.header('vary', 'accept').header('cache-control', 'no-cache');
  if (form !== 'html') {
    const text = reviews.write(draft, form === 'md' ? 'markdown' : 'json');
    return sendTagged(request, reply, mediaTypes[form], text);
  }
  const { name, timeZone, previous, next } = week;
  const main = html`<nav aria-label="Weeks"><a rel="prev" href="${addressOf(previous, timeZone)}">${previous}</a>
${draft.isOver ? html`<a rel="next" href="${addressOf(next, timeZone)}">${next}</a> ` : ''}<a href="${addressOf(name, timeZone, 'md')}">Markdown</a> <a href="${addressOf(name, timeZone, 'json')}">JSON</a></nav>
${new Html(markdownHtml(reviews.write(draft, 'markdown')))}`;
  reply.header('content-security-policy', PAGE_SECURITY);
  return sendTagged(request, reply, mediaTypes.html, page({ title: `Weekly review, ${name}`, main }));
}

/** Serves `GET /reviews/WEEK`, and `GET /reviews`: the pages to browsers, to others a redirect to the present week; fails with `bad-window` for what is no week. */
export function registerReviews(server: FastifyInstance, reviews: ReviewDesk, sendPage: SendWebPage): void {
  server.get('/reviews', { config: { scope: 'open' } }, (request, reply) => {
    reply.header('vary', 'accept');
    if (prefersPage(request.headers.accept)) return sendPage(request, reply);
    const { name, timeZone } = reviews.week(undefined, zoneOf(request));
    return reply.redirect(addressOf(name, timeZone), 302);
  });
  server.get<{ Params: { week: string } }>(
    '/reviews/:week',
    { config: { scope: 'read' } },
    (request, reply) => answer(reviews, request, reply),
  );
}
