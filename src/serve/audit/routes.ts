/** Records every act by a route that operates, or looks after the server. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { nobody } from '../../access/index.js';
import { type ErrorCode, errorStatus } from '../../model/index.js';
import { codeOf } from '../problem.js';
import { type AuditBook, actorOf } from './book.js';

const ACTING = ['operate', 'admin'];
const READING = ['GET', 'HEAD'];

const isAct = ({ method, routeOptions }: FastifyRequest): boolean =>
  ACTING.includes(routeOptions.config.scope ?? '') && !READING.includes(method);

function outcomeOf(status: number): 'done' | 'refused' | 'failed' {
  if (status < 400) return 'done';
  return status < 500 ? 'refused' : 'failed';
}

/** Call it before routes are added. Requests of strangers are no acts: they are counted, and reach no route. */
export function auditRoutes(server: FastifyInstance, book: AuditBook): void {
  const codes = new WeakMap<FastifyRequest, ErrorCode>();
  server.addHook('onError', async (request, _reply, error) => void codes.set(request, codeOf(error)));
  server.addHook('onResponse', async (request, reply) => {
    if (!isAct(request) || request.principal === undefined) return;
    const { statusCode: status } = reply;
    const code = codes.get(request) ?? (status < 400 ? undefined : codeOfStatus(status));
    await book.note({
      ...actorOf(request.principal ?? nobody),
      action: `${request.method} ${request.routeOptions.url}`,
      actedOn: String(reply.getHeader('location') ?? '') || undefined,
      outcome: outcomeOf(status),
      reason: code,
      address: request.ip,
    });
  });
}

const codeOfStatus = (status: number): string =>
  Object.entries(errorStatus).find(([, one]) => one === status)?.[0] ?? String(status);
