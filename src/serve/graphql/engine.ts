/** The engine of GraphQL: what reads a query, bounds it, and answers it over HTTP. */
import type { FastifyBaseLogger } from 'fastify';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Principal } from '../../access/index.js';
import { contextOf, type GraphqlContext, type GraphqlDeps } from './context.js';
import { maskError, yogaLogger } from './errors.js';
import { keepDocuments } from './kept-documents.js';
import { limitQueries } from './limits.js';
import { persistedOperations } from './persisted.js';
import { renewContexts } from './renewed-context.js';
import { schema } from './schema.js';
import { checkScopes } from './scopes.js';

/** The connection that a request came by. */
export interface Connected {
  /** Cuts it off. */
  readonly drop: () => void;
  /** Who asks. */
  readonly principal: Principal;
  /** Ends when they may not ask any more. */
  readonly until: AbortSignal;
  /** Where it came from. */
  readonly address: string;
}

/** Answers requests of GraphQL over HTTP. */
export type Engine = YogaServerInstance<Connected, GraphqlContext>;

/** Makes the engine over the rooms of a server. */
export function createEngine(logger: FastifyBaseLogger, deps: GraphqlDeps): Engine {
  return createYoga<Connected, GraphqlContext>({
    schema,
    context: ({ drop, principal, until, address }) => contextOf(deps, { drop, principal, until, address }),
    plugins: [
      ...(deps.persisted === undefined ? [] : [persistedOperations(deps.persisted)]),
      limitQueries,
      checkScopes,
      keepDocuments(),
      renewContexts((context) => ({ ...context, ...contextOf(deps, context) })),
    ],
    maskedErrors: { maskError, errorMessage: 'Something failed that should not have; the log says more.' },
    logging: yogaLogger(logger),
    // It would take what was valid with other variables for valid, and keep more than a hostile client should fill.
    parserAndValidationCache: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    cors: false,
  });
}
