import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptOf, type Graph, GraphError, type QueryAnswer } from '../graph/index.js';
import { ServeError } from './errors.js';
import { goneSignal } from './gone.js';

/** What the SPARQL door is opened with. */
export interface SparqlDoorOptions {
  readonly graph: Graph;
  /** The origin whose pages may ask from a browser, or `*`; none unless given. */
  readonly corsOrigin?: string;
}

/** The largest body: a query of the largest size, each character of it percent-encoded. */
const BODY_BYTES = 256 * 1024;

const HOW_TO =
  'Ask with GET /sparql?query=…, or POST the query as application/sparql-query, or as the field query of a form.';

/** The parameters of a request, from its form or its URL. */
class Parameters {
  readonly #sources: readonly URLSearchParams[];

  constructor(...sources: readonly URLSearchParams[]) {
    this.#sources = sources;
  }

  /** The one value of a parameter; undefined when it is absent, `bad-request` when it is there twice. */
  one(name: string): string | undefined {
    const [value, ...others] = this.#sources.flatMap((source) => source.getAll(name));
    if (others.length > 0)
      throw new ServeError('bad-request', `The parameter ${name} is given more than once.`);
    return value;
  }

  has(name: string): boolean {
    return this.#sources.some((source) => source.has(name));
  }
}

function parametersOf(request: FastifyRequest): Parameters {
  const start = request.url.indexOf('?');
  const fromUrl = new URLSearchParams(start < 0 ? '' : request.url.slice(start + 1));
  const { body } = request;
  return body instanceof URLSearchParams ? new Parameters(body, fromUrl) : new Parameters(fromUrl);
}

function timeoutOf(parameters: Parameters): number | undefined {
  const text = parameters.one('timeout');
  if (text === undefined) return undefined;
  const timeoutMs = Number(text);
  if (text.trim() !== '' && timeoutMs > 0 && Number.isFinite(timeoutMs)) return timeoutMs;
  throw new ServeError(
    'bad-request',
    `The timeout ${JSON.stringify(text)} is no positive number of milliseconds.`,
  );
}

function wantedOf(request: FastifyRequest, parameters: Parameters): string | undefined {
  const format = parameters.one('format');
  if (format === undefined) return request.headers.accept;
  const accept = format.includes('/') ? format : acceptOf(format);
  if (accept !== undefined) return accept;
  throw new ServeError(
    'bad-request',
    'The format is one of json, xml, csv, tsv, turtle, ntriples and jsonld.',
  );
}

/** Refuses what the protocol has and this graph has not: updates, and other graphs than the one. */
function refuseOthers(parameters: Parameters): void {
  if (parameters.has('update')) {
    throw new GraphError(
      'query-is-update',
      'Evidence is append-only: SPARQL updates are refused. Record events instead.',
    );
  }
  for (const name of ['default-graph-uri', 'named-graph-uri']) {
    if (parameters.has(name)) {
      throw new ServeError('bad-request', `There is one graph, the default one: leave out ${name}.`);
    }
  }
}

function send(reply: FastifyReply, { contentType, body, cost }: QueryAnswer): FastifyReply {
  return reply
    .type(contentType)
    .header('vary', 'accept')
    .header('server-timing', `slice;dur=${cost.sliceMs.toFixed(1)}, query;dur=${cost.queryMs.toFixed(1)}`)
    .send(Buffer.from(body));
}

async function ask(graph: Graph, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const parameters = parametersOf(request);
  refuseOthers(parameters);
  const text = typeof request.body === 'string' ? request.body : parameters.one('query');
  if (text === undefined) throw new ServeError('bad-request', `There is no query. ${HOW_TO}`);
  const accept = wantedOf(request, parameters);
  const timeoutMs = timeoutOf(parameters);
  const answer = await graph.query({
    text,
    signal: goneSignal(reply),
    ...(accept === undefined ? {} : { accept }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return send(reply, answer);
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
    done(new GraphError('query-is-update', 'Evidence is append-only: SPARQL updates are refused.')),
  );
}

function allowOrigin(scope: FastifyInstance, origin: string): void {
  scope.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', origin);
  });
  scope.options('/sparql', async (_request, reply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', 'accept, content-type')
      .send(),
  );
}

/**
 * `GET` and `POST /sparql`: the query operation of the SPARQL 1.1 Protocol (section 2.1), with `timeout` in milliseconds
 * and `format` beside it. Answers are JSON, XML, CSV or TSV for SELECT and ASK, Turtle, N-Triples or JSON-LD for
 * CONSTRUCT and DESCRIBE. A query ends when its client goes away.
 */
export function registerSparql(server: FastifyInstance, { graph, corsOrigin }: SparqlDoorOptions): void {
  server.register(async (scope) => {
    readBodies(scope);
    if (corsOrigin !== undefined) allowOrigin(scope, corsOrigin);
    scope.get('/sparql', (request, reply) => ask(graph, request, reply));
    scope.post('/sparql', { bodyLimit: BODY_BYTES }, (request, reply) => ask(graph, request, reply));
  });
}
