/** Asks who a request is from, before anything else of it is looked at, and whether they may. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessError, everyone, grants, type Principal } from '../../access/index.js';
import { PAGE_SECURITY } from '../pages/layout.js';
import { hopPage } from '../pages/login-page.js';
import { prefersPage } from '../pages/negotiation.js';
import { type Lifetime, unending } from './lifetimes.js';
import { type RouteScope, requireScopes } from './routes.js';
import { isLinkedFromElsewhere, nextPath } from './same-origin.js';

/** Says who requests are from. */
export interface Access {
  /** Whether those who ask must say who they are. */
  readonly isAsked: boolean;
  /** What a request without credentials is told to bring, as values of `WWW-Authenticate`. */
  readonly challenges: readonly string[];
  /** Who a request is from; undefined when it says nothing of that. Fails with `unauthenticated` when it is wrong. */
  identify(request: FastifyRequest): Promise<Principal | undefined>;
  /** For how long who was let in may go on. */
  lifetime(request: FastifyRequest): Lifetime;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Says who requests are from. */
    access: Access;
  }
}

/** Asks nobody: everyone may do everything. */
export const openAccess: Access = {
  isAsked: false,
  challenges: ['Bearer realm="genchi"'],
  identify: async () => everyone,
  lifetime: () => unending,
};

function forbidden({ name, scopes }: Principal, needed: RouteScope | undefined): AccessError {
  const has = scopes.length === 0 ? 'none' : scopes.join(', ');
  return new AccessError('forbidden', `This needs the scope ${needed ?? 'admin'}; ${name} has ${has}.`);
}

/** Says how to come in. A browser that is told of Basic would ask its user by a window of its own. */
function challenge(access: Access, { headers }: FastifyRequest, reply: FastifyReply): void {
  const isBrowser = headers['sec-fetch-site'] !== undefined;
  const told = access.challenges.filter((one) => !isBrowser || !one.startsWith('Basic'));
  reply.header('www-authenticate', told.join(', '));
}

/** Leads whoever wants a page to the login, and back afterwards. */
function leadToLogin({ url, headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isHop = isLinkedFromElsewhere(headers);
  if (!isHop) return reply.redirect(`/login?next=${encodeURIComponent(nextPath(url))}`, 303);
  return reply
    .status(401)
    .header('content-security-policy', PAGE_SECURITY)
    .type('text/html; charset=utf-8')
    .send(hopPage(nextPath(url)));
}

const wantsPage = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && headers.authorization === undefined && prefersPage(headers.accept);

async function identified(access: Access, request: FastifyRequest): Promise<Principal | undefined> {
  if (!access.isAsked) return everyone;
  return await access.identify(request);
}

function refuseStranger(access: Access, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  challenge(access, request, reply);
  if (wantsPage(request)) return leadToLogin(request, reply);
  throw new AccessError('unauthenticated', 'Say who you are: by a token, a user and password, or a session.');
}

function checkScope(principal: Principal, scope: RouteScope | undefined): void {
  if (scope === 'authenticated') return;
  if (scope === undefined || scope === 'open' || !grants(principal.scopes, scope)) {
    throw forbidden(principal, scope);
  }
}

/** Lets requests through to the routes of a server that they have the scope for; every route has to have one. */
export function guardRoutes(server: FastifyInstance, access: Access): void {
  server.decorate('access', access);
  server.decorateRequest('principal', undefined);
  requireScopes(server);
  server.addHook('onRequest', async (request, reply) => {
    const { scope } = request.routeOptions.config;
    if (request.is404 || scope === 'open') return;
    // Answers to those who say who they are belong to them alone.
    if (access.isAsked) reply.header('cache-control', 'private, no-cache');
    const principal = await identified(access, request).catch((error: unknown) => {
      if (error instanceof AccessError && error.code === 'unauthenticated') challenge(access, request, reply);
      throw error;
    });
    if (principal === undefined) return refuseStranger(access, request, reply);
    request.principal = principal;
    checkScope(principal, scope);
  });
}
