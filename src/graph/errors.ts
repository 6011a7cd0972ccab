import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the graph room throws. */
export type GraphCode = Extract<ErrorCode, `query-${string}` | 'not-acceptable' | 'runbook-malformed'>;

/** An error of the graph room: a query that cannot be answered, with the reason and what to change. */
export class GraphError extends GenchiError<GraphCode> {}
