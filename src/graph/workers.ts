/** A pool of threads that answer queries, so that no query ever runs on the event loop. */
import { Worker } from 'node:worker_threads';
import { GraphError } from './errors.js';
import type { Job, JobEnd, JobEnded } from './job.js';
import { boundEngines, MAX_ENGINE_BYTES } from './worker-engine.js';

const MIB = 1024 * 1024;

/** What a worker may go on holding between two queries; the memory of WebAssembly never shrinks. */
export interface Held {
  /**
   * A worker that holds more is replaced when nothing was asked of it for a while: a slice of 100,000 triples makes it hold
   * 215 MiB, and a fresh engine costs as much as a query or two.
   */
  readonly restingBytes: number;
  /** One that holds more is replaced at once. */
  readonly mostBytes: number;
  /** How long nothing is asked of one that rests, in milliseconds. */
  readonly restMs: number;
}

const HELD: Held = { restingBytes: 160 * MIB, mostBytes: 320 * MIB, restMs: 1_000 };

/** A query for the pool. */
export interface PoolJob extends Omit<Job, 'knowledge'> {
  readonly knowledge: { readonly version: number; readonly text: string };
}

interface Pending {
  readonly job: PoolJob;
  readonly settle: (end: JobEnd) => void;
  readonly fail: (reason: unknown) => void;
}

interface Slot {
  worker: Worker;
  pending: Pending | undefined;
  /** The version of the knowledge that the worker has. */
  version: number | undefined;
  /** Runs while it rests and holds more than it should. */
  rest?: NodeJS.Timeout | undefined;
}

/** What the workers of a pool run. */
export interface WorkerKind {
  /** The compiled script; it takes a {@link Job} as a message and answers with a {@link JobEnd}. */
  readonly script: URL;
  readonly workerData?: unknown;
}

const OXIGRAPH: WorkerKind = { script: new URL('../../dist/graph/worker.js', import.meta.url) };

/** Makes sure that a chunk owns its memory, so that it can be handed over without a copy in the worker. */
function owned(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(chunk);
}

/**
 * Runs queries in worker threads, of which it starts as many as are needed at once, up to a number; a worker that traps
 * or takes too long is replaced at once.
 */
export class WorkerPool {
  readonly #kind: WorkerKind;
  readonly #most: number;
  readonly #held: Held;
  readonly #slots: Slot[] = [];
  readonly #waiting: Pending[] = [];
  #restarts = 0;
  #closed = false;

  constructor(workers: number, kind: WorkerKind = OXIGRAPH, held: Held = HELD) {
    this.#most = workers;
    boundEngines();
    this.#kind = kind;
    this.#held = held;
  }

  /** How many workers had to be replaced because a query broke them or took too long. */
  get restarts(): number {
    return this.#restarts;
  }

  /** How many workers are answering a query. */
  get busy(): number {
    return this.#slots.filter((slot) => slot.pending !== undefined).length;
  }

