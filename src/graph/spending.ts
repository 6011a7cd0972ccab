/** How long each client has had others work for it of late. */

/** After so long half of what was spent is forgotten, in milliseconds. */
const HALF_LIFE_MS = 10_000;
/** Who has spent so much of late spends without a pause, in milliseconds. */
const MUCH_MS = 5_000;
/** What is left of a client that is not worth remembering, in milliseconds, and the most clients that are. */
const NOTHING_MS = 100;
const MOST_CLIENTS = 1_024;

interface Spent {
  readonly ms: number;
  readonly at: number;
}

/** Remembers what clients have spent, for some half-lives. Times are those of a clock that only goes forward. */
export class Spending {
  readonly #spent = new Map<string, Spent>();

  /** Takes note of work for a client that ended now. */
  add(client: string, ms: number, now: number): void {
    const sum = this.#of(client, now) + ms;
    // The newest come last.
    this.#spent.delete(client);
    this.#spent.set(client, { ms: sum, at: now });
    for (const name of this.#spent.keys()) {
      if (this.#spent.size <= MOST_CLIENTS && this.#of(name, now) >= NOTHING_MS) return;
      this.#spent.delete(name);
    }
  }

  /** Whether a client, with what is under way for it, has spent more of late than clients do that pause. */
  isMuch(client: string, underWayMs: number, now: number): boolean {
    return this.#of(client, now) + underWayMs > MUCH_MS;
  }

  #of(client: string, now: number): number {
    const spent = this.#spent.get(client);
    return spent === undefined ? 0 : spent.ms * 0.5 ** ((now - spent.at) / HALF_LIFE_MS);
  }
}
