/** Looks at the last checkpoint of a data folder as its files stand, whoever has the folder open. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { keyRanges, parseCheckpoint, signerOf } from './checkpoint.js';
import { LogError } from './errors.js';
import { HASH_BYTES, sameHash } from './hash.js';
import { LOG_FOLDER, readLogKeys, readRotations } from './key-files.js';
import { parseVerifierKey } from './note.js';
import { readIfThere } from './signing-key.js';
import { type TreeHead, treeHead } from './tree.js';

/** So many leaves are hashed in a second or two; the whole of a longer log is for `genchi verify --data`. */
const MOST_LEAVES = 2_000_000;

/** What the last checkpoint was found to be. */
export type LastCheckpoint =
  | { readonly state: 'none' }
  /** The tree on disk is the one that was signed; `size` is the number of its batches. */
  | { readonly state: 'good'; readonly size: number }
  /** Its signature holds, and the leaves on disk are too many to look at here, or not all there: they are made again. */
  | { readonly state: 'signed'; readonly size: number }
  | { readonly state: 'bad'; readonly why: string };

/** The leaves that a checkpoint covers; undefined when they are not all on disk. */
async function leavesOf(folder: string, size: number): Promise<readonly Uint8Array[] | undefined> {
  const file = await open(join(folder, 'level-0')).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size * HASH_BYTES), 0, size * HASH_BYTES, 0);
    if (bytesRead < size * HASH_BYTES) return undefined;
    return Array.from({ length: size }, (_, leaf) =>
      buffer.subarray(leaf * HASH_BYTES, (leaf + 1) * HASH_BYTES),
    );
  } finally {
    await file.close();
  }
}

async function checkTree(folder: string, { size, root }: TreeHead): Promise<LastCheckpoint> {
  const leaves = size > MOST_LEAVES ? undefined : await leavesOf(folder, size);
  if (leaves === undefined) return { state: 'signed', size };
  if (sameHash(treeHead(leaves), root)) return { state: 'good', size };
  return { state: 'bad', why: `the ${size} batches on disk are not those that were signed` };
}

/** Checks the signature of the last checkpoint, and its root against the leaves on disk. */
export async function checkLastCheckpoint(dataFolder: string): Promise<LastCheckpoint> {
  const folder = join(dataFolder, LOG_FOLDER);
  try {
    const text = await readIfThere(join(folder, 'checkpoint'));
    if (text === undefined) return { state: 'none' };
    const keys = await readLogKeys(dataFolder);
    if (keys === undefined) return { state: 'bad', why: `${join(folder, 'key')} is missing` };
    const rotations = await readRotations(folder);
    const first = rotations[0]?.previous ?? parseVerifierKey(keys.key);
    const checkpoint = parseCheckpoint(text);
    if (signerOf(checkpoint, keyRanges([first], rotations)) !== undefined) {
      return await checkTree(folder, checkpoint);
    }
    return { state: 'bad', why: 'the last checkpoint is not one that the key there signed' };
  } catch (error) {
    if (error instanceof LogError) return { state: 'bad', why: error.message };
    throw error;
  }
}
