/** The runbooks that are in force: those that come with Genchi and those of a folder, read again when it changes. */
import type { GraphError } from '../errors.js';
import { WatchedFolder } from '../watched-folder.js';
import type { RunbookChecks } from './check.js';
import { malformed } from './parse.js';
import { type RunbookFault, type RunbookFolder, readRunbookFolder, readShippedRunbooks } from './read.js';
import type { Runbook } from './runbook.js';

/** What a shelf is filled from. */
export interface ShelfOptions {
  /** A folder of runbooks beside those that come with Genchi; one of the same name stands in the place of theirs. */
  readonly folder: string | undefined;
  readonly checks: RunbookChecks;
  /** Hears of each file that is no runbook, once for as long as it is broken in the same way. */
  readonly onFault?: ((fault: GraphError) => void) | undefined;
  /** Hears of the runbooks in force after each change of them. */
  readonly onChange: (runbooks: readonly Runbook[]) => void;
}

/** Runbooks by name; a broken file keeps its last good version until it is mended or taken away. */
export class RunbookShelf {
  readonly #options: ShelfOptions;
  readonly #shipped: readonly Runbook[];
  #own: readonly Runbook[] = [];
  #faults: readonly RunbookFault[] = [];
  #watched: WatchedFolder | undefined;

  private constructor(options: ShelfOptions, shipped: readonly Runbook[]) {
    this.#options = options;
    this.#shipped = shipped;
  }

  /** Reads the runbooks and watches the folder; fails with `runbook-malformed` when the folder cannot be read. */
  static async open(options: ShelfOptions): Promise<RunbookShelf> {
    const shelf = new RunbookShelf(options, await readShippedRunbooks());
    const { folder, checks } = options;
    if (folder === undefined) {
      options.onChange(shelf.list());
      return shelf;
    }
    // Watched before it is read, so that no change falls between the two.
    shelf.#watch(folder);
    try {
      shelf.#take(await readRunbookFolder(folder, 'own', checks));
    } catch (cause) {
      await shelf.close();
      throw cause;
    }
    return shelf;
  }

  /** The runbooks in force, sorted by name. */
  list(): readonly Runbook[] {
    const own = new Set(this.#own.map(({ name }) => name));
    return [...this.#own, ...this.#shipped.filter(({ name }) => !own.has(name))].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  }

  /** What is wrong with the files of the folder that are no runbooks now. */
  faults(): readonly GraphError[] {
    return this.#faults.map(({ error }) => error);
  }

  #take({ runbooks, faults }: RunbookFolder): void {
    const broken = new Set(faults.map(({ name }) => name));
    const known = new Set(this.#faults.map(({ error }) => error.message));
    const kept = this.#own.filter(({ name }) => broken.has(name));
    this.#own = [...runbooks, ...kept];
    this.#faults = faults;
    for (const { error } of faults) if (!known.has(error.message)) this.#options.onFault?.(error);
    this.#options.onChange(this.list());
  }

  #watch(folder: string): void {
    this.#watched = new WatchedFolder(folder, {
      onChange: () => this.#readAgain(folder),
      onBlind: (reason) =>
        this.#options.onFault?.(malformed(folder, 1, `changes are not seen until a restart: ${reason}`)),
    });
  }

  async #readAgain(folder: string): Promise<void> {
    try {
      this.#take(await readRunbookFolder(folder, 'own', this.#options.checks));
    } catch (cause) {
      // The folder is gone for now: what was read from it last stays in force.
      this.#options.onFault?.(malformed(folder, 1, cause instanceof Error ? cause.message : String(cause)));
    }
  }

  /** Stops watching; what is being read is read to its end. */
  async close(): Promise<void> {
    await this.#watched?.close();
  }
}
