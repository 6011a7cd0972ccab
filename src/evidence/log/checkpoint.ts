/** Checkpoints of C2SP's tlog-checkpoint, and the notes by which one key of a log hands over to the next. */
import { LogError } from './errors.js';
import { HASH_BYTES, sameHash } from './hash.js';
import {
  fromBase64,
  isSignedBy,
  parseNote,
  parseVerifierKey,
  type SignedNote,
  type VerifierKey,
  verifierText,
} from './note.js';
import type { TreeHead } from './tree.js';

/** The second line of the note of a rotation, where a checkpoint has a number. */
const ROTATION = 'genchi-key-rotation/1';

/** A checkpoint as it was read; its signatures are not verified. */
export interface Checkpoint extends TreeHead {
  readonly origin: string;
  readonly note: SignedNote;
}

/** The origin of a log by the URL of its server: `example.com/log`. */
export function originOf(baseIri: string): string {
  return `${baseIri.replace(/^[a-z]+:\/\//, '').replaceAll('+', '%2B')}/log`;
}

/** The text of a checkpoint, which is then signed. */
export function checkpointText(origin: string, { size, root }: TreeHead): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

function headOf(size: string, root: string): TreeHead | undefined {
  const hash = fromBase64(root);
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || hash?.length !== HASH_BYTES) return undefined;
  return { size: Number(size), root: hash };
}

/** Reads a checkpoint; fails with `bad-proof` on what is none. */
export function parseCheckpoint(text: string): Checkpoint {
  const note = parseNote(text);
  const [origin = '', size = '', root = ''] = note.text.split('\n');
  const head = headOf(size, root);
  if (head !== undefined && origin !== '') return { origin, ...head, note };
  throw new LogError('bad-proof', 'Expected a checkpoint: lines with an origin, a size and a root.');
}

/** What one key of a log said of the one that comes after it. */
export interface Rotation extends TreeHead {
  readonly origin: string;
  /** Who signed trees up to this size, and this note. */
  readonly previous: VerifierKey;
  /** Who signs trees of this size and larger ones. */
  readonly next: VerifierKey;
  readonly note: SignedNote;
}

/** The text of a rotation, which the old key signs. */
export function rotationText({ origin, size, root, previous, next }: Omit<Rotation, 'note'>): string {
  const keys = [previous, next].map(verifierText);
  return [origin, ROTATION, String(size), Buffer.from(root).toString('base64'), ...keys, ''].join('\n');
}

/** Reads the note of a rotation; fails with `bad-proof` on what is none. */
export function parseRotation(text: string): Rotation {
  const note = parseNote(text);
  const [origin = '', kind, size = '', root = '', old = '', next = ''] = note.text.split('\n');
  const head = headOf(size, root);
  if (kind !== ROTATION || head === undefined) {
    throw new LogError('bad-proof', `Expected the note of a rotation, ${ROTATION}.`);
  }
  return { origin, ...head, previous: parseVerifierKey(old), next: parseVerifierKey(next), note };
}

const isSame = (one: VerifierKey, other: VerifierKey): boolean =>
  one.name === other.name && one.id === other.id && sameHash(one.publicKey, other.publicKey);

/** A key with the sizes of the trees that it may sign, both ends inclusive. */
export interface KeyRange {
  readonly key: VerifierKey;
  readonly from: number;
  readonly to: number;
}

/** The sizes that each key may sign: those that are trusted, and those that they handed over to. */
export function keyRanges(
  trusted: readonly VerifierKey[],
  rotations: readonly Rotation[],
): readonly KeyRange[] {
  const endOf = (key: VerifierKey): number =>
    rotations.find(({ note }) => isSignedBy(note, key))?.size ?? Number.MAX_SAFE_INTEGER;
  const ranges: KeyRange[] = trusted.map((key) => ({ key, from: 0, to: endOf(key) }));
  for (const { note, next, size } of rotations) {
    const from = ranges.find((range) => isSignedBy(note, range.key) && range.from <= size);
    const known = ranges.some(({ key }) => isSame(key, next));
    if (from !== undefined && !known) ranges.push({ key: next, from: size, to: endOf(next) });
  }
  return ranges;
}

/** The key that signed a checkpoint within its range; undefined when none of the ranges' did. */
export function signerOf({ note, size }: Checkpoint, ranges: readonly KeyRange[]): VerifierKey | undefined {
  return ranges.find(({ key, from, to }) => from <= size && size <= to && isSignedBy(note, key))?.key;
}
