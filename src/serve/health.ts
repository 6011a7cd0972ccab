import type { FastifyInstance } from 'fastify';
import { ServeError } from './errors.js';

/** Whether requests can be answered now. */
export type Readiness =
  | { readonly state: 'starting'; readonly waitingFor: string }
  | { readonly state: 'ready' }
  | { readonly state: 'stopping' }
  | { readonly state: 'failed'; readonly why: string };

/** How soon a client should ask again while the server starts, in seconds. */
const RETRY_AFTER_S = 1;

/** Why a server is not ready, as a sentence. */
function reasonOf(readiness: Exclude<Readiness, { state: 'ready' }>): string {
  switch (readiness.state) {
    case 'starting':
      return `Genchi is starting: ${readiness.waitingFor}.`;
    case 'stopping':
      return 'Genchi is stopping.';
    case 'failed':
      return `Genchi could not start: ${readiness.why}`;
  }
}

/** `GET /-/healthy`: 200 while the process answers. `GET /-/ready`: 503 until evidence can be taken and asked. */
export function registerHealth(server: FastifyInstance, readiness: () => Readiness): void {
  server.get('/-/healthy', async () => ({ status: 'healthy' }));
  server.get('/-/ready', async (_, reply) => {
    const now = readiness();
    if (now.state === 'ready') return { status: 'ready' };
    reply.header('retry-after', RETRY_AFTER_S);
    throw new ServeError('not-ready', reasonOf(now));
  });
}

/** Everything that stands behind the lobby answers 503 `not-ready` with Retry-After until the house is open. */
export function registerNotReady(server: FastifyInstance, readiness: () => Readiness): void {
  server.addContentTypeParser('*', (_request, payload, done) => {
    // The body is not wanted; reading it to its end keeps the connection usable.
    payload.resume();
    done(null);
  });
  server.all('/*', async (_, reply) => {
    const now = readiness();
    reply.header('retry-after', RETRY_AFTER_S);
    throw new ServeError('not-ready', now.state === 'ready' ? 'Genchi is starting.' : reasonOf(now));
  });
}
