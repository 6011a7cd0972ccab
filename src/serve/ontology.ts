import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  acceptOf,
  negotiateGraph,
  type OntologyDocument,
  type OntologyTerm,
  readJsonLdContext,
  readOntologyDocument,
} from '../graph/index.js';
import { ServeError } from './errors.js';
import { ontologyPage } from './ontology-page.js';
import { PAGE_SECURITY } from './pages/layout.js';
import { prefersPage } from './pages/negotiation.js';
import { sendTagged } from './tagged.js';

/** Sends a document that lives as long as the process, to be asked for again by its tag. */
function send(request: FastifyRequest, reply: FastifyReply, type: string, text: string): FastifyReply {
  reply.header('cache-control', 'no-cache').header('vary', 'accept');
  return sendTagged(request, reply, type, text);
}

/** What is accepted: by the parameter `format` where it is given, else by the header. */
function wantedOf({ query, headers }: FastifyRequest): string | undefined {
  const format = new URLSearchParams(Object(query)).get('format');
  if (format === null) return headers.accept;
  const accept = acceptOf(format);
  if (accept !== undefined) return accept;
  throw new ServeError('bad-request', 'The format is one of turtle, ntriples and jsonld.');
}

function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  document: OntologyDocument,
  accept: string | undefined,
): FastifyReply {
  const type = negotiateGraph(accept);
  return send(request, reply, type, document[type]);
}

/** What is made when it is first asked for, and kept: a start need not wait for documents that nobody may read. */
function atFirstUse<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * `GET /ontology`: the terms that evidence and knowledge are written in, as a page for browsers, and as Turtle,
 * N-Triples and JSON-LD; `/ontology/shapes` and `/ontology/alignments` as RDF; `/ontology/context.jsonld`.
 */
export function registerOntology(server: FastifyInstance, terms: readonly OntologyTerm[]): void {
  const page = atFirstUse(() => ontologyPage(terms));
  const vocabulary = atFirstUse(() => readOntologyDocument('tps'));
  server.get('/ontology', { config: { scope: 'read' } }, async (request, reply) => {
    const accept = wantedOf(request);
    if (!prefersPage(accept)) return sendDocument(request, reply, await vocabulary(), accept);
    reply.header('content-security-policy', PAGE_SECURITY);
    return send(request, reply, 'text/html', page());
  });
  // Browsers ask for pages and take anything else: these two have none.
  for (const name of ['shapes', 'alignments'] as const) {
    const document = atFirstUse(() => readOntologyDocument(name));
    server.get(`/ontology/${name}`, { config: { scope: 'read' } }, async (request, reply) => {
      const accept = wantedOf(request);
      return sendDocument(request, reply, await document(), prefersPage(accept) ? undefined : accept);
    });
  }
  const context = atFirstUse(readJsonLdContext);
  server.get('/ontology/context.jsonld', { config: { scope: 'read' } }, async (request, reply) =>
    send(request, reply, 'application/ld+json', await context()),
  );
}
