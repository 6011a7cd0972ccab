import { hash } from 'node:crypto';

/** The bytes of a SHA-256. */
export const HASH_BYTES = 32;

/** The SHA-256 of some bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}

/** The hash of a leaf, RFC 6962, section 2.1: of the byte 0 and the entry. */
export function leafHash(entry: Uint8Array): Buffer {
  const prefixed = new Uint8Array(1 + entry.length);
  prefixed.set(entry, 1);
  return sha256(prefixed);
}

/** The hash of a node, RFC 6962, section 2.1: of the byte 1 and the hashes of its two children. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const prefixed = new Uint8Array(1 + 2 * HASH_BYTES);
  prefixed[0] = 1;
  prefixed.set(left, 1);
  prefixed.set(right, 1 + HASH_BYTES);
  return sha256(prefixed);
}

/** Whether two hashes are the same. Neither is a secret. */
export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
