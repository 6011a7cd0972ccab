/** How errors leave by GraphQL: those thrown on purpose with their code, all others masked. */
import type { FastifyBaseLogger } from 'fastify';
import { GraphQLError } from 'graphql';
import type { YogaLogger } from 'graphql-yoga';
import { type ErrorCode, type Fault, GenchiError } from '../../model/index.js';

/** What stands in `extensions` of an error. */
interface Extensions {
  readonly code: ErrorCode;
  readonly faults?: readonly Fault[];
  /** Of a query that costs too much: how much, and how much it may. */
  readonly cost?: number;
  readonly limit?: number;
}

/** An error that GraphQL itself finds in a query. */
export function tooComplex(message: string): GraphQLError {
  const extensions = { code: 'query-too-complex' } satisfies Extensions;
  return new GraphQLError(message, { extensions });
}

/** The error of a query that may answer more than it may, with the figures. */
export function tooCostly(cost: number, limit: number): GraphQLError {
  const extensions = { code: 'query-too-complex', cost, limit } satisfies Extensions;
  return new GraphQLError(
    `the query costs ${cost}: so many fields it may answer, pages multiplied out and other lists counted as of five; ${limit} are allowed: ask for smaller pages, or for fewer lists within lists`,
    { extensions },
  );
}

/** The error that was thrown on purpose behind a GraphQL error; undefined when there is none. */
function purposeOf(error: unknown): GenchiError | undefined {
  if (error instanceof GenchiError) return error;
  return error instanceof GraphQLError && error.originalError instanceof GenchiError
    ? error.originalError
    : undefined;
}

/**
 * Whether the error is GraphQL's own, through and through: found while parsing, validating or reading variables, or
 * thrown as such by a resolver, which GraphQL wraps once more.
 */
function isOfGraphql(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false;
  return (error.originalError ?? undefined) === undefined || isOfGraphql(error.originalError);
}

/**
 * What a client sees of an error: a `GenchiError` keeps its sentence, which is written for users, its code and its
 * faults; anything that nobody foresaw becomes `message`.
 */
export function maskError(error: unknown, message: string): Error {
  if (isOfGraphql(error)) return error;
  const where = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
  const purpose = purposeOf(error);
  if (purpose === undefined) {
    return new GraphQLError(message, { ...where, extensions: { code: 'internal' satisfies ErrorCode } });
  }
  const extensions: Extensions =
    purpose.faults.length === 0 ? { code: purpose.code } : { code: purpose.code, faults: purpose.faults };
  return new GraphQLError(purpose.message, { ...where, extensions: { ...extensions } });
}

/** Yoga's log as lines of the server's: what clients did wrong is of no interest to its operator. */
export function yogaLogger(log: FastifyBaseLogger): YogaLogger {
  return {
    debug: (...parts: readonly unknown[]) => log.trace({ parts }, 'graphql'),
    info: (...parts: readonly unknown[]) => log.debug({ parts }, 'graphql'),
    warn: (...parts: readonly unknown[]) => log.warn({ parts }, 'graphql'),
    error: (error: unknown) => {
      const purpose = purposeOf(error);
      if (purpose !== undefined && purpose.status < 500) log.debug({ err: purpose }, 'graphql refused');
      else
        log.error(
          { err: error instanceof GraphQLError ? (error.originalError ?? error) : error },
          'graphql failed',
        );
    },
  };
}
