/** Sessions of browsers: a cookie that no script can read stands for what was shown once at the login. */
import { createHash, randomBytes } from 'node:crypto';
import type { Principal } from '../../access/index.js';
import { type Clock, HOUR_MS, type Instant, instantOf, shift } from '../../model/index.js';

/** A session ends when it was not used for so long, and at the latest so long after the login. */
export const SESSION_IDLE_MS = 2 * HOUR_MS;
export const SESSION_MS = 12 * HOUR_MS;
/** So many at once, and of one principal; the one that was not used for longest makes room. */
const MOST_SESSIONS = 1_000;
const MOST_OF_ONE = 20;

interface Session {
  readonly principal: Principal;
  readonly endsAt: Instant;
  usedAt: Instant;
}

/** What sessions are kept with. */
export interface SessionParts {
  readonly clock: Clock;
  /** Whether what somebody showed at the login still holds. */
  readonly holds: (principal: Principal) => boolean;
}

/** Never the cookie itself is kept: who reads this process's memory by an error cannot replay it. */
const keyOf = (cookie: string): string => createHash('sha256').update(cookie).digest('base64url');
const isOf = (one: Principal, other: Principal): boolean =>
  one.method === other.method && one.id === other.id;

/** The open sessions; they end with the process. */
export class Sessions {
  readonly #parts: SessionParts;
  /** In the order of their last use. */
  readonly #open = new Map<string, Session>();

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Opens a session; answers the value of its cookie. */
  open(principal: Principal): string {
    const now = this.#parts.clock();
    const cookie = randomBytes(32).toString('base64url');
    const latest = shift(now, SESSION_MS);
    const { expiresAt = latest } = principal;
    this.#makeRoom(principal, now);
    this.#open.set(keyOf(cookie), {
      principal,
      endsAt: instantOf(Math.min(expiresAt, latest)),
      usedAt: now,
    });
    return cookie;
  }

  #makeRoom(principal: Principal, now: Instant): void {
    for (const [key, session] of this.#open) if (!this.#isOpen(session, now)) this.#open.delete(key);
    const own = [...this.#open].filter(([, session]) => isOf(session.principal, principal));
    const [oldestOwn] = own;
    const [oldest] = this.#open.keys();
    if (own.length >= MOST_OF_ONE && oldestOwn !== undefined) this.#open.delete(oldestOwn[0]);
    else if (this.#open.size >= MOST_SESSIONS && oldest !== undefined) this.#open.delete(oldest);
  }

  #isOpen({ principal, endsAt, usedAt }: Session, now: Instant): boolean {
    return now < endsAt && now - usedAt < SESSION_IDLE_MS && this.#parts.holds(principal);
  }

  /** Whose session a cookie stands for, from now on used now; undefined when it has ended. */
  principalOf(cookie: string): Principal | undefined {
    const key = keyOf(cookie);
    const session = this.#open.get(key);
    const now = this.#parts.clock();
    this.#open.delete(key);
    if (session === undefined || !this.#isOpen(session, now)) return undefined;
    session.usedAt = now;
    this.#open.set(key, session);
    return { ...session.principal, expiresAt: session.endsAt };
  }

  /** Ends a session. */
  close(cookie: string): void {
    this.#open.delete(keyOf(cookie));
  }
}
