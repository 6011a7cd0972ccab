import { type FSWatcher, watch } from 'node:fs';

/** What is told of a folder. */
export interface FolderListener {
  /** Something in it has changed; never called while an earlier call is under way. Must not fail. */
  readonly onChange: () => Promise<void>;
  /** Changes are not seen any more, and why. */
  readonly onBlind: (reason: string) => void;
}

/** How long after the last change the folder is read: an editor writes a file in several steps. */
const SETTLE_MS = 200;

/** Watches a folder and what is below it from the moment it is made. */
export class WatchedFolder {
  readonly #listener: FolderListener;
  #watcher: FSWatcher | undefined;
  #settling: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(folder: string, listener: FolderListener) {
    this.#listener = listener;
    const failed = (cause: unknown): void =>
      listener.onBlind(cause instanceof Error ? cause.message : String(cause));
    try {
      this.#watcher = watch(folder, { recursive: true, persistent: false }, () => this.#changed());
      this.#watcher.on('error', failed);
    } catch (cause) {
      failed(cause);
    }
  }

  #changed(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#reading = this.#reading.then(() => this.#listener.onChange());
    }, SETTLE_MS);
    this.#settling.unref();
  }

  /** Stops watching; what is being read is read to its end. */
  async close(): Promise<void> {
    clearTimeout(this.#settling);
    this.#watcher?.close();
    await this.#reading;
  }
}
