import { EventEmitter } from 'node:events';
import { type Stats, unwatchFile, watchFile } from 'node:fs';
import type { Clock, Instant } from '../model/index.js';
import type { Principal } from './principal.js';
import { idOfToken, sameHash, tokenHash } from './token.js';
import { readTokens, type TokenRecord, tokenFileOf } from './token-file.js';
import { readTokenUse, writeTokenUse } from './token-use.js';

/** How often is looked whether the file has changed: a revoked token ends to hold within that time. */
const LOOK_MS = 500;

/** How often is written down when tokens were used. */
const WRITE_USE_MS = 60_000;

/** What is compared where no token is known by an id, so that it takes as long. */
const NO_HASH = '0'.repeat(64);

/** What the book is opened with. */
export interface TokenBookOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Hears that the file cannot be read; what was known still holds. */
  readonly onFailure: (error: unknown) => void;
}

/** Whether a token holds at a time. */
export function holds(token: TokenRecord, at: number): boolean {
  return token.revokedAt === undefined && (token.expiresAt === undefined || at < token.expiresAt);
}

/** The tokens of a data folder, as its file says at the time. */
export class TokenBook {
  readonly #options: TokenBookOptions;
  readonly #changed = new EventEmitter<{ change: [] }>();
  #byId: ReadonlyMap<string, TokenRecord> = new Map();
  #reading: Promise<void> = Promise.resolve();
  readonly #look: (now: Stats, before: Stats) => void;
  #used: Map<string, Instant> = new Map();
  #writtenAt = Number.NEGATIVE_INFINITY;

  private constructor(options: TokenBookOptions) {
    this.#options = options;
    this.#changed.setMaxListeners(0);
    this.#look = () => {
      this.#reading = this.#reading.then(() => this.#read()).catch(options.onFailure);
    };
  }

  /** Reads the file and watches it from then on. Fails with `bad-file`. */
  static async open(options: TokenBookOptions): Promise<TokenBook> {
    const book = new TokenBook(options);
    // Watched first: what changes between the two is read again.
    watchFile(tokenFileOf(options.folder), { interval: LOOK_MS, persistent: false }, book.#look);
    try {
      await book.#read();
      book.#used = new Map([...(await readTokenUse(options.folder))].filter(([id]) => book.#byId.has(id)));
    } catch (error) {
      await book.close();
      throw error;
    }
    return book;
  }

  /** All of them, those that ended too, in the order they were made. */
  all(): readonly TokenRecord[] {
    return [...this.#byId.values()];
  }

  /** How many there are, those that ended among them. */
  get size(): number {
    return this.#byId.size;
  }

  async #read(): Promise<void> {
    const tokens = await readTokens(this.#options.folder);
    this.#byId = new Map(tokens.map((token) => [token.id, token]));
    this.#changed.emit('change');
  }

  /** Whom a token stands for; undefined for one that is unknown, revoked or expired. */
  principalOf(text: string): Principal | undefined {
    const token = this.#byId.get(idOfToken(text) ?? '');
    const isSame = sameHash(tokenHash(text), token?.hash ?? NO_HASH);
    const principal = token !== undefined && isSame ? this.#principal(token) : undefined;
    if (principal !== undefined) this.#use(principal.id);
    return principal;
  }

  /** Notes the use of a token; it is written down once a minute, and at the end. */
  #use(id: string): void {
    const now = this.#options.clock();
    this.#used.set(id, now);
    if (now - this.#writtenAt < WRITE_USE_MS) return;
    this.#writtenAt = now;
    void this.#writeUse();
  }

  #writeUse(): Promise<void> {
    this.#reading = this.#reading
      .then(() => writeTokenUse(this.#options.folder, this.#used))
      .catch(this.#options.onFailure);
    return this.#reading;
  }

  #principal(token: TokenRecord): Principal | undefined {
    if (!holds(token, this.#options.clock())) return undefined;
    const { id, name, scopes, expiresAt } = token;
    return { method: 'token', id, name, scopes, ...(expiresAt === undefined ? {} : { expiresAt }) };
  }

  /** Whether the token of this id holds now. */
  holds(id: string): boolean {
    const token = this.#byId.get(id);
    return token !== undefined && holds(token, this.#options.clock());
  }

  /** Calls back after each change; answers how to end that. */
  onChange(listener: () => void): () => void {
    this.#changed.on('change', listener);
    return () => void this.#changed.off('change', listener);
  }

  /** Watches no longer. */
  async close(): Promise<void> {
    unwatchFile(tokenFileOf(this.#options.folder), this.#look);
    await (this.#used.size === 0 ? this.#reading : this.#writeUse());
  }
}
