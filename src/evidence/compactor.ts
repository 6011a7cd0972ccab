import type { Compacted, EvidenceStore } from './store.js';

/** How often is looked for what to compact, and the pause between two steps, in milliseconds. */
const LOOK_EVERY_MS = 60_000;
const PAUSE_MS = 250;

/** What a {@link Compactor} works on, and who hears of it. */
export interface CompactorOptions {
  readonly store: Pick<EvidenceStore, 'compact'>;
  /** Hears of each part that was made, and how long it took in milliseconds. */
  readonly onPart?: (part: Compacted, tookMs: number) => void;
  /** Hears of a step that failed; the next look tries again. */
  readonly onFailure: (error: unknown) => void;
  /** How often to look, in milliseconds; a minute unless given. */
  readonly everyMs?: number;
}

/** Compacts the store in the background: looks at times whether a part is due, and makes one after the other. */
export class Compactor {
  readonly #options: CompactorOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #step: Promise<void> | undefined;

  constructor(options: CompactorOptions) {
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
    const { store, onPart, onFailure, everyMs = LOOK_EVERY_MS } = this.#options;
    let more = false;
    try {
      const startedAt = performance.now();
      const part = await store.compact(this.#stop.signal);
      if (part !== undefined) onPart?.(part, performance.now() - startedAt);
      more = part !== undefined;
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
