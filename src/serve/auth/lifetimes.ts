/** Ends what goes on for long, as a stream of events does, when who asked for it may not ask any more. */

/** How often is looked. */
const LOOK_MS = 1_000;

/** For how long somebody may go on. */
export interface Lifetime {
  /** Ends when they may not any more. */
  readonly signal: AbortSignal;
  /** It is over: nobody need look any longer. */
  end(): void;
}

/** A lifetime that does not end by itself. */
export const unending: Lifetime = { signal: new AbortController().signal, end: () => undefined };

/** The lifetimes that are looked after. */
export class Lifetimes {
  readonly #watched = new Map<AbortController, () => boolean>();
  #timer: NodeJS.Timeout | undefined;

  /** Looks every second whether it still holds. */
  watch(holds: () => boolean): Lifetime {
    const controller = new AbortController();
    this.#watched.set(controller, holds);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
    return { signal: controller.signal, end: () => this.#forget(controller) };
  }

  #look(): void {
    for (const [controller, holds] of this.#watched) {
      if (holds()) continue;
      this.#forget(controller);
      controller.abort();
    }
  }

  #forget(controller: AbortController): void {
    this.#watched.delete(controller);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
