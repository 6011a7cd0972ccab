/**
 * API tokens: `gen_`, an id of 10 characters, a secret of 43 and a checksum of 6, all in base 62. Whoever finds one knows
 * by the prefix what it is, and by the checksum that it is one: scanners for leaked credentials need both.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_CHARACTERS = 10;
/** 62^43 is over 2^256. */
const SECRET_CHARACTERS = 43;
/** 62^6 is over 2^32. */
const CHECKSUM_CHARACTERS = 6;

const FORM = /^gen_([0-9A-Za-z]{10})[0-9A-Za-z]{43}([0-9A-Za-z]{6})$/;

/** Makes so many bytes that nobody can guess. */
export type RandomBytes = (count: number) => Uint8Array;

/** A fresh token: shown once, and kept as its id and its hash. */
export interface MintedToken {
  readonly text: string;
  readonly id: string;
  readonly hash: string;
}

/** Draws characters evenly: bytes from the largest multiple of 62 on are thrown away. */
function draw(count: number, random: RandomBytes): string {
  let text = '';
  while (text.length < count) {
    for (const byte of random(count)) {
      if (byte < 248 && text.length < count) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}

function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_CHARACTERS; place++) {
    digits = ALPHABET.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/**
 * The hash that a token is kept as: SHA-256, in hexadecimal digits. A slow hash guards secrets that people choose; of 256
 * random bits nobody can try enough, and every request would pay for the slowness.
 */
export function tokenHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Makes a token. */
export function mintToken(random: RandomBytes): MintedToken {
  const id = draw(ID_CHARACTERS, random);
  const body = `gen_${id}${draw(SECRET_CHARACTERS, random)}`;
  const text = `${body}${checksumOf(body)}`;
  return { text, id, hash: tokenHash(text) };
}

/** The id in a token; undefined for a text that is none, a mistyped token among them. */
export function idOfToken(text: string): string | undefined {
  const [, id, checksum] = FORM.exec(text) ?? [];
  return checksum === checksumOf(text.slice(0, -CHECKSUM_CHARACTERS)) ? id : undefined;
}

/** Whether two hashes are the same, told in a time that does not depend on where they differ. */
export function sameHash(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
