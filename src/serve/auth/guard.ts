/** Asks who a request is from, before anything else of it is looked at, and whether they may. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessError, everyone, grants, type Principal } from '../../access/index.js';
import { type RouteScope, requireScopes } from './routes.js';

/** Says who requests are from. */
export interface Access {
  /** Whether those who ask must say who they are. */
  readonly isAsked: boolean;
  /** What a request without credentials is told to bring, as the value of `WWW-Authenticate`. */
  readonly challenge: string;
  /** Who a request is from; undefined when it says nothing of that. Fails with `unauthenticated` when it is wrong. */
  identify(request: FastifyRequest): Promise<Principal | undefined>;
}

/** Asks nobody: everyone may do everything. */
export const openAccess: Access = {
  isAsked: false,
  challenge: 'Bearer realm="genchi"',
  identify: async () => everyone,
};

function forbidden({ name, scopes }: Principal, needed: RouteScope | undefined): AccessError {
  const has = scopes.length === 0 ? 'none' : scopes.join(', ');
  return new AccessError('forbidden', `This needs the scope ${needed ?? 'admin'}; ${name} has ${has}.`);
}

async function identified(access: Access, request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
  if (!access.isAsked) return everyone;
  // Answers to those who say who they are belong to them alone.
  reply.header('cache-control', 'private, no-cache');
  try {
    const principal = await access.identify(request);
    if (principal !== undefined) return principal;
    throw new AccessError('unauthenticated', 'Say who you are: a token, a user and password, or a session.');
  } catch (error) {
    if (error instanceof AccessError && error.code === 'unauthenticated') {
      reply.header('www-authenticate', access.challenge);
    }
    throw error;
  }
}

/** Lets requests through to the routes of a server that they have the scope for; every route has to have one. */
export function guardRoutes(server: FastifyInstance, access: Access): void {
  server.decorateRequest('principal', undefined);
  requireScopes(server);
  server.addHook('onRequest', async (request, reply) => {
    const { scope } = request.routeOptions.config;
    if (request.is404 || scope === 'open') return;
    const principal = await identified(access, request, reply);
    request.principal = principal;
    if (scope === 'authenticated') return;
    if (scope === undefined || !grants(principal.scopes, scope)) throw forbidden(principal, scope);
  });
}
