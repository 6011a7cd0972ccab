import { access, constants, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { EvidenceError } from '../errors.js';
import { STORE_FILE } from './store-file.js';

const MIB = 1_048_576;

/** The least that is left free beside what a checkpoint may write, in bytes. */
const LEAST_FREE = 32 * MIB;

interface FileId {
  readonly dev: number;
  readonly ino: number;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** The file that a path leads to now; undefined where it leads to none. Where the system does not tell, it fails. */
async function fileAt(path: string): Promise<FileId | undefined> {
  return await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  });
}

/** A disk that takes no writes, as an error: whatever was to be written is not. */
export function readOnlyFailure(cause?: unknown): EvidenceError {
  return new EvidenceError(
    'store-read-only',
    'The disk of the data folder is read-only: nothing is recorded until it can be written to again; the kernel log ' +
      'says why it is.',
    { cause },
  );
}

/**
 * The disk under the data folder: the room on it, whether it can be written to, and whether the folder is still where it
 * was. What is open stays open when a folder is renamed or removed: commits would succeed into files that nobody finds.
 */
export class Disk {
  readonly #folder: string;
  readonly #path: string;
  readonly #opened: FileId | undefined;
  readonly #neededBytes: number;
  /** Why the last write was refused, when it was since nothing can be written. */
  #refusal: EvidenceError | undefined;

  private constructor(folder: string, opened: FileId | undefined, neededBytes: number) {
    this.#folder = folder;
    this.#path = join(folder, STORE_FILE);
    this.#opened = opened;
    this.#neededBytes = neededBytes;
  }

  /** The disk of a folder whose store has just been opened; `checkpointMiB` is how large the write-ahead log may grow. */
  static async of(folder: string, checkpointMiB: number): Promise<Disk> {
    // Folding the write-ahead log into the store needs some room, and the engine stops when there is none: so nothing is
    // taken any more while there still is.
    const neededBytes = 2 * checkpointMiB * MIB + LEAST_FREE;
    return new Disk(folder, await fileAt(join(folder, STORE_FILE)), neededBytes);
  }

  /** Fails with `data-folder-gone`, `store-read-only` or `store-full` where a commit should not be tried. */
  async check(): Promise<void> {
    await Promise.all([this.checkPlace(), this.#checkWritable(), this.#checkRoom()]);
  }

  /** Fails with `data-folder-gone` or `store-read-only` while nothing can be recorded. */
  async checkUsable(): Promise<void> {
    await Promise.all([this.checkPlace(), this.#checkWritable()]);
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  /** Whether background work may be done. */
  async isUsable(): Promise<boolean> {
    return await Promise.all([this.checkUsable(), this.#checkRoom()]).then(
      () => true,
      () => false,
    );
  }

  /** Hears what came of a commit: not every disk that refuses writes says so when it is asked. */
  wrote(failure: unknown): void {
    const isRefusal = failure instanceof EvidenceError && failure.code === 'store-read-only';
    this.#refusal = isRefusal ? failure : undefined;
  }

  /** Fails with `data-folder-gone` when the folder's path does not lead to what is open. */
  async checkPlace(): Promise<void> {
    const now = await fileAt(this.#path);
    if (now !== undefined && now.ino === this.#opened?.ino && now.dev === this.#opened.dev) return;
    const what = now === undefined ? 'is not there any more' : 'is not the one that was opened';
    throw new EvidenceError(
      'data-folder-gone',
      `The data folder ${this.#folder} ${what}: nothing is recorded until it is put back. Where it cannot be, stop Genchi ` +
        'and restore the latest backup with `genchi restore`; senders may send this again then.',
    );
  }

  async #checkWritable(): Promise<void> {
    await access(this.#path, constants.W_OK).catch((error: unknown) => {
      if (codeOf(error) === 'EROFS') throw readOnlyFailure(error);
    });
  }

  async #checkRoom(): Promise<void> {
    const free = await this.#freeBytes();
    if (free >= this.#neededBytes) return;
    const [left, needed] = [free, this.#neededBytes].map((bytes) => Math.floor(bytes / MIB));
    throw new EvidenceError(
      'store-full',
      `The disk of the data folder is full: ${left} MiB are free, and ${needed} MiB must stay so. Nothing of this was recorded; ` +
        'it is taken again as soon as there is room.',
    );
  }

  /** Unbounded where the system does not tell. */
  async #freeBytes(): Promise<number> {
    return await statfs(this.#folder).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => Number.POSITIVE_INFINITY,
    );
  }
}
