import type { FastifyRequest } from 'fastify';
import {
  AccessError,
  type Issuers,
  type Passwords,
  type Principal,
  type TokenBook,
} from '../../access/index.js';
import type { Clock } from '../../model/index.js';
import { Feed } from '../feed.js';
import { Attempts } from './attempts.js';
import { sessionCookieOf } from './cookie.js';
import { type Credentials, credentialsOf } from './credentials.js';
import type { Access } from './guard.js';
import { type Lifetime, Lifetimes, unending } from './lifetimes.js';
import { isSameOrigin } from './same-origin.js';
import { Sessions } from './sessions.js';

/** What a gate asks with. */
export interface GateParts {
  /** `auto`: those who ask must say who they are as soon as there is a way to, and from then on until the end. */
  readonly mode: 'auto' | 'required' | 'off';
  readonly clock: Clock;
  readonly tokens: TokenBook;
  readonly issuers: Issuers;
  readonly passwords: Passwords;
  /** Whether browsers come by TLS, here or at a proxy. */
  readonly secure: boolean;
}

/** Somebody was not let in. */
export interface Refusal {
  readonly method: Credentials['type'] | 'session';
  readonly why: 'wrong' | 'waiting' | 'cross-site';
  readonly address: string;
  /** Whether this address has failed so often that it has to wait from now on. */
  readonly isBulk: boolean;
}

const SAFE_METHODS = ['GET', 'HEAD'];

/** Says who requests are from, by what they bring: credentials in a header, or else the cookie of a session. */
export class Gate implements Access {
  readonly #parts: GateParts;
  readonly #attempts: Attempts;
  readonly #lifetimes = new Lifetimes();
  /** Whether those who ask had to say who they are at any time: what was closed is not opened by a file that goes. */
  #wasAsked = false;
  readonly sessions: Sessions;
  /** Who was not let in, as it happens. */
  readonly refusals = new Feed<Refusal>();

  constructor(parts: GateParts) {
    this.#parts = parts;
    this.#attempts = new Attempts(parts.clock);
    this.sessions = new Sessions({ clock: parts.clock, holds: (principal) => this.holds(principal) });
    this.#look();
    parts.tokens.onChange(() => this.#look());
  }

  #look(): void {
    if (this.#parts.mode === 'required' || (this.#parts.mode === 'auto' && this.hasKeys))
      this.#wasAsked = true;
  }

  get isAsked(): boolean {
    return this.#wasAsked;
  }

  /** Whether there is anything that somebody could show: a token, an identity provider, a user. */
  get hasKeys(): boolean {
    const { tokens, issuers, passwords } = this.#parts;
    return tokens.size + issuers.size + passwords.size > 0;
  }

  /** The tokens that it knows. */
  get tokens(): TokenBook {
    return this.#parts.tokens;
  }

  /** Whether browsers come by TLS. */
  get secure(): boolean {
    return this.#parts.secure;
  }

  get challenges(): readonly string[] {
    return ['Bearer realm="genchi"', ...(this.hasUsers ? ['Basic realm="genchi", charset="UTF-8"'] : [])];
  }

  /** Whether users with passwords can log in, beside tokens. */
  get hasUsers(): boolean {
    return this.#parts.passwords.size > 0;
  }

  /** Whether what somebody showed still holds: not expired, and not revoked. */
  holds({ method, id, expiresAt }: Principal): boolean {
    if (expiresAt !== undefined && this.#parts.clock() >= expiresAt) return false;
    return method !== 'token' || this.#parts.tokens.holds(id);
  }

  async identify(request: FastifyRequest): Promise<Principal | undefined> {
    const { headers, ip } = request;
    const credentials = credentialsOf(headers.authorization);
    return credentials === undefined ? this.#ofSession(request) : await this.check(credentials, ip);
  }

  lifetime({ headers, principal }: FastifyRequest): Lifetime {
    if (!this.isAsked || principal === undefined) return unending;
    const cookie = sessionCookieOf(headers.cookie, this.secure);
    // Who listens uses the session.
    return headers.authorization === undefined && cookie !== undefined
      ? this.#lifetimes.watch(() => this.sessions.principalOf(cookie) !== undefined)
      : this.#lifetimes.watch(() => this.holds(principal));
  }

  #ofSession({ headers, method, ip }: FastifyRequest): Principal | undefined {
    const cookie = sessionCookieOf(headers.cookie, this.secure);
    const principal = cookie === undefined ? undefined : this.sessions.principalOf(cookie);
    if (principal === undefined || SAFE_METHODS.includes(method) || isSameOrigin(headers)) return principal;
    this.refusals.publish({ method: 'session', why: 'cross-site', address: ip, isBulk: false });
    throw new AccessError('forbidden', 'A session is good for requests from pages of this server alone.');
  }

  /** Who credentials stand for. Fails with `unauthenticated`, and with `too-many-attempts` after many failures. */
  async check(credentials: Credentials, address: string): Promise<Principal> {
    const waitS = this.#attempts.waitS(address);
    if (waitS > 0 && this.#isDear(credentials)) throw this.#wait(credentials, address, waitS);
    const principal = await this.#principalOf(credentials);
    if (principal !== undefined && this.holds(principal)) return principal;
    if (waitS > 0) throw this.#wait(credentials, address, waitS);
    const isBulk = this.#attempts.failed(address);
    this.refusals.publish({ method: credentials.type, why: 'wrong', address, isBulk });
    throw new AccessError('unauthenticated', 'These credentials are unknown, revoked, or have expired.');
  }

  /** Guessing passwords is bounded; those known to be right, and tokens, which nobody can guess, always come in. */
  #isDear(credentials: Credentials): boolean {
    return (
      credentials.type === 'basic' && !this.#parts.passwords.remembers(credentials.user, credentials.password)
    );
  }

  #wait({ type: method }: Credentials, address: string, waitS: number): AccessError {
    this.refusals.publish({ method, why: 'waiting', address, isBulk: false });
    return new AccessError('too-many-attempts', `Too many wrong credentials; try again in ${waitS} s.`, {
      retryAfterS: waitS,
    });
  }

  async #principalOf(credentials: Credentials): Promise<Principal | undefined> {
    const { tokens, issuers, passwords } = this.#parts;
    if (credentials.type === 'basic') {
      return await passwords.principalOf(credentials.user, credentials.password);
    }
    const { token } = credentials;
    return token.startsWith('gen_') ? tokens.principalOf(token) : await issuers.principalOf(token);
  }
}
