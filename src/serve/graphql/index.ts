/**
 * `/graphql`: GraphQL over HTTP, and GraphiQL for browsers. Mutations are taken by POST only, in a content type that no
 * page of another origin can send without asking.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphqlDeps } from './context.js';
import type { Engine } from './engine.js';
import { GraphiqlPage } from './graphiql.js';

export type { GraphqlDeps } from './context.js';
export { type PersistedOperations, readPersistedOperations } from './persisted.js';
export { Subscribers } from './subscribers.js';

/** A body holds a query of at most 64 KiB, which JSON may write longer, and its variables. */
const MOST_BODY_BYTES = 262_144;

/** The headers that GraphQL over HTTP reads. */
function headersOf(request: FastifyRequest): Record<string, string> {
  const { accept, 'content-type': contentType } = request.headers;
  return {
    ...(accept === undefined ? {} : { accept }),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
}

async function answer(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const search = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
  const body = Buffer.isBuffer(request.body) ? { body: request.body.toString('utf8') } : {};
  const response = await engine.fetch(
    `http://localhost/graphql${search}`,
    { method: request.method, headers: headersOf(request), ...body },
    { drop: () => reply.raw.destroy() },
  );
  reply.status(response.status).header('vary', 'accept');
  if (response.body !== null && isEventStream(response.headers.get('content-type'))) {
    await sendEvents(reply, response.body);
    return;
  }
  for (const [name, value] of response.headers) reply.header(name, value);
  await reply.send(Buffer.from(await response.arrayBuffer()));
}

const isEventStream = (mediaType: string | null | undefined): boolean =>
  mediaType?.includes('text/event-stream') ?? false;

/** Sends events as they come; nothing between here and the client may hold them back. */
async function sendEvents(reply: FastifyReply, body: AsyncIterable<Uint8Array>): Promise<void> {
  reply
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no');
  await reply.send(Readable.from(body, { objectMode: false }));
}

const wantsPage = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && (headers.accept ?? '').includes('text/html');

/** The schema as text in the schema definition language, sorted: the content of `schema.graphql`. */
export async function schemaSdl(): Promise<string> {
  return (await import('./schema.js')).schemaSdl();
}

/**
 * Serves GraphQL at `/graphql`. Its engine is loaded with the first question: that is a third of all code, and a start
 * need not wait for it.
 */
export function registerGraphql(server: FastifyInstance, deps: GraphqlDeps): void {
  let loading: Promise<Engine> | undefined;
  const engine = (): Promise<Engine> => {
    loading ??= import('./engine.js').then(({ createEngine }) => createEngine(server.log, deps));
    return loading;
  };
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
      handler: async (request, reply) => {
        if (isEventStream(request.headers.accept)) deps.subscribers.admit();
        if (deps.graphiql && wantsPage(request)) await page.send(request, reply);
        else await answer(await engine(), request, reply);
        return reply;
      },
    });
  });
}