  /**
   * Runs a query until its answer is there or the signal says to stop, whose reason is then what it fails with. Fails
   * with `query-crashed` when it broke the engine, and with what the engine refused.
   */
  run(job: PoolJob, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const stopped = () => this.#stop(pending, signal.reason);
      const pending: Pending = {
        job,
        fail: (reason) => {
          signal.removeEventListener('abort', stopped);
          reject(reason);
        },
        settle: (end) => {
          signal.removeEventListener('abort', stopped);
          if (end.type === 'answered') resolve(end.body);
          else reject(errorOf(end));
        },
      };
      signal.addEventListener('abort', stopped);
      if (this.#closed) pending.fail(stopping());
      else if (signal.aborted) pending.fail(signal.reason);
      else this.#take(pending);
    });
  }

  #take(pending: Pending): void {
    const free = this.#slots.find((slot) => slot.pending === undefined);
    if (free !== undefined) this.#give(free, pending);
    else if (this.#slots.length < this.#most) this.#give(this.#start(), pending);
    else this.#waiting.push(pending);
  }

  #give(slot: Slot, pending: Pending): void {
    const { knowledge, chunks, ...rest } = pending.job;
    const isNew = slot.version !== knowledge.version;
    const handed = chunks.map(owned);
    const job: Job = { ...rest, chunks: handed, ...(isNew ? { knowledge: knowledge.text } : {}) };
    clearTimeout(slot.rest);
    slot.pending = pending;
    slot.version = knowledge.version;
    slot.worker.ref();
    slot.worker.postMessage(
      job,
      handed.map(({ buffer }) => buffer),
    );
  }

  #start(): Slot {
    const slot: Slot = { worker: newWorker(this.#kind), pending: undefined, version: undefined };
    this.#slots.push(slot);
    this.#listen(slot);
    return slot;
  }

  #listen(slot: Slot): void {
    const { worker } = slot;
    worker.on('message', (ended: JobEnded) => this.#ended(slot, worker, ended));
    // A thread that is ended from elsewhere, or ends by itself, tells no error.
    worker.on('exit', (code) =>
      this.#ended(slot, worker, { end: { type: 'crashed', message: `its thread ended with ${code}` } }),
    );
    worker.on('error', ({ message }) => this.#ended(slot, worker, { end: { type: 'crashed', message } }));
  }

  #ended(slot: Slot, worker: Worker, { end, heldBytes = 0 }: JobEnded): void {
    if (slot.worker !== worker) return;
    const { pending } = slot;
    slot.pending = undefined;
    worker.unref();
    if (end.type === 'crashed') this.#restart(slot);
    else if (heldBytes > this.#held.mostBytes) this.#replace(slot);
    else if (heldBytes > this.#held.restingBytes) {
      slot.rest = setTimeout(() => this.#replace(slot), this.#held.restMs).unref();
    }
    pending?.settle(end);
    this.#next(slot);
  }

  /** Ends a query that waits or runs; the thread of a running one is stopped, which is all that can stop it. */
  #stop(pending: Pending, reason: unknown): void {
    const waiting = this.#waiting.indexOf(pending);
    if (waiting >= 0) this.#waiting.splice(waiting, 1);
    const slot = this.#slots.find((one) => one.pending === pending);
    if (slot !== undefined) {
      slot.pending = undefined;
      this.#restart(slot);
      this.#next(slot);
    }
    pending.fail(reason);
  }

  #restart(slot: Slot): void {
    this.#restarts += 1;
    this.#replace(slot);
  }

  #replace(slot: Slot): void {
    clearTimeout(slot.rest);
    if (this.#closed) return;
    void slot.worker.terminate();
    slot.worker = newWorker(this.#kind);
    slot.version = undefined;
    this.#listen(slot);
  }

  #next(slot: Slot): void {
    const next = this.#closed || slot.pending !== undefined ? undefined : this.#waiting.shift();
    if (next !== undefined) this.#give(slot, next);
  }

  /** Stops all workers; queries under way fail. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const pending of this.#waiting.splice(0)) pending.fail(stopping());
    for (const slot of this.#slots) slot.pending?.fail(stopping());
    await Promise.all(this.#slots.map(({ worker }) => worker.terminate()));
  }
}

function stopping(): GraphError {
  return new GraphError('query-overloaded', 'The server is stopping.');
}

function newWorker({ script, workerData }: WorkerKind): Worker {
  const worker = new Worker(script, { workerData, resourceLimits: { maxOldGenerationSizeMb: 1_024 } });
  // An idle pool that nobody closed must not keep the process alive.
  worker.unref();
  return worker;
}

function errorOf(end: Exclude<JobEnd, { type: 'answered' }>): GraphError {
  return end.type === 'refused'
    ? new GraphError(end.code, end.message)
    : new GraphError(
        'query-crashed',
        `The query needs more than the ${MAX_ENGINE_BYTES / 1_048_576} MiB that the query engine may have, or broke it ` +
          `(it was restarted): ${end.message}. Bound it by time, or ask for less at once.`,
      );
}
