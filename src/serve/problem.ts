/**
 * Problem documents of RFC 9457 for every error that leaves the server over HTTP.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessError } from '../access/index.js';
import { type ErrorCode, errorStatus, type Fault, GenchiError } from '../model/index.js';
import { ServeError } from './errors.js';

/** A problem document. */
export interface Problem {
  /** A path that names the kind of problem: `/problems/CODE`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  /** The single things that were wrong: which item, which field, what was expected. */
  readonly faults?: readonly Fault[];
}

/** How soon a client should try again when the server is busy or not ready, in seconds. */
const RETRY_AFTER_S = 1;

const RETRY_CODES: ReadonlySet<ErrorCode> = new Set([
  'overloaded',
  'query-overloaded',
  'query-timeout',
  'not-ready',
  'store-closed',
  'too-many-attempts',
  'identity-unavailable',
]);

/** Errors of fastify and its plugins that a client can cause, by their code. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad-json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad-json',
};

/** The code that an error has at the doors; `internal` for any that nobody foresaw. */
export function codeOf(error: unknown): ErrorCode {
  if (error instanceof GenchiError) return error.code;
  if (!(error instanceof Error)) return 'internal';
  const known = 'code' in error && typeof error.code === 'string' ? fastifyCodes[error.code] : undefined;
  return known ?? (clientStatus(error) === undefined ? 'internal' : 'bad-request');
}

/** The status of an error that says of itself that the client caused it. */
function clientStatus(error: Error): number | undefined {
  const status = 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

/** The sentence of an error; what was not meant for clients stays in the log. */
function detailOf(error: unknown, code: ErrorCode): string {
  if (error instanceof GenchiError) return error.message;
  if (code === 'internal') return 'Something failed that should not have; the log says more.';
  return error instanceof Error ? error.message : 'The request could not be read.';
}

/** The problem document of an error. */
export function problemOf(error: unknown): Problem {
  const code = codeOf(error);
  const words = code.replaceAll('-', ' ');
  const faults = error instanceof GenchiError ? error.faults : [];
  return {
    type: `/problems/${code}`,
    title: `${words.charAt(0).toUpperCase()}${words.slice(1)}`,
    // A client error that has no code of its own, such as 405 or 408, keeps its status.
    status:
      (code === 'bad-request' && error instanceof Error ? clientStatus(error) : undefined) ??
      errorStatus[code],
    detail: detailOf(error, code),
    code,
    ...(faults.length === 0 ? {} : { faults }),
  };
}

/** Answers with a problem document; with Retry-After where trying again can help. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (RETRY_CODES.has(problem.code) && !reply.hasHeader('retry-after')) {
    reply.header('retry-after', RETRY_AFTER_S);
  }
  return reply
    .status(problem.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}

/** Makes every error of a server, and every path that it does not have, a problem document. */
export function installProblems(server: FastifyInstance): void {
  server.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const problem = problemOf(error);
    if (error instanceof AccessError && error.retryAfterS !== undefined) {
      reply.header('retry-after', error.retryAfterS);
    }
    if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, problem.detail);
    return sendProblem(reply, problem);
  });
  server.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const [path] = request.url.split('?', 1);
    const detail = `There is no ${request.method} ${path?.slice(0, 200)}.`;
    return sendProblem(reply, problemOf(new ServeError('not-found', detail)));
  });
}
