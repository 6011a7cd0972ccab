/** How often is looked for something to do, and the pause between two steps, in milliseconds. */
const LOOK_EVERY_MS = 60_000;
const PAUSE_MS = 250;

/** What a {@link Housekeeper} does, and who hears of it. */
export interface HousekeeperOptions<T> {
  /** One bounded step; undefined when nothing was due, or when the signal ended it. */
  readonly step: (signal: AbortSignal) => Promise<T | undefined>;
  /** Hears of each step, and how long it took in milliseconds. */
  readonly onStep?: (done: T, tookMs: number) => void;
  /** Hears of a step that failed; the next look tries again. */
  readonly onFailure: (error: unknown) => void;
  /** How often to look, in milliseconds; a minute unless given. */
  readonly everyMs?: number;
}

/** Keeps the store in order in the background: looks at times whether something is due, and does one step after the other. */
export class Housekeeper<T> {
  readonly #options: HousekeeperOptions<T>;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #step: Promise<void> | undefined;

  constructor(options: HousekeeperOptions<T>) {
    this.#options = options;
    this.#after(options.everyMs ?? LOOK_EVERY_MS);
  }

  #after(waitMs: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#step = this.#run();
    }, waitMs);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    const { step, onStep, onFailure, everyMs = LOOK_EVERY_MS } = this.#options;
    let more = false;
    try {
      const startedAt = performance.now();
      const done = await step(this.#stop.signal);
      if (done !== undefined) onStep?.(done, performance.now() - startedAt);
      more = done !== undefined;
    } catch (error) {
      onFailure(error);
    }
    this.#after(more ? Math.min(PAUSE_MS, everyMs) : everyMs);
  }

  /** Ends the step under way, which undoes it, and looks no more; resolves within a second. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#step;
  }
}
