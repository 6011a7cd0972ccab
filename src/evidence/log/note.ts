/** Signed notes and their keys: C2SP's signed-note, and tlog-cosignature for the signatures of witnesses. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { LogError } from './errors.js';
import { sha256 } from './hash.js';

/** What a key signs with: the note itself, or (a witness) a time and the note. */
export const SIGNATURE_TYPE = { ed25519: 1, cosignature: 4 } as const;
type SignatureType = (typeof SIGNATURE_TYPE)[keyof typeof SIGNATURE_TYPE];

const KEY_BYTES = 32;
const ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const TIME_BYTES = 8;
const MOST_SIGNATURES = 64;

/** A public key that verifies notes. */
export interface VerifierKey {
  readonly name: string;
  /** Four bytes in hexadecimal digits. */
  readonly id: string;
  readonly type: SignatureType;
  readonly publicKey: Uint8Array;
}

/** One signature of a note: whose it says it is, and its bytes behind the four of the key's id. */
export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly signature: Uint8Array;
}

/** A note as it was read; nothing in it is verified. */
export interface SignedNote {
  /** The text that is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** The key of a name, with the id that follows from all three. */
export function verifierKey(name: string, type: SignatureType, publicKey: Uint8Array): VerifierKey {
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), publicKey]);
  return { name, type, publicKey, id: sha256(named).subarray(0, ID_BYTES).toString('hex') };
}

/** A verifier key as one line: `NAME+ID+BASE64`. */
export function verifierText({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${id}+${Buffer.concat([Buffer.from([type]), publicKey]).toString('base64')}`;
}

/** Bytes of base64 that is written the one way; undefined for other texts. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Reads a verifier key; fails with `bad-usage` on what is none of a type that is known here. */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = '', id, encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text.trim()) ?? [];
  const bytes = fromBase64(encoded);
  const type = Object.values(SIGNATURE_TYPE).find((known) => known === bytes?.[0]);
  if (bytes !== undefined && type !== undefined && bytes.length === 1 + KEY_BYTES) {
    const key = verifierKey(name, type, bytes.subarray(1));
    if (key.id === id) return key;
  }
  throw new LogError(
    'bad-usage',
    `${text.slice(0, 120)} is no verifier key: expected NAME+ID+KEY of an Ed25519 key, as \`genchi log key\` prints it`,
  );
}

/** The line of a signature. */
export function signatureLine({ name, id, signature }: NoteSignature): string {
  return `\u2014 ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
}

/** A note with its signatures, as text. */
export function noteText({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map(signatureLine).join('')}`;
}

function parseSignature(line: string): NoteSignature | undefined {
  const [, name = '', encoded = ''] = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes === undefined || bytes.length <= ID_BYTES) return undefined;
  return { name, id: bytes.subarray(0, ID_BYTES).toString('hex'), signature: bytes.subarray(ID_BYTES) };
}

/** Reads a note; fails with `bad-proof` on what is none. */
export function parseNote(text: string): SignedNote {
  const end = text.lastIndexOf('\n\n');
  const lines = text.slice(end + 2).split('\n');
  const signatures = lines.slice(0, -1).flatMap((line) => parseSignature(line) ?? []);
  const isWhole = end > 0 && lines.at(-1) === '' && signatures.length === lines.length - 1;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a note must not hold.
  const isText = !/[\u0000-\u0009\u000b-\u001f]/.test(text);
  if (isWhole && isText && signatures.length > 0 && signatures.length <= MOST_SIGNATURES) {
    return { text: text.slice(0, end + 1), signatures };
  }
  throw new LogError('bad-proof', 'Expected a signed note: a text, an empty line, and lines of signatures.');
}

function publicKeyOf({ publicKey }: VerifierKey): KeyObject {
  const x = Buffer.from(publicKey).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** What a witness signs: when it saw a note, and the note (tlog-cosignature, Ed25519). */
export function cosignedText(text: string, unixSeconds: bigint): string {
  return `cosignature/v1\ntime ${unixSeconds}\n${text}`;
}

function isRight(text: string, key: VerifierKey, signature: Uint8Array): boolean {
  if (key.type === SIGNATURE_TYPE.ed25519) {
    return (
      signature.length === SIGNATURE_BYTES && verify(null, Buffer.from(text), publicKeyOf(key), signature)
    );
  }
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return false;
  const bytes = Buffer.from(signature);
  const signed = cosignedText(text, bytes.readBigUInt64BE(0));
  return verify(null, Buffer.from(signed), publicKeyOf(key), bytes.subarray(TIME_BYTES));
}

/** Whether a note carries a signature of this key and all that it says are of this key are right. */
export function isSignedBy({ text, signatures }: SignedNote, key: VerifierKey): boolean {
  const own = signatures.filter(({ name, id }) => name === key.name && id === key.id);
  return own.length > 0 && own.every(({ signature }) => isRight(text, key, signature));
}
