/** Runs jobs one at a time, in the order they came; a job that fails does not stop those after it. */
export class SerialQueue {
  #tail: Promise<void> = Promise.resolve();
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  add(job: () => Promise<void>): void {
    this.#tail = this.#tail.then(job).catch(this.#failed);
  }

  /** Runs a job in its turn and hands out what it comes to; its failure is the caller's alone. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(job);
    this.#tail = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  /** Resolves when no job is left, those included that jobs add. */
  async idle(): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.#tail; ) {
      seen = this.#tail;
      await seen;
    }
  }
}
