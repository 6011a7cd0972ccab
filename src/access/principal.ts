import type { Instant } from '../model/index.js';
import { type Scope, scopes } from './scopes.js';

/** How somebody said who they are; `nobody` where nobody is asked. */
export type Method = 'nobody' | 'token' | 'oidc' | 'basic';

/** Who a request is from. */
export interface Principal {
  readonly method: Method;
  /** What distinguishes it among those of its method: the id of a token, a subject with its issuer, a user's name. */
  readonly id: string;
  /** What people call it: the name of a token, a subject, a user. Never a secret. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** When what it showed ends to hold; never where absent. */
  readonly expiresAt?: Instant;
}

/** Who may do nothing at all. */
export const nobody: Principal = { method: 'nobody', id: 'nobody', name: 'nobody', scopes: [] };

/** Whoever asks a server that asks nobody who they are: they may do everything. */
export const everyone: Principal = { method: 'nobody', id: 'anyone', name: 'anyone', scopes };
