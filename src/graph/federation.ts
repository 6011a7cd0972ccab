/**
 * Queries with SERVICE. The part of them that is answered here gets its slice like any other query; the query then runs
 * in Comunica, in a worker thread, over that slice, the knowledge and the endpoints that are listed.
 *
 * Evidence patterns within SERVICE belong to the other endpoint: they neither ask for a slice here nor bound one.
 */
import type { ServiceEndpoint } from './federation-clauses.js';
import type { FederationLimits, FederationWorkerData } from './federation-job.js';
import { type PoolJob, WorkerPool } from './workers.js';

const MIB = 1024 * 1024;

/** The limits of a federated query unless others are given. */
export const FEDERATION_LIMITS: FederationLimits = {
  maxAnswerBytes: 16 * MIB,
  maxTotalBytes: 64 * MIB,
  maxRequests: 1_000,
};

const script = new URL('../../dist/graph/federation-worker.js', import.meta.url);

/** Answers queries with SERVICE; it costs nothing until the first one. */
export class Federation {
  readonly #workers: number;
  readonly #data: FederationWorkerData;
  #pool: WorkerPool | undefined;

  constructor(
    workers: number,
    endpoints: readonly ServiceEndpoint[],
    { authorities, limits = FEDERATION_LIMITS }: Partial<Omit<FederationWorkerData, 'endpoints'>> = {},
  ) {
    this.#workers = workers;
    this.#data = { endpoints, limits, authorities };
  }

  get restarts(): number {
    return this.#pool?.restarts ?? 0;
  }

  get busy(): number {
    return this.#pool?.busy ?? 0;
  }

  /**
   * Runs a query with SERVICE until its answer is there or the signal says to stop. Fails like the pool does, and with
   * `query-endpoint-failed` when an endpoint does not answer, answers late, or answers what are no results.
   */
  async run(job: PoolJob, signal: AbortSignal): Promise<Uint8Array> {
    this.#pool ??= new WorkerPool(this.#workers, { script, workerData: this.#data });
    return await this.#pool.run(job, signal);
  }

  /** Stops its workers, if it has any. */
  async close(): Promise<void> {
    await this.#pool?.close();
  }
}
