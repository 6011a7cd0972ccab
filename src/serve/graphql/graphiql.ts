/** GraphiQL, whole in one page: nothing of it comes from another host. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The page runs its own script and style, starts workers from itself, and talks to this server alone. */
const CONTENT_SECURITY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  "style-src 'unsafe-inline'",
  'worker-src blob:',
  "connect-src 'self'",
  'img-src data:',
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FIRST_QUERY = `# Genchi: what happened, what caused it, and how do we know?
{
  incidents(first: 5) {
    nodes {
      iri state title startsAt onsetAt
      candidates {
        rank score title
        terms { name contribution meaning }
        supporting { sentence cites { iri } }
        opposing { sentence cites { iri } }
      }
      rejected { title rejected }
    }
  }
}
`;

/** The page as it stands and compressed. */
interface Page {
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** Makes the page at its first use: it is nine megabytes of script that most servers are never asked for. */
async function makePage(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const plain = Buffer.from(renderGraphiQL({ title: 'Genchi GraphQL', defaultQuery: FIRST_QUERY }));
  return { plain, gzipped: await promisify(gzip)(plain) };
}

/** Answers browsers with the page. */
export class GraphiqlPage {
  #page: Promise<Page> | undefined;

  async send(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.#page ??= makePage();
    const page = await this.#page;
    const compressed = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    reply
      .header('content-security-policy', CONTENT_SECURITY)
      .header('vary', 'accept, accept-encoding')
      .type('text/html; charset=utf-8');
    if (compressed) reply.header('content-encoding', 'gzip');
    await reply.send(compressed ? page.gzipped : page.plain);
  }
}
