import type { FastifyBaseLogger } from 'fastify';

/** Waits for something, but not longer than `limitMs`; answers whether it came in time. */
export async function within(limitMs: number, awaited: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([awaited.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is open, and how to close it: the last opened first, since it stands on those before it. */
export class Shutdown {
  readonly #logger: FastifyBaseLogger;
  readonly #open: { readonly what: string; readonly close: () => Promise<unknown> }[] = [];

  constructor(logger: FastifyBaseLogger) {
    this.#logger = logger;
  }

  add(what: string, close: () => Promise<unknown>): void {
    this.#open.push({ what, close });
  }

  /** Closes everything, what fails notwithstanding; fails with the first failure when all is done. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) {
      try {
        await last.close();
      } catch (err) {
        this.#logger.error({ err, what: last.what }, 'could not close');
        failures.push(err);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
