/** What every route says of itself: which scope it needs. A route that says nothing is refused when it is added. */
import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify';
import type { Principal, Scope } from '../../access/index.js';
import { ServeError } from '../errors.js';

/** A scope, `authenticated` for whoever has any (the route looks closer by itself), or `open` to all. */
export type RouteScope = Scope | 'authenticated' | 'open';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may ask this route. */
    scope?: RouteScope;
  }
  interface FastifyRequest {
    /** Who asks; undefined where nobody had to say so. */
    principal: Principal | undefined;
  }
}

/** The answer to preflights, which the plugin for other origins adds by itself. Browsers send no credentials with them. */
const isPreflight = ({ method, url }: RouteOptions): boolean => method === 'OPTIONS' && url === '*';

/** A route with the scope that it needs. */
export interface ScopedRoute {
  readonly method: HTTPMethods;
  readonly url: string;
  readonly scope: RouteScope;
}

const added = new WeakMap<object, ScopedRoute[]>();

/** Every route of a server, in the order they were added. */
export function routesOf(server: FastifyInstance): readonly ScopedRoute[] {
  return added.get(server.server) ?? [];
}

/** Refuses routes without a scope, when they are added. */
export function requireScopes(server: FastifyInstance): void {
  const routes: ScopedRoute[] = [];
  added.set(server.server, routes);
  server.addHook('onRoute', (route) => {
    if (isPreflight(route)) route.config = { ...route.config, scope: 'open' };
    const { method, url } = route;
    const scope = route.config?.scope;
    if (scope !== undefined)
      return void routes.push(...[method].flat().map((one) => ({ method: one, url, scope })));
    throw new ServeError(
      'bad-setting',
      `the route ${String(route.method)} ${route.url} does not say which scope it needs: add config: { scope }`,
    );
  });
}
