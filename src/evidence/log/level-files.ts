/**
 * The tree of the log on disk: a file for each height of eight levels, into which hashes are only appended. File 0 has
 * the hashes of all leaves, file 1 the roots of every 256 of them, and so on: a tile of C2SP's tlog-tiles is a stretch of
 * 8 KiB of its file. All of it follows from the store's table of parts; what is lost is made again from there.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { HASH_BYTES } from './hash.js';
import { EMPTY_ROOT, type LeafRange, splitOf, type TreeHead, treeHead } from './tree.js';

/** The hashes of a tile: a subtree of eight levels. */
export const TILE_WIDTH = 256;
/** Hashes are kept in memory until so many wait, or somebody reads. */
const WAITING = 256;
/** After so many leaves the files are flushed to the disk: what a power cut leaves of later ones is looked at again. */
export const SYNC_LEAVES = 1_024;
/** The logs of 2^53 batches would have no more. */
const MOST_LEVELS = 7;

async function openForBoth(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return await open(path, 'w+');
    throw cause;
  }
}

/** The largest power of 256 that so many leaves, a power of two, are a multiple of. */
function levelOf(leaves: number): { readonly level: number; readonly width: number } {
  let [level, width] = [0, leaves];
  while (width >= TILE_WIDTH) {
    width /= TILE_WIDTH;
    level += 1;
  }
  return { level, width };
}

const isPowerOfTwo = (size: number): boolean => Number.isInteger(Math.log2(size));

/** The leaves of the log, and all roots over them. Calls may overlap; they are done one after the other. */
export class LevelFiles {
  readonly #folder: string;
  readonly #files: FileHandle[];
  #waiting: Uint8Array[] = [];
  /** Leaves in the files. */
  #stored: number;
  #unsynced = 0;
  #working: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, files: FileHandle[], stored: number) {
    this.#folder = folder;
    this.#files = files;
    this.#stored = stored;
  }

  /** Opens the files of a folder, which is made when it is missing. */
  static async open(folder: string): Promise<LevelFiles> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const first = await openForBoth(join(folder, 'level-0'));
    const { size } = await first.stat();
    const levels = new LevelFiles(folder, [first], Math.floor(size / HASH_BYTES));
    await levels.#matchLevels();
    return levels;
  }

  /** How many leaves there are. */
  get size(): number {
    return this.#stored + this.#waiting.length;
  }

  /** Adds the hash of the next leaf. */
  add(leaf: Uint8Array): void {
    this.#waiting.push(leaf);
    // A failure comes back to whoever reads next, and the leaves that wait are tried again then.
    if (this.#waiting.length % WAITING === 0) this.flush().catch(() => undefined);
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    await this.#alone(() => this.#write());
  }

  /** Writes what waits, down to the disk. */
  async sync(): Promise<void> {
    await this.#alone(async () => {
      await this.#write();
      await this.#syncFiles();
    });
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const step = this.#working.then(work);
    this.#working = step.catch(() => undefined);
    return await step;
  }

  async #syncFiles(): Promise<void> {
    for (const file of this.#files) await file.datasync();
    this.#unsynced = 0;
  }

  async #write(): Promise<void> {
    const leaves = this.#waiting.slice();
    if (leaves.length === 0) return;
    await this.#put(0, this.#stored, leaves);
    const before = this.#stored;
    this.#stored += leaves.length;
    this.#waiting = this.#waiting.slice(leaves.length);
    await this.#raise(before, this.#stored);
    this.#unsynced += leaves.length;
    if (this.#unsynced >= SYNC_LEAVES) await this.#syncFiles();
  }

  /** Adds the roots of the tiles that were filled between two sizes. */
  async #raise(before: number, after: number): Promise<void> {
    for (let level = 0, [from, to] = [before, after]; level < MOST_LEVELS; level++) {
      [from, to] = [Math.floor(from / TILE_WIDTH), Math.floor(to / TILE_WIDTH)];
      if (from === to) return;
      const roots: Uint8Array[] = [];
      for (let tile = from; tile < to; tile++) {
        roots.push(treeHead(await this.#get(level, tile * TILE_WIDTH, TILE_WIDTH)));
      }
      await this.#put(level + 1, from, roots);
    }
  }

  async #file(level: number): Promise<FileHandle> {
    const known = this.#files[level];
    if (known !== undefined) return known;
    const file = await openForBoth(join(this.#folder, `level-${level}`));
    this.#files[level] = file;
    return file;
  }

  async #put(level: number, first: number, hashes: readonly Uint8Array[]): Promise<void> {
    const file = await this.#file(level);
    const bytes = Buffer.concat(hashes);
    await file.write(bytes, 0, bytes.length, first * HASH_BYTES);
  }

  async #get(level: number, first: number, count: number): Promise<readonly Uint8Array[]> {
    const bytes = Buffer.alloc(count * HASH_BYTES);
    const { bytesRead } = await (await this.#file(level)).read(bytes, 0, bytes.length, first * HASH_BYTES);
    // A hash of zeros leads to no root that was ever signed, so what is cut off shows.
    bytes.fill(0, bytesRead);
    return Array.from({ length: count }, (_, nth) =>
      bytes.subarray(nth * HASH_BYTES, (nth + 1) * HASH_BYTES),
    );
  }

  /** Makes the higher files as long as the first one asks for. */
  async #matchLevels(): Promise<void> {
    await (await this.#file(0)).truncate(this.#stored * HASH_BYTES);
    for (let [level, count] = [1, this.#stored]; level < MOST_LEVELS; level++) {
      count = Math.floor(count / TILE_WIDTH);
      const file = await this.#file(level);
      const { size } = await file.stat();
      const there = Math.floor(size / HASH_BYTES);
      await file.truncate(Math.min(there, count) * HASH_BYTES);
      for (let tile = there; tile < count; tile++) {
        await this.#put(level, tile, [treeHead(await this.#get(level - 1, tile * TILE_WIDTH, TILE_WIDTH))]);
      }
      if (count === 0) return;
    }
  }

  /** Forgets all leaves from this number on. */
  async truncate(size: number): Promise<void> {
    await this.#alone(async () => {
      await this.#write();
      this.#stored = Math.min(this.#stored, size);
      await this.#matchLevels();
    });
  }

  /** Hashes of a height of eight levels, as many as there are from `first` on, at most `count`. */
  async hashes(level: number, first: number, count: number): Promise<readonly Uint8Array[]> {
    return await this.#alone(async () => {
      await this.#write();
      const there = Math.floor(this.#stored / TILE_WIDTH ** level);
      const number = Math.max(0, Math.min(count, there - first));
      return number === 0 ? [] : await this.#get(level, first, number);
    });
  }

  /** The root over some leaves, as a proof asks for it: a complete subtree, or all there are behind one. */
  async root({ from, until }: LeafRange): Promise<Uint8Array> {
    const leaves = until - from;
    if (leaves === 0) return EMPTY_ROOT;
    if (!isPowerOfTwo(leaves)) {
      const middle = from + splitOf(leaves);
      return treeHead([await this.root({ from, until: middle }), await this.root({ from: middle, until })]);
    }
    const { level, width } = levelOf(leaves);
    return treeHead(await this.hashes(level, from / TILE_WIDTH ** level, width));
  }

  /** The tree of the first so many leaves. */
  async head(size: number): Promise<TreeHead> {
    return { size, root: await this.root({ from: 0, until: size }) };
  }

  /** Closes the files; unless they are flushed first, the next start makes what is missing again. */
  async close(isFlushed = true): Promise<void> {
    if (isFlushed) await this.sync();
    await Promise.all(this.#files.map((file) => file.close()));
  }
}
