/** Who may work at a time: so many in all, and no more than a share of it for one client. */
import { GraphError } from './errors.js';
import { Spending } from './spending.js';

/** Bounds of a turnstile. */
export interface TurnstileLimits {
  /** How many work at once. */
  readonly places: number;
  /** How many of one client wait, at most. */
  readonly mostWaiting: number;
  /** How many clients wait, at most. */
  readonly mostClients: number;
  /** How long one waits, at most, in milliseconds. */
  readonly waitMs: number;
}

/** Lets go of a place; to be called once. */
export type Leave = () => void;

/** What one client has of it. */
interface Client {
  /** When each of those that work began. */
  readonly working: number[];
  readonly waiting: ((leave: Leave) => void)[];
}

function overloaded(why: string): GraphError {
  return new GraphError('query-overloaded', `${why}: try again in a moment.`);
}

/**
 * A short queue before a few places. A client has at most half of the places, so that others find one however much it
 * asks, and a single one while it keeps them busy without a pause; those who wait get their turn client by client.
 */
export class Turnstile {
  readonly #limits: TurnstileLimits;
  /** In the order in which they get their turn. */
  readonly #clients = new Map<string, Client>();
  readonly #spending = new Spending();
  readonly #now: () => number;
  #working = 0;

  /** `now` is a clock that only goes forward, in milliseconds. */
  constructor(limits: TurnstileLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** How many work. */
  get working(): number {
    return this.#working;
  }

  /**
   * Waits for a place; answers how to let go of it. Fails with `query-overloaded` when too many wait or it takes too long,
   * and with the reason of `signal` when that stops.
   */
  enter(name: string, signal: AbortSignal): Promise<Leave> {
    signal.throwIfAborted();
    const client = this.#clients.get(name) ?? this.#admit(name);
    if (client.waiting.length === 0 && this.#hasPlace(name, client))
      return Promise.resolve(this.#begin(name, client));
    const { mostWaiting } = this.#limits;
    if (client.waiting.length >= mostWaiting) {
      throw overloaded(`${mostWaiting} queries of yours wait for their turn`);
    }
    return this.#wait(name, client, signal);
  }

  #admit(name: string): Client {
    if (this.#clients.size >= this.#limits.mostClients) throw overloaded('Too many wait for their turn');
    const client: Client = { working: [], waiting: [] };
    this.#clients.set(name, client);
    return client;
  }

  #hasPlace(name: string, { working }: Client): boolean {
    const { places } = this.#limits;
    if (this.#working >= places) return false;
    const now = this.#now();
    const underWayMs = working.reduce((sum, since) => sum + now - since, 0);
    const isBusy = this.#spending.isMuch(name, underWayMs, now);
    return working.length < (isBusy ? 1 : Math.max(1, Math.ceil(places / 2)));
  }

  #begin(name: string, client: Client): Leave {
    const since = this.#now();
    client.working.push(since);
    this.#working += 1;
    return () => {
      client.working.splice(client.working.indexOf(since), 1);
      this.#working -= 1;
      this.#spending.add(name, this.#now() - since, this.#now());
      this.#forget(name, client);
      this.#callNext();
    };
  }

  /** A client of which nobody works or waits is not remembered. */
  #forget(name: string, { working, waiting }: Client): void {
    if (working.length === 0 && waiting.length === 0) this.#clients.delete(name);
  }

  #wait(name: string, client: Client, signal: AbortSignal): Promise<Leave> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stopped);
      };
      const giveUp = (reason: unknown): void => {
        end();
        client.waiting.splice(client.waiting.indexOf(waiting), 1);
        this.#forget(name, client);
        reject(reason);
      };
      const stopped = (): void => giveUp(signal.reason);
      const waiting = (leave: Leave): void => {
        end();
        resolve(leave);
      };
      const timer = setTimeout(
        () => giveUp(overloaded('Other queries took all of the time that this one could wait')),
        this.#limits.waitMs,
      );
      signal.addEventListener('abort', stopped);
      client.waiting.push(waiting);
    });
  }

  #callNext(): void {
    for (const [name, client] of this.#clients) {
      if (client.waiting.length === 0 || !this.#hasPlace(name, client)) continue;
      // Behind all others for its next turn.
      this.#clients.delete(name);
      this.#clients.set(name, client);
      client.waiting.shift()?.(this.#begin(name, client));
      return;
    }
  }
}
