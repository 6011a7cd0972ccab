/** Records every act by a route that operates, or looks after the server. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
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

/** Why somebody is not let in, or may not do what they ask for; whoever may nothing could try it without end. */
const KEPT_OUT: readonly (string | undefined)[] = [
  ...(['unauthenticated', 'forbidden', 'too-many-attempts'] as const satisfies readonly ErrorCode[]),
];

const stranger = { actor: 'unknown', actorMethod: 'nobody' } as const;

/** Call it before routes are added. What strangers are kept from is recorded too, folded where there is much of it. */
export function auditRoutes(server: FastifyInstance, book: AuditBook): void {
  const codes = new WeakMap<FastifyRequest, ErrorCode>();
  server.addHook('onError', async (request, _reply, error) => void codes.set(request, codeOf(error)));
  server.addHook('onResponse', async (request, reply) => {
    if (!isAct(request)) return;
    const { statusCode: status } = reply;
    const { principal, ip: address } = request;
    const reason = codes.get(request) ?? (status < 400 ? undefined : codeOfStatus(status));
    const action = `${request.method} ${request.routeOptions.url}`;
    const act = { ...(principal === undefined ? stranger : actorOf(principal)), action, reason, address };
    if (KEPT_OUT.includes(reason)) return await book.refuse(act);
    const actedOn = String(reply.getHeader('location') ?? '') || undefined;
    await book.note({ ...act, actedOn, outcome: outcomeOf(status) });
  });
}

const codeOfStatus = (status: number): string =>
  Object.entries(errorStatus).find(([, one]) => one === status)?.[0] ?? String(status);
