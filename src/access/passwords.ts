/** Users with passwords, as Prometheus sends them by `basic_auth`. */
import { createHmac, randomBytes } from 'node:crypto';
import { getRounds, truncates } from 'bcryptjs';
import { type Clock, type Instant, MINUTE_MS, shift } from '../model/index.js';
import { PasswordDesk } from './password-desk.js';
import type { Principal } from './principal.js';
import type { Scope } from './scopes.js';

/** For how long a password that was right need not be compared again: a scrape every 15 s must not cost a core. */
const REMEMBERED_MS = 10 * MINUTE_MS;
const MOST_REMEMBERED = 1_000;

/** A user of the settings. */
export interface PasswordUser {
  readonly name: string;
  /** A bcrypt hash. */
  readonly passwordHash: string;
  readonly scopes: readonly Scope[];
}

/** Users and their passwords. */
export class Passwords {
  readonly #users: ReadonlyMap<string, PasswordUser>;
  readonly #clock: Clock;
  readonly #desk = new PasswordDesk();
  /** What was right until when, by a hash that only this process can make. */
  readonly #right = new Map<string, Instant>();
  readonly #key = randomBytes(32);
  /** What an unknown user's password is compared with, so that it takes as long as a known one's. */
  readonly #decoy: string;

  constructor(users: readonly PasswordUser[], clock: Clock) {
    this.#users = new Map(users.map((user) => [user.name, user]));
    this.#clock = clock;
    const hashes = users.map(({ passwordHash }) => passwordHash);
    this.#decoy = hashes.sort((one, other) => getRounds(other) - getRounds(one))[0] ?? '';
  }

  /** How many users there are. */
  get size(): number {
    return this.#users.size;
  }

  /** Whether these were right a while ago: then asking costs nothing. */
  remembers(name: string, password: string): boolean {
    const until = this.#right.get(this.#keyOf(name, password));
    return until !== undefined && this.#clock() < until;
  }

  /** Who a name and a password stand for; undefined when they are wrong. Fails with `too-many-attempts`. */
  async principalOf(name: string, password: string): Promise<Principal | undefined> {
    const user = this.#users.get(name);
    if (user !== undefined && this.remembers(name, password)) return principalOf(user);
    // bcrypt looks at 72 bytes alone: what is longer would stand for all that begin alike.
    if (this.#decoy === '' || truncates(password)) return undefined;
    const isSame = await this.#desk.compare(password, user?.passwordHash ?? this.#decoy);
    if (user === undefined || !isSame) return undefined;
    this.#remember(name, password);
    return principalOf(user);
  }

  #keyOf(name: string, password: string): string {
    return createHmac('sha256', this.#key).update(`${name.length}:${name}${password}`).digest('base64');
  }

  #remember(name: string, password: string): void {
    this.#right.set(this.#keyOf(name, password), shift(this.#clock(), REMEMBERED_MS));
    const [oldest] = this.#right.keys();
    if (this.#right.size > MOST_REMEMBERED && oldest !== undefined) this.#right.delete(oldest);
  }

  /** Ends the thread that compares. */
  async close(): Promise<void> {
    await this.#desk.close();
  }
}

const principalOf = ({ name, scopes }: PasswordUser): Principal => ({
  method: 'basic',
  id: name,
  name,
  scopes,
});
