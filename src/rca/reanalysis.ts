import { type Instant, instantOf } from '../model/index.js';

/** Calls back once after a time; answers what takes the call back. */
export type Schedule = (afterMs: number, call: () => void) => () => void;

/** The timers of the process, which do not keep it alive. */
export function processTimers(afterMs: number, call: () => void): () => void {
  const timer = setTimeout(call, afterMs);
  timer.unref();
  return () => clearTimeout(timer);
}

/** Evidence comes late: an incident is analysed at once and again after some delays. */
export class Reanalysis {
  readonly #delaysMs: readonly number[];
  readonly #schedule: Schedule;
  readonly #due: (id: string, delayMs: number) => void;
  readonly #waiting = new Set<() => void>();

  constructor(delaysMs: readonly number[], schedule: Schedule, due: (id: string, delayMs: number) => void) {
    this.#delaysMs = delaysMs;
    this.#schedule = schedule;
    this.#due = due;
  }

  /** From the latest alert of an incident on. */
  follow(id: string): void {
    this.#due(id, 0);
    for (const delayMs of this.#delaysMs) this.#later(id, delayMs, delayMs);
  }

  /**
   * Takes up where an earlier process stopped: what is still to come at its time, and at once the latest that is due,
   * unless it has been made.
   */
  resume(id: string, seenAt: Instant, evidenceUntil: Instant | undefined, now: Instant): void {
    const open = this.#delaysMs.filter((delayMs) => seenAt + delayMs > (evidenceUntil ?? 0));
    const overdue = open.filter((delayMs) => seenAt + delayMs <= now);
    const latest = Math.max(...overdue);
    if (overdue.length > 0) this.#due(id, latest);
    else if (evidenceUntil === undefined) this.#due(id, 0);
    for (const delayMs of open) {
      const dueAt = instantOf(seenAt + delayMs);
      if (dueAt > now) this.#later(id, delayMs, dueAt - now);
    }
  }

  #later(id: string, delayMs: number, afterMs: number): void {
    const cancel = this.#schedule(afterMs, () => {
      this.#waiting.delete(cancel);
      this.#due(id, delayMs);
    });
    this.#waiting.add(cancel);
  }

  stop(): void {
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }
}
