/** What the pool and its workers say to each other. */
import type { GraphCode } from './errors.js';

/** A query with all that it may see. */
export interface Job {
  /** Knowledge as N-Triples; absent when the worker has this version already. */
  readonly knowledge?: string;
  /** The slice as N-Triples, in chunks that end at line ends. */
  readonly chunks: readonly Uint8Array[];
  readonly query: string;
  /** The media type of the answer. */
  readonly format: string;
  readonly maxResultBytes: number;
}

/** How a job ended, and how much memory the worker holds after it, in bytes, where it says so. */
export interface JobEnded {
  readonly end: JobEnd;
  readonly heldBytes?: number;
}

/** How a job ended. */
export type JobEnd =
  | { readonly type: 'answered'; readonly body: Uint8Array<ArrayBuffer> }
  /** The engine refused the query, or its answer is too large; the worker is well. */
  | {
      readonly type: 'refused';
      readonly code: Extract<
        GraphCode,
        | 'query-malformed'
        | 'query-result-too-large'
        | 'query-endpoint-failed'
        | 'query-service-refused'
        | 'query-unbounded'
      >;
      readonly message: string;
    }
  /** The engine trapped; the worker must not be used again. */
  | { readonly type: 'crashed'; readonly message: string };
