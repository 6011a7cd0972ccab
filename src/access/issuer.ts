/** One identity provider (OpenID Connect): its keys, and what its tokens stand for here. */
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify, type RemoteJWKSet } from 'jose';
import { z } from 'zod';
import { type Clock, instantOf, SECOND_MS } from '../model/index.js';
import { AccessError } from './errors.js';
import { fetchBounded } from './json-fetch.js';
import type { Principal } from './principal.js';
import { type Scope, scopes } from './scopes.js';

const TIMEOUT_MS = 5_000;
/** An unknown key, as a forged token has one, makes the keys be read again at most this often. */
const COOLDOWN_MS = 30_000;
const KEYS_HOLD_MS = 600_000;
/** After a failure to find the keys, so long nobody tries again. */
const RETRY_MS = 10_000;

/** What is taken: public keys only. With a shared secret, or none, whoever asks could sign. */
export const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
] as const;

/** How an identity provider is trusted. */
export interface IssuerSetting {
  readonly issuer: string;
  readonly audience: string;
  /** Where its keys are; by discovery unless given. */
  readonly jwksUrl?: string | undefined;
  readonly algorithms: readonly string[];
  readonly clockToleranceS: number;
  /** The claim that says what somebody may do, a dot before each step into an object. */
  readonly scopeClaim: string;
  /** The scopes that each value of it stands for. */
  readonly scopes: Readonly<Record<string, readonly Scope[]>>;
  /** The claim that people are called by. */
  readonly nameClaim: string;
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });
const record = z.record(z.string(), z.unknown());
const values = z.union([z.string().transform((text) => text.split(/\s+/)), z.array(z.string())]);

/** Follows a path such as `realm_access.roles` into claims; a claim of that very name goes first. */
function claimOf(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((within, step) => {
    const fields = record.safeParse(within).data;
    return fields !== undefined && Object.hasOwn(fields, step) ? fields[step] : undefined;
  }, claims);
}

/** An identity provider whose tokens are taken. */
export class Issuer {
  readonly setting: IssuerSetting;
  readonly #clock: Clock;
  readonly #ask: typeof fetch;
  #keys: Promise<RemoteJWKSet> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(setting: IssuerSetting, clock: Clock, ask: typeof fetch) {
    this.setting = setting;
    this.#ask = ask;
    this.#clock = clock;
  }

  /**
   * Whom a token stands for; undefined when it is forged, expired, or meant for another audience. Fails with
   * `identity-unavailable` when the provider's keys cannot be had.
   */
  async principalOf(token: string): Promise<Principal | undefined> {
    const { issuer, audience, clockToleranceS: clockTolerance } = this.setting;
    const keys = await this.#keySet();
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...{ issuer, audience, clockTolerance, algorithms: [...this.setting.algorithms] },
        currentDate: new Date(this.#clock()),
        requiredClaims: ['exp', 'sub'],
      });
      return this.#principal(payload);
    } catch (error) {
      if (error instanceof AccessError) throw error;
      if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) {
        throw new AccessError('identity-unavailable', `The keys of ${issuer} cannot be read.`, {
          cause: error,
        });
      }
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  #principal(claims: JWTPayload): Principal {
    const { issuer, scopeClaim, scopes: granted, nameClaim, clockToleranceS } = this.setting;
    const { sub = '', exp = 0 } = claims;
    const named = claimOf(claims, nameClaim);
    const held = (values.safeParse(claimOf(claims, scopeClaim)).data ?? []).flatMap((value) =>
      Object.hasOwn(granted, value) ? (granted[value] ?? []) : [],
    );
    return {
      method: 'oidc',
      id: `${issuer} ${sub}`,
      name: typeof named === 'string' && named !== '' ? named.slice(0, 200) : sub.slice(0, 200),
      scopes: scopes.filter((scope) => held.includes(scope)),
      expiresAt: instantOf((exp + clockToleranceS) * SECOND_MS),
    };
  }

  async #keySet(): Promise<RemoteJWKSet> {
    const now = this.#clock();
    if (this.#keys === undefined && now - this.#failedAt < RETRY_MS) {
      const why = `The keys of ${this.setting.issuer} could not be found a moment ago.`;
      throw new AccessError('identity-unavailable', why);
    }
    this.#keys ??= this.#find();
    try {
      return await this.#keys;
    } catch (error) {
      this.#keys = undefined;
      this.#failedAt = now;
      throw error;
    }
  }

  async #find(): Promise<RemoteJWKSet> {
    const { issuer, jwksUrl } = this.setting;
    const url = jwksUrl ?? (await this.#discovered(issuer));
    return createRemoteJWKSet(new URL(url), {
      ...{ timeoutDuration: TIMEOUT_MS, cooldownDuration: COOLDOWN_MS, cacheMaxAge: KEYS_HOLD_MS },
      [customFetch]: async (address, { signal }) =>
        new Response(await fetchBounded(address, signal, this.#ask)),
    });
  }

  async #discovered(issuer: string): Promise<string> {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const text = await fetchBounded(address, AbortSignal.timeout(TIMEOUT_MS), this.#ask);
    const found = discovery.safeParse(parsed(text)).data;
    // OpenID Connect Discovery 1.0, section 4.3: it has to say of itself who it is.
    if (found?.issuer === issuer) return found.jwks_uri;
    throw new AccessError('identity-unavailable', `${address} is not the configuration of ${issuer}.`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
