/** Which pages of other origins may read what this server answers. */
import { fastifyCors } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The doors that read; what is below them counts too. Doors that take evidence never answer other origins. */
const READ_DOORS = [
  '/sparql',
  '/queries',
  '/graphql',
  '/id',
  '/ontology',
  '/openapi.json',
  '/.well-known/void',
];

/** How long a browser may remember what it was allowed, in seconds. */
const PREFLIGHT_MAX_AGE_S = 600;

function isReadDoor({ url }: FastifyRequest): boolean {
  const [path = ''] = url.split('?', 1);
  return READ_DOORS.some((door) => path === door || path.startsWith(`${door}/`));
}

/**
 * Lets pages of these origins read the doors that read; with `*`, those of every origin. Call it before routes are
 * added. Browsers send no credentials along: an answer is the same for everyone.
 */
export async function allowOrigins(server: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  const shared = {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: ['accept', 'content-type', 'if-none-match'],
    exposedHeaders: ['etag', 'link', 'retry-after', 'server-timing', 'x-request-id'],
    maxAge: PREFLIGHT_MAX_AGE_S,
    strictPreflight: false,
  };
  await server.register(fastifyCors, {
    delegator: (request, done) =>
      done(null, isReadDoor(request) ? shared : { origin: false, preflight: false }),
  });
  // Routes set `Vary` to what they vary by themselves; a cache must keep the answers of origins apart all the same.
  server.addHook('onSend', async (request, reply) => {
    const vary = String(reply.getHeader('vary') ?? '');
    if (isReadDoor(request) && !/\borigin\b/i.test(vary)) {
      reply.header('vary', vary === '' ? 'origin' : `${vary}, origin`);
    }
  });
}
