/** The key that signs checkpoints, in a file that only its owner reads. */
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LogError } from './errors.js';
import {
  fromBase64,
  noteText,
  SIGNATURE_TYPE,
  type SignedNote,
  type VerifierKey,
  verifierKey,
} from './note.js';

const SEED_BYTES = 32;
/** PKCS #8 of an Ed25519 key, up to its seed (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** A private key with its name. */
export interface SigningKey {
  readonly verifier: VerifierKey;
  /** The key as the line of its file: `PRIVATE+KEY+NAME+ID+BASE64`, as Go's `note` package writes it. */
  readonly text: string;
  readonly privateKey: KeyObject;
}

function keyOfSeed(name: string, seed: Buffer): SigningKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const verifier = verifierKey(name, SIGNATURE_TYPE.ed25519, Buffer.from(x, 'base64url'));
  const encoded = Buffer.concat([Buffer.from([SIGNATURE_TYPE.ed25519]), seed]).toString('base64');
  return { verifier, privateKey, text: `PRIVATE+KEY+${name}+${verifier.id}+${encoded}` };
}

/** Makes a key for a name. */
export function makeKey(name: string): SigningKey {
  return keyOfSeed(name, randomBytes(SEED_BYTES));
}

/** Reads the line of a private key; undefined when it is none. */
export function parseKey(text: string): SigningKey | undefined {
  const [, name = '', encoded = ''] =
    /^PRIVATE\+KEY\+([^\s+]+)\+[0-9a-f]{8}\+(\S+)$/u.exec(text.trim()) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes?.[0] !== SIGNATURE_TYPE.ed25519 || bytes.length !== 1 + SEED_BYTES) return undefined;
  const key = keyOfSeed(name, bytes.subarray(1));
  return key.text === text.trim() ? key : undefined;
}

/** Signs a text with a key, as a note. */
export function signNote(text: string, { verifier, privateKey }: SigningKey): SignedNote {
  const { name, id } = verifier;
  return { text, signatures: [{ name, id, signature: sign(null, Buffer.from(text), privateKey) }] };
}

/** Signs a text with a key, as the text of a note. */
export const signedText = (text: string, key: SigningKey): string => noteText(signNote(text, key));

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file so that it is there whole, or as it was: under another name first, flushed, then renamed. */
export async function writeWhole(path: string, text: string, mode = 0o644): Promise<void> {
  const unfinished = `${path}.part`;
  const handle = await open(unfinished, 'w', mode);
  try {
    await handle.chmod(mode);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, path);
  await syncFolder(dirname(path));
}

/** Writes the file of a key. */
export const writeKey = (path: string, { text }: SigningKey): Promise<void> =>
  writeWhole(path, `${text}\n`, OWNER_ONLY);

/** The text of a file; undefined when it is not there. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new LogError('log-key-unusable', `${path} cannot be read.`, { cause });
  }
}

/**
 * Reads the key of a file; undefined when there is none. Fails with `log-key-unusable` when others may read it or it
 * is no key.
 */
export async function readKey(path: string): Promise<SigningKey | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const { mode } = await stat(path);
  if ((mode & OTHERS) !== 0) {
    const permissions = (mode & 0o777).toString(8);
    throw new LogError(
      'log-key-unusable',
      `The key ${path} has the permissions ${permissions}: others may read it. If nobody has, \`chmod 600 ${path}\`; else make another with \`genchi log rotate-key\` after that.`,
    );
  }
  const key = parseKey(text);
  if (key !== undefined) return key;
  throw new LogError('log-key-unusable', `${path} is no key of the log: put it back from a copy.`);
}
