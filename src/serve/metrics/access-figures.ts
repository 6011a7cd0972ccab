import { Gauge, type Registry } from 'prom-client';
import type { TokenRecord } from '../../access/index.js';
import type { Instant } from '../../model/index.js';
import type { Refusal } from '../auth/index.js';
import { counter } from './evidence-figures.js';

/** Where the figures of who may ask are read, at each scrape. */
export interface AccessSources {
  readonly sessions: () => number;
  readonly tokens: () => readonly TokenRecord[];
}

/** Who was not let in, and what stands open. */
export class AccessFigures {
  readonly #refused;
  readonly #registry: Registry;
  #sources: AccessSources | undefined;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#refused = counter(
      registry,
      'genchi_access_refused_total',
      'Credentials that were refused: wrong, from an address that has to wait, or a session from a page of another site.',
      ['method', 'why'],
    );
    const registers = [registry];
    const sources = (): AccessSources | undefined => this.#sources;
    new Gauge({
      name: 'genchi_sessions',
      help: 'Sessions of browsers that are open.',
      registers,
      collect() {
        this.set(sources()?.sessions() ?? 0);
      },
    });
    new Gauge({
      name: 'genchi_token_expiry_timestamp_seconds',
      help: 'When a token that was not revoked expires, since the epoch.',
      labelNames: ['token'],
      registers,
      collect() {
        this.reset();
        for (const { name: token, expiresAt, revokedAt } of sources()?.tokens() ?? []) {
          if (expiresAt !== undefined && revokedAt === undefined) this.set({ token }, expiresAt / 1_000);
        }
      },
    });
  }

  /** Names where the end of the certificate is read from now on. */
  attachCertificate(expiresAt: () => Instant): void {
    new Gauge({
      name: 'genchi_tls_certificate_expiry_timestamp_seconds',
      help: 'When the certificate that is shown ends to hold, since the epoch.',
      registers: [this.#registry],
      collect() {
        this.set(expiresAt() / 1_000);
      },
    });
  }

  /** Names where the figures kept elsewhere are read from now on. */
  attach(sources: AccessSources): void {
    this.#sources = sources;
  }

  refused({ method, why }: Refusal): void {
    this.#refused.inc({ method, why });
  }
}
