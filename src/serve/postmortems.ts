/** `/postmortems/ID`: the post-mortem of an incident as a page, as Markdown, or as JSON. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncidentBook, PostmortemDesk } from '../rca/index.js';
import { formOf, mediaTypes } from './document-forms.js';
import { ServeError } from './errors.js';
import { PAGE_SECURITY, page } from './pages/layout.js';
import { postmortemPage } from './pages/postmortem-page.js';
import { sendTagged } from './tagged.js';

/** What post-mortems are served from. */
export interface PostmortemDeps {
  readonly incidents: IncidentBook;
  readonly postmortems: PostmortemDesk;
}

async function answer(
  { incidents, postmortems }: PostmortemDeps,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params;
  const incident = await incidents.get(id);
  if (incident === undefined) throw new ServeError('not-found', `There is no incident ${id}.`);
  const form = formOf(request);
  reply.header('vary', 'accept').header('cache-control', 'no-cache');
  const draft = await postmortems.draft(incident);
  if (form !== 'html') {
    return sendTagged(
      request,
      reply,
      mediaTypes[form],
      postmortems.write(draft, form === 'md' ? 'markdown' : 'json'),
    );
  }
  const main = postmortemPage(id, postmortems.markdown(draft), await postmortems.published(id));
  reply.header('content-security-policy', PAGE_SECURITY);
  return sendTagged(request, reply, mediaTypes.html, page({ title: `Post-mortem: ${draft.title}`, main }));
}

/** Serves `GET /postmortems/ID`; fails with `not-found` for an incident that there is not. */
export function registerPostmortems(server: FastifyInstance, deps: PostmortemDeps): void {
  server.get<{ Params: { id: string } }>(
    '/postmortems/:id',
    { config: { scope: 'read' } },
    (request, reply) => answer(deps, request, reply),
  );
}
