/** What a request brings to say who it is from. */
import { AccessError } from '../../access/index.js';

/** Credentials as they were shown. */
export type Credentials =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly user: string; readonly password: string };

/** More than any password or user has; what is longer is no credential. */
const MOST_BASIC_CHARACTERS = 1_024;

function basicOf(encoded: string): Credentials {
  const text = Buffer.from(encoded.slice(0, MOST_BASIC_CHARACTERS), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0)
    throw new AccessError('unauthenticated', 'Expected Authorization: Basic with USER:PASSWORD.');
  return { type: 'basic', user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Reads an `Authorization` header; undefined without one. Fails with `unauthenticated` on one that cannot be read. */
export function credentialsOf(authorization: string | undefined): Credentials | undefined {
  if (authorization === undefined) return undefined;
  const [, scheme = '', rest = ''] = /^(\S+) +(\S+) *$/.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { type: 'bearer', token: rest };
    case 'basic':
      return basicOf(rest);
    default:
      throw new AccessError('unauthenticated', 'Expected Authorization: Bearer TOKEN, or Basic.');
  }
}
