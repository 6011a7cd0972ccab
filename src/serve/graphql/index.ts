/**
 * `/graphql`: GraphQL over HTTP, and GraphiQL for browsers. Mutations are taken by POST only, in a content type that no
 * page of another origin can send without asking.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import { contextOf, type GraphqlContext, type GraphqlDeps } from './context.js';
import { maskError, yogaLogger } from './errors.js';
import { GraphiqlPage } from './graphiql.js';
import { limitQueries } from './limits.js';
import { schema } from './schema.js';

export type { GraphqlDeps } from './context.js';
export { schemaSdl } from './schema.js';

/** A body holds a query of at most 64 KiB, which JSON may write longer, and its variables. */
const MOST_BODY_BYTES = 262_144;

type Yoga = YogaServerInstance<Record<string, never>, GraphqlContext>;

function createEngine(server: FastifyInstance, deps: GraphqlDeps): Yoga {
  return createYoga<Record<string, never>, GraphqlContext>({
    schema,
    context: () => contextOf(deps),
    plugins: [limitQueries],
    maskedErrors: { maskError, errorMessage: 'Something failed that should not have; the log says more.' },
    logging: yogaLogger(server.log),
    // Parsed queries are not kept: what hostile queries would fill is worth more than the millisecond.
    parserAndValidationCache: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    cors: false,
  });
}

/** The headers that GraphQL over HTTP reads. */
function headersOf(request: FastifyRequest): Record<string, string> {
  const { accept, 'content-type': contentType } = request.headers;
  return {
    ...(accept === undefined ? {} : { accept }),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
}

async function answer(yoga: Yoga, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const search = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
  const body = Buffer.isBuffer(request.body) ? { body: request.body.toString('utf8') } : {};
  const response = await yoga.fetch(`http://localhost/graphql${search}`, {
    method: request.method,
    headers: headersOf(request),
    ...body,
  });
  for (const [name, value] of response.headers) reply.header(name, value);
  reply.status(response.status).header('vary', 'accept');
  await reply.send(Buffer.from(await response.arrayBuffer()));
}

const wantsPage = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && (headers.accept ?? '').includes('text/html');

/** Serves GraphQL at `/graphql`. */
export function registerGraphql(server: FastifyInstance, deps: GraphqlDeps): void {
  const yoga = createEngine(server, deps);
  const page = new GraphiqlPage();
  server.register(async (scope) => {
    // Yoga reads bodies itself; those that are not JSON never reach it.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      ['application/json', 'application/graphql+json'],
      { parseAs: 'buffer' },
      (_request, body, done) => done(null, body),
    );
    scope.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      bodyLimit: MOST_BODY_BYTES,
      exposeHeadRoute: false,
      handler: (request, reply) =>
        deps.graphiql && wantsPage(request) ? page.send(request, reply) : answer(yoga, request, reply),
    });
  });
}
