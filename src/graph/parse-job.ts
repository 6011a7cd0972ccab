/** What the thread that parses large queries and the pool's owner say to each other. */
import type { GraphCode } from './errors.js';
import type { ServiceEndpoint } from './federation-clauses.js';
import type { ParsedQuery } from './parse.js';

/** What the thread is started with. */
export interface ParseThreadData {
  readonly prefixes: ReadonlyMap<string, string>;
  readonly endpoints: readonly ServiceEndpoint[];
}

/** What became of a query; terms have lost their methods on the way. */
export type ParseEnd =
  | { readonly type: 'parsed'; readonly query: ParsedQuery }
  | { readonly type: 'refused'; readonly code: GraphCode; readonly message: string };
