/** What the pool of federated queries and its workers agree on beside the jobs. */
import type { ServiceEndpoint } from './federation-clauses.js';

/** What one federated query may cost other endpoints, and they this server. */
export interface FederationLimits {
  /** The largest answer to one request, decompressed. */
  readonly maxAnswerBytes: number;
  /** The most that all answers to one query may have together. */
  readonly maxTotalBytes: number;
  /** The most requests that one query may make. */
  readonly maxRequests: number;
}

/** What a worker for federated queries is started with. */
export interface FederationWorkerData {
  readonly endpoints: readonly ServiceEndpoint[];
  readonly limits: FederationLimits;
  /** Authorities that endpoints are trusted by, beside those of Node, PEM; none unless given. */
  readonly authorities?: string | undefined;
}
