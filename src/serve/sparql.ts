import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Graph, GraphError, type QueryAnswer, type QueryRequest } from '../graph/index.js';
import { GenchiError, type Iris } from '../model/index.js';
import { clientOf } from './client.js';
import { ServeError } from './errors.js';
import { goneSignal } from './gone.js';
import { PAGE_WITH_FORM } from './pages/layout.js';
import { prefersPage } from './pages/negotiation.js';
import { type Asked, sparqlPage } from './pages/sparql-page.js';
import { problemOf } from './problem.js';
import { type ServiceDescription, sendDescription } from './service-description.js';
import {
  explainOf,
  formatOf,
  freshOf,
  NO_UPDATES,
  type Parameters,
  parametersOf,
  refuseOthers,
  timeoutOf,
} from './sparql-parameters.js';
import { themed } from './theme.js';

/** What the SPARQL door is opened with. */
export interface SparqlDoorOptions {
  readonly graph: Graph;
  readonly iris: Iris;
  /** What is told of the endpoint to who asks without a query. */
  readonly description: ServiceDescription;
}

/** The largest body: a query of the largest size, each character of it percent-encoded. */
const BODY_BYTES = 256 * 1024;

const HOW_TO =
  'Ask with GET /sparql?query=…, or POST the query as application/sparql-query, or as the field query of a form.';

function send(reply: FastifyReply, { contentType, body, cost }: QueryAnswer): FastifyReply {
  return reply
    .type(contentType)
    .header('vary', 'accept')
    .header('server-timing', `slice;dur=${cost.sliceMs.toFixed(1)}, query;dur=${cost.queryMs.toFixed(1)}`)
    .send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

/** Reads a request; fails with `bad-request` on one that asks nothing, or what cannot be. */
function questionOf(request: FastifyRequest, parameters: Parameters, signal: AbortSignal): QueryRequest {
  refuseOthers(parameters);
  const text = typeof request.body === 'string' ? request.body : parameters.one('query');
  if (text === undefined) throw new ServeError('bad-request', `There is no query. ${HOW_TO}`);
  const timeoutMs = timeoutOf(parameters);
  return {
    text,
    signal,
    client: clientOf(request.principal, request.ip),
    explain: explainOf(parameters),
    isFresh: freshOf(request),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

async function ask(graph: Graph, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const parameters = parametersOf(request);
  const question = questionOf(request, parameters, goneSignal(reply));
  const accept = formatOf(parameters) ?? request.headers.accept;
  return send(reply, await graph.query({ ...question, ...(accept === undefined ? {} : { accept }) }));
}

/** What a page can show: a table, or a graph as Turtle. */
const SHOWN = 'application/sparql-results+json, text/turtle;q=0.9';

async function askForPage(
  graph: Graph,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Asked | undefined> {
  const parameters = parametersOf(request);
  const text = parameters.one('query');
  if (text === undefined) return undefined;
  try {
    const question = questionOf(request, parameters, goneSignal(reply));
    return { text, answer: await graph.query({ ...question, accept: SHOWN }) };
  } catch (error) {
    // What is the query's own fault is told beside it, where it can be mended.
    if (!(error instanceof GenchiError)) throw error;
    const problem = problemOf(error);
    reply.status(problem.status);
    return { text, problem };
  }
}

/** `GET /sparql`: an answer; the form to browsers, with the answer below it; without a query what stands here. */
async function answerGet(
  { graph, iris, description }: SparqlDoorOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('vary', 'accept');
  const parameters = parametersOf(request);
  const accept = formatOf(parameters) ?? request.headers.accept;
  if (prefersPage(accept) && !parameters.has('update')) {
    const asked = await askForPage(graph, request, reply);
    return reply
      .header('content-security-policy', PAGE_WITH_FORM)
      .type('text/html; charset=utf-8')
      .send(themed(request, sparqlPage(iris, asked)));
  }
  if (parameters.has('query') || parameters.has('update')) return await ask(graph, request, reply);
  return await sendDescription(request, reply, description);
}

function readBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/sparql-query', { parseAs: 'string' }, (_request, body, done) =>
    done(null, String(body)),
  );
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  scope.addContentTypeParser('application/sparql-update', (_request, _payload, done) =>
    done(new GraphError('query-is-update', NO_UPDATES)),
  );
}

/**
 * `GET` and `POST /sparql`: the query operation of the SPARQL 1.1 Protocol (section 2.1), with `timeout` in milliseconds,
 * `format` and `explain` beside it. Answers are JSON, XML, CSV or TSV for SELECT and ASK, Turtle, N-Triples or JSON-LD
 * for CONSTRUCT and DESCRIBE; browsers get a page. A query ends when its client goes away. Answers are shared by all who
 * ask the same until something is recorded, but for requests with `Cache-Control: no-cache`. Without a query it is the
 * service description.
 */
export function registerSparql(server: FastifyInstance, options: SparqlDoorOptions): void {
  const { graph } = options;
  server.register(async (scope) => {
    readBodies(scope);
    scope.get('/sparql', { config: { scope: 'read' } }, (request, reply) =>
      answerGet(options, request, reply),
    );
    scope.post('/sparql', { bodyLimit: BODY_BYTES, config: { scope: 'read' } }, (request, reply) =>
      ask(graph, request, reply),
    );
  });
}
