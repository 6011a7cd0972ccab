import { createHash } from 'node:crypto';

/** The identity of a receipt or a series: 128 bits of SHA-256 as 32 hexadecimal digits. */
export type Identity = string & { readonly __brand: 'Identity' };

/**
 * Hashes the parts of an identity. Each part is written with its length, so that no two different lists of
 * parts give the same text; an absent part differs from an empty one.
 */
export function identityOf(...parts: readonly (string | undefined)[]): Identity {
  const hash = createHash('sha256');
  for (const part of parts) {
    if (part === undefined) hash.update('-;');
    else
      hash
        .update(`${Buffer.byteLength(part)}:`)
        .update(part)
        .update(';');
  }
  return hash.digest('hex').slice(0, 32) as Identity;
}

/** Whether a text has the form of an identity. */
export function isIdentity(text: string): text is Identity {
  return /^[0-9a-f]{32}$/.test(text);
}
