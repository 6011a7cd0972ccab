import type { FastifyInstance } from 'fastify';
import { ServeError } from './errors.js';
import { type Problem, problemOf, sendProblem } from './problem.js';

/** Whether requests can be answered now. */
export type Readiness =
  | { readonly state: 'starting'; readonly waitingFor: string }
  | { readonly state: 'ready' }
  /** Evidence is taken and answered, but the log is not what was signed: somebody has to look. */
  | { readonly state: 'log-differs'; readonly why: string }
  /** Evidence is answered, and none can be taken. */
  | { readonly state: 'unrecordable'; readonly why: string }
  | { readonly state: 'stopping' }
  | { readonly state: 'failed'; readonly why: string };

/** Why a server is not ready, as a sentence. */
function reasonOf(readiness: Readiness): string {
  switch (readiness.state) {
    case 'ready':
      return 'Genchi is ready; ask again.';
    case 'log-differs':
      return (
        `The log is not what was signed, so that nothing is signed any more: ${readiness.why}. ` +
        'Evidence is still taken and answered; `genchi verify --data DIR` names what differs.'
      );
    case 'unrecordable':
      return readiness.why;
    case 'starting':
      return `Genchi is starting: ${readiness.waitingFor}.`;
    case 'stopping':
      return 'Genchi is stopping.';
    case 'failed':
      return `Genchi could not start: ${readiness.why}`;
  }
}

/** The answer to whoever comes too early or too late. It is no failure, so it is sent and not thrown. */
function notReady(readiness: Readiness): Problem {
  const code = readiness.state === 'log-differs' ? 'log-inconsistent' : 'not-ready';
  return { ...problemOf(new ServeError(code, reasonOf(readiness))), status: 503 };
}

/**
 * `GET /-/healthy`: 200 while the process answers. `GET /-/ready`: 503 until evidence can be taken and asked, while none
 * can be recorded, and from the time on that the log is not what was signed.
 */
export function registerHealth(server: FastifyInstance, readiness: () => Readiness): void {
  server.get('/-/healthy', { config: { scope: 'open' } }, async () => ({ status: 'healthy' }));
  server.get('/-/ready', { config: { scope: 'open' } }, async (_, reply) => {
    const now = readiness();
    if (now.state === 'ready') return { status: 'ready' };
    return sendProblem(reply, notReady(now));
  });
}

/**
 * Everything but health answers 503 `not-ready` with Retry-After. That comes before any look at the request: senders
 * drop for good what is refused with a 4xx.
 */
export function registerNotReady(server: FastifyInstance, readiness: () => Readiness): void {
  server.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/-/')) return sendProblem(reply, notReady(readiness()));
  });
}
