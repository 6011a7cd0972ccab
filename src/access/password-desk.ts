import { Worker } from 'node:worker_threads';
import { AccessError } from './errors.js';
import type { PasswordVerdict } from './password-job.js';

/** So many may wait for the one worker; at some 80 ms each the last waits five seconds. */
const MOST_WAITING = 64;

const script = new URL('../../dist/access/password-worker.js', import.meta.url);

interface Waiting {
  readonly resolve: (isSame: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Compares passwords with bcrypt hashes, one after the other, in a thread of its own that starts with the first. */
export class PasswordDesk {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #number = 0;

  /** Whether a password is the one that a hash was made of. Fails with `too-many-attempts` when too many wait. */
  async compare(password: string, hash: string): Promise<boolean> {
    if (this.#waiting.size >= MOST_WAITING) {
      throw new AccessError(
        'too-many-attempts',
        'Too many passwords are being checked; try again in a moment.',
      );
    }
    this.#worker ??= this.#start();
    const worker = this.#worker;
    this.#number += 1;
    const number = this.#number;
    return await new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      worker.postMessage({ number, password, hash });
    });
  }

  #start(): Worker {
    const worker = new Worker(script);
    worker.unref();
    worker.on('message', ({ number, isSame }: PasswordVerdict) => {
      const waiting = this.#waiting.get(number);
      this.#waiting.delete(number);
      waiting?.resolve(isSame);
    });
    // A worker that ended by an error tells it first; its jobs are lost either way.
    worker.on('error', (error) => this.#lost(error));
    worker.on('exit', () =>
      this.#lost(new AccessError('identity-unavailable', 'Passwords cannot be checked; try again.')),
    );
    return worker;
  }

  #lost(error: unknown): void {
    this.#worker = undefined;
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of all) reject(error);
  }

  /** Ends the worker. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
