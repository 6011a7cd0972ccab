import { randomUUID } from 'node:crypto';
import { fastifyHelmet } from '@fastify/helmet';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { type Access, guardRoutes } from './auth/index.js';
import { ServeError } from './errors.js';
import { installProblems, problemOf, sendProblem } from './problem.js';

/** What a finished request cost, told to the exporter. */
export interface RequestFigures {
  readonly method: string;
  /** The pattern of the route, `unmatched` when there is none: never the path itself. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** Parts of an HTTP application. */
export interface HttpOptions {
  /** Whether this server itself is asked by TLS. */
  readonly tls?: boolean;
  /** Who may ask what. */
  readonly access: Access;
  readonly logger: FastifyBaseLogger;
  /** The largest body of routes that set no limit of their own, in bytes. */
  readonly bodyBytes: number;
  readonly observeRequest: (figures: RequestFigures) => void;
}

/** For how long browsers ask by TLS alone: a year, in seconds. */
const HSTS_S = 31_536_000;

/**
 * What pages may load. Nothing comes from elsewhere; routes that serve a page with its own script or style set a
 * policy of their own.
 */
const CONTENT_SECURITY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    connectSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/**
 * Successful requests are the ordinary run of a door that takes thousands a minute: they are for `debug`. To be busy or
 * not ready yet (503) is nothing wrong either, and senders come back.
 */
function levelOf(status: number): 'debug' | 'info' | 'warn' {
  if (status >= 500 && status !== 503) return 'warn';
  return status >= 400 ? 'info' : 'debug';
}

function watchRequests(server: FastifyInstance, observe: HttpOptions['observeRequest']): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  server.addHook('onResponse', async (request, reply) => {
    const { statusCode: status, elapsedTime } = reply;
    const route = request.routeOptions.url ?? 'unmatched';
    observe({ method: request.method, route, status, seconds: elapsedTime / 1_000 });
    const line = { method: request.method, route, status, ms: Math.round(elapsedTime * 10) / 10 };
    request.log[levelOf(status)](line, 'request');
  });
}

/** Stands in the place of the compilers of schemas, as no route has one. */
const noSchemas = () => () => () => {
  throw new ServeError('bad-request', 'Routes have no schemas here.');
};

/**
 * Makes an HTTP application: request ids, logs, secure headers, every error a problem document, and nothing for those who
 * may not ask it. It does not listen; a `Listener` hands it requests.
 */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const server: FastifyInstance = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => randomUUID(),
    bodyLimit: options.bodyBytes,
    // Doors read what comes in by themselves; not loading the compilers of schemas makes a start faster.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // Identities, names of services and of query packs are segments of paths.
    routerOptions: { maxParamLength: 2_048 },
    // Paths that cannot be decoded never reach a route, nor its error handler.
    frameworkErrors: (error, _request, reply) => sendProblem(reply, problemOf(error)),
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
  });
  watchRequests(server, options.observeRequest);
  installProblems(server);
  await server.register(fastifyHelmet, {
    contentSecurityPolicy: CONTENT_SECURITY,
    // Whether there is TLS in front is the proxy's to know and to say. Names below this one are others' to speak for.
    strictTransportSecurity: options.tls === true ? { maxAge: HSTS_S, includeSubDomains: false } : false,
    crossOriginEmbedderPolicy: false,
    frameguard: { action: 'deny' },
  });
  guardRoutes(server, options.access);
  return server;
}
