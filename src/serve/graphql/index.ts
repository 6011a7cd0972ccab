/**
 * `/graphql`: GraphQL over HTTP, and GraphiQL for browsers. Mutations are taken by POST only, in a content type that no
 * page of another origin can send without asking.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { nobody, type Principal } from '../../access/index.js';
import { unending } from '../auth/index.js';
import { clientOf } from '../client.js';
import type { GraphqlDeps } from './context.js';
import type { Engine } from './engine.js';
import { GraphiqlPage } from './graphiql.js';
import { type Answered, type Asked, SharedRequests, shareKeyOf } from './shared-requests.js';

export type { GraphqlDeps } from './context.js';
export { type PersistedOperations, readPageOperations, readPersistedOperations } from './persisted.js';
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

type EngineResponse = Awaited<ReturnType<Engine['fetch']>>;

/** What answers requests: the engine, with the answers that it is at. */
interface Desk {
  readonly engine: Engine;
  readonly shared: SharedRequests;
  /** Another one after each commit and each evaluation. */
  readonly revision: () => string;
}

function askedOf(request: FastifyRequest, { scopes }: Principal): Asked {
  const { method, url, body } = request;
  const search = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  return {
    ...{ method, search, headers: headersOf(request), scopes },
    ...(Buffer.isBuffer(body) ? { body: body.toString('utf8') } : {}),
  };
}

async function readWhole(response: EngineResponse): Promise<Answered> {
  const { status, headers } = response;
  return { status, headers: [...headers], body: Buffer.from(await response.arrayBuffer()) };
}

async function send(reply: FastifyReply, { status, headers, body }: Answered): Promise<void> {
  reply.status(status).header('vary', 'accept');
  for (const [name, value] of headers) reply.header(name, value);
  await reply.send(body);
}

/** Aborts when the client has left, also when it did so before anyone looked. */
function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort();
  else raw.once('close', () => gone.abort());
  return gone.signal;
}

async function answer(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const principal = request.principal ?? nobody;
  const asked = askedOf(request, principal);
  const response = async (until: AbortSignal): Promise<EngineResponse> =>
    desk.engine.fetch(`http://localhost/graphql${asked.search}`, asked, {
      ...{ drop: () => reply.raw.destroy(), principal, until, address: request.ip },
    });
  if (isEventStream(request.headers.accept)) {
    const lifetime = request.server.access.lifetime(request);
    const gone = goneOf(reply);
    reply.raw.once('close', () => lifetime.end());
    const events = await response(AbortSignal.any([lifetime.signal, gone]));
    if (events.body === null || !isEventStream(events.headers.get('content-type'))) {
      return await send(reply, await readWhole(events));
    }
    reply.status(events.status).header('vary', 'accept');
    return await sendEvents(reply, events.body);
  }
  const whole = async (): Promise<Answered> => readWhole(await response(unending.signal));
  const key = shareKeyOf(asked);
  await send(reply, await (key === undefined ? whole() : desk.shared.answer(key, desk.revision(), whole)));
}

const isEventStream = (mediaType: string | null | undefined): boolean =>
  mediaType?.includes('text/event-stream') ?? false;

/**
 * Reads a body only once it is asked for. A client that has left by then is answered into a closed socket, and ends what
 * was never begun: Yoga's stream of events throws at that, a generator that has not begun does not ask it.
 */
async function* onceAsked(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* body;
}

/** Sends events as they come; nothing between here and the client may hold them back. */
async function sendEvents(reply: FastifyReply, body: AsyncIterable<Uint8Array>): Promise<void> {
  reply
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no');
  await reply.send(Readable.from(onceAsked(body), { objectMode: false }));
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
  const shared = new SharedRequests(() => performance.now());
  const desk = async (): Promise<Desk> => ({
    ...{ engine: await engine(), shared, revision: () => `${deps.store.revision} ${deps.board.posted}` },
  });
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
      // What an operation needs is looked at when it has been read.
      config: { scope: 'authenticated' },
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        if (isEventStream(request.headers.accept)) {
          deps.subscribers.admit(clientOf(request.principal, request.ip));
        }
        if (wantsPage(request) && deps.graphiql()) await page.send(request, reply);
        else await answer(await desk(), request, reply);
        return reply;
      },
    });
  });
}
