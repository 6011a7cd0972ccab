import type { FastifyRequest } from 'fastify';
import { AccessError, type Principal, type TokenBook } from '../../access/index.js';
import type { Access } from './guard.js';

/** What a gate asks with. */
export interface GateParts {
  /** `auto`: those who ask must say who they are as soon as there is a way to. */
  readonly mode: 'auto' | 'required' | 'off';
  readonly tokens: TokenBook;
}

const wrong = (): AccessError =>
  new AccessError('unauthenticated', 'These credentials are unknown, revoked or have expired.');

/** Says who requests are from, by what they bring. */
export class Gate implements Access {
  readonly #parts: GateParts;
  readonly challenge = 'Bearer realm="genchi"';

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  get isAsked(): boolean {
    const { mode, tokens } = this.#parts;
    if (mode === 'auto') return tokens.size > 0;
    return mode === 'required';
  }

  async identify({ headers }: FastifyRequest): Promise<Principal | undefined> {
    const { authorization } = headers;
    if (authorization === undefined) return undefined;
    const [, scheme = '', credentials = ''] = /^(\S+) +(\S+) *$/.exec(authorization) ?? [];
    switch (scheme.toLowerCase()) {
      case 'bearer':
        return this.#bearer(credentials);
      default:
        throw new AccessError('unauthenticated', 'Expected Authorization: Bearer TOKEN.');
    }
  }

  #bearer(text: string): Principal {
    const principal = this.#parts.tokens.principalOf(text);
    if (principal === undefined) throw wrong();
    return principal;
  }
}
