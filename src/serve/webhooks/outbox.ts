import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Instant, instantOf } from '../../model/index.js';
import type { Notification } from './courier.js';

const instant = z.number().transform((at) => instantOf(at));
const pending = z.record(
  z.string(),
  z.array(
    z.object({
      id: z.string(),
      event: z.string(),
      incident: z.string(),
      at: instant,
    }),
  ),
);
const shape = z.union([
  z.object({ toldUntil: instant, told: z.array(z.string()), pending }),
  pending.transform((left) => ({ toldUntil: undefined, told: [], pending: left })),
]);

/** What is to be sent, by webhook. */
export type Undelivered = Readonly<Record<string, readonly Notification[]>>;

/** What is kept over a restart. */
export interface OutboxState {
  /** Up to when changes were taken up; what became of incidents after it is read from their receipts. */
  readonly toldUntil: Instant | undefined;
  /** The ids of the latest changes that were taken up. */
  readonly told: readonly string[];
  readonly pending: Undelivered;
}

/** Keeps what is to be sent in a file of the data folder, so that a restart does not lose it. */
export class Outbox {
  readonly #path: string;
  readonly #failed: (error: unknown) => void;
  #writing: Promise<void> | undefined;
  #next: (() => OutboxState) | undefined;

  constructor(folder: string, failed: (error: unknown) => void) {
    this.#path = join(folder, 'webhooks.json');
    this.#failed = failed;
  }

  /** What an earlier process left undelivered; nothing where the file is absent or is no such file, which is told. */
  async read(): Promise<OutboxState> {
    try {
      return shape.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) this.#failed(error);
      return { toldUntil: undefined, told: [], pending: {} };
    }
  }

  /** Writes soon what is to be kept then; several calls while a write is under way come to one more. */
  save(state: () => OutboxState): void {
    this.#next = state;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    for (let next = this.#next; next !== undefined; next = this.#next) {
      this.#next = undefined;
      try {
        await writeFile(`${this.#path}.new`, JSON.stringify(next()), { mode: 0o600, flush: true });
        await rename(`${this.#path}.new`, this.#path);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  async idle(): Promise<void> {
    await this.#writing;
  }
}
