import type { FastifyInstance } from 'fastify';
import type { IncidentBook } from '../rca/index.js';
import { homePage, type Place } from './pages/home-page.js';
import { PAGE_SECURITY } from './pages/layout.js';
import { prefersPage } from './pages/negotiation.js';
import { themed } from './theme.js';
import type { SendWebPage } from './web.js';

/** How many incidents the page lists. */
const NEWEST = 20;

const PLACES: readonly Place[] = [
  { path: '/', methods: 'GET', what: 'the web interface' },
  { path: '/graphql', methods: 'GET POST', what: 'GraphQL, and GraphiQL for browsers' },
  { path: '/sparql', methods: 'GET POST', what: 'SPARQL 1.1 query over evidence and knowledge' },
  { path: '/.well-known/void', methods: 'GET', what: 'what is in the graph and how much, in VoID' },
  { path: '/queries', methods: 'GET', what: 'the query packs' },
  { path: '/ontology', methods: 'GET', what: 'the ontology' },
  { path: '/id/runbooks', methods: 'GET', what: 'the runbooks in force' },
  { path: '/reviews', methods: 'GET', what: 'the review of this week, and of others' },
  { path: '/openapi.json', methods: 'GET', what: 'the query packs as OpenAPI 3.1' },
  { path: '/metrics', methods: 'GET', what: 'the own figures of this server, for Prometheus' },
  { path: '/-/healthy', methods: 'GET', what: 'whether the process answers' },
  { path: '/-/ready', methods: 'GET', what: 'whether evidence can be taken and asked' },
  { path: '/api/v1/write', methods: 'POST', what: 'Prometheus remote write 1.0' },
  { path: '/api/v1/alertmanager', methods: 'POST', what: 'Alertmanager webhook version 4' },
  { path: '/api/v1/cloudevents', methods: 'POST', what: 'CloudEvents 1.0 and CDEvents' },
  { path: '/api/v1/events', methods: 'POST', what: 'events as JSON or NDJSON' },
];

/** What the page at `/` is made from. */
export interface HomeParts {
  readonly version: string;
  readonly incidents: Pick<IncidentBook, 'list'>;
  /** Sends the page of the web interface. */
  readonly sendPage: SendWebPage;
}

/**
 * `GET /`: the web interface for browsers, what stands here as JSON for programs. `GET /documents`: the newest incidents
 * and what stands here as a document, for readers without scripts.
 */
export function registerHome(server: FastifyInstance, { version, incidents, sendPage }: HomeParts): void {
  const places = (): readonly Place[] =>
    PLACES.filter(({ path, methods }) => {
      const method = methods.startsWith('GET') ? 'GET' : 'POST';
      const url = path.startsWith('/id/') ? '/id/*' : path;
      return path.startsWith('/-/') || server.hasRoute({ method, url });
    });
  server.get('/', { config: { scope: 'open' } }, async (request, reply) => {
    reply.header('vary', 'accept');
    if (prefersPage(request.headers.accept)) return sendPage(request, reply);
    return { name: 'genchi', version, places: places() };
  });
  server.get('/documents', { config: { scope: 'read' } }, async (request, reply) => {
    reply.header('content-security-policy', PAGE_SECURITY).type('text/html; charset=utf-8');
    const listed = await incidents.list({ limit: NEWEST });
    return reply.send(themed(request, homePage(version, listed, places())));
  });
}
