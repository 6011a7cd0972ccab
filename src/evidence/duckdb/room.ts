import { statfs } from 'node:fs/promises';
import { EvidenceError } from '../errors.js';

const MIB = 1_048_576;

/** The least that is left free beside what a checkpoint may write, in bytes. */
const LEAST_FREE = 32 * MIB;

/**
 * The room on the disk of the data folder. Folding the write-ahead log into the store needs some, and the engine stops
 * when there is none: so nothing is taken any more while there still is.
 */
export class Room {
  readonly #folder: string;
  readonly #neededBytes: number;

  /** `checkpointMiB` is how large the write-ahead log may grow. */
  constructor(folder: string, checkpointMiB: number) {
    this.#folder = folder;
    this.#neededBytes = 2 * checkpointMiB * MIB + LEAST_FREE;
  }

  /** Whether there is enough; true where the system does not tell. */
  async isEnough(): Promise<boolean> {
    return (await this.#freeBytes()) >= this.#neededBytes;
  }

  /** Fails with `store-full` when there is not enough. */
  async check(): Promise<void> {
    const free = await this.#freeBytes();
    if (free >= this.#neededBytes) return;
    const [left, needed] = [free, this.#neededBytes].map((bytes) => Math.floor(bytes / MIB));
    throw new EvidenceError(
      'store-full',
      `The disk of the data folder is full: ${left} MiB are free, and ${needed} MiB must stay so. Nothing of this was recorded; ` +
        'it is taken again as soon as there is room.',
    );
  }

  async #freeBytes(): Promise<number> {
    return await statfs(this.#folder).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => Number.POSITIVE_INFINITY,
    );
  }
}
