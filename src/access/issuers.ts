import { decodeJwt } from 'jose';
import type { Clock } from '../model/index.js';
import { Issuer, type IssuerSetting } from './issuer.js';
import type { Principal } from './principal.js';

/** What no provider's tokens are longer than: every request carries one. */
const MOST_CHARACTERS = 16_384;

/** The identity providers that are trusted. */
export class Issuers {
  readonly #byName: ReadonlyMap<string, Issuer>;

  constructor(settings: readonly IssuerSetting[], clock: Clock, ask: typeof fetch = fetch) {
    this.#byName = new Map(settings.map((setting) => [setting.issuer, new Issuer(setting, clock, ask)]));
  }

  /** How many there are. */
  get size(): number {
    return this.#byName.size;
  }

  /** Whom a JWT stands for; undefined when nobody trusted signed it. Fails with `identity-unavailable`. */
  async principalOf(token: string): Promise<Principal | undefined> {
    if (token.length > MOST_CHARACTERS) return undefined;
    return await this.#issuerOf(token)?.principalOf(token);
  }

  /** The issuer that a token names; whether it is true is for its signature to say. */
  #issuerOf(token: string): Issuer | undefined {
    try {
      return this.#byName.get(decodeJwt(token).iss ?? '');
    } catch {
      return undefined;
    }
  }
}
