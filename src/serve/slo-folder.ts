/** Keeps objectives as the files of a folder say: read at the start, and again when they change. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SloBook, saysTheSame } from '../analysis/index.js';
import { WatchedFolder } from '../graph/index.js';
import { defaultLimits, readSloFiles, type SloContent, type SloFile } from '../ingest/index.js';
import type { Clock } from '../model/index.js';
import { ServeError } from './errors.js';

/** What a folder of objectives is kept with. */
export interface SloFolderOptions {
  readonly folder: string;
  readonly book: SloBook;
  readonly clock: Clock;
  /** Hears of each fault, each thing that was left out, and each objective without a file, once for as long as it is so. */
  readonly onRemark: (sentence: string) => void;
  /** Hears of a registration that failed, as when the store is full. */
  readonly onFailure: (error: unknown) => void;
}

/** No folder holds more; one that does is not one of objectives. */
const MOST_FILES = 1_000;

async function readFiles(folder: string): Promise<readonly SloFile[]> {
  const names = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServeError('bad-file', `The objectives in ${folder} cannot be read: ${reason}`, { cause });
  });
  const files = names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.ya?ml$/.test(name) && !/(^|\/)(\.|node_modules\/)/.test(name))
    .sort();
  if (files.length > MOST_FILES) {
    throw new ServeError(
      'bad-file',
      `The folder ${folder} holds ${files.length} files: expected at most ${MOST_FILES}.`,
    );
  }
  return await Promise.all(
    files.map(async (name) => ({
      where: join(folder, name),
      text: await readFile(join(folder, name), 'utf8'),
    })),
  );
}

/** A folder of YAML files, Genchi's own form or OpenSLO v1, whose objectives are registered. */
export class SloFolder {
  readonly #options: SloFolderOptions;
  readonly #watched: WatchedFolder;
  #said: ReadonlySet<string> = new Set();
  /** The names that files of this folder held since the start. */
  readonly #held = new Set<string>();

  private constructor(options: SloFolderOptions) {
    this.#options = options;
    this.#watched = new WatchedFolder(options.folder, {
      onChange: () => this.#readAgain(),
      onBlind: (reason) =>
        options.onRemark(`${options.folder}: changes are not seen until a restart: ${reason}`),
    });
  }

  /** Reads the folder and watches it; fails with `bad-file` when it cannot be read. */
  static async open(options: SloFolderOptions): Promise<SloFolder> {
    const folder = new SloFolder(options);
    try {
      await folder.#read();
    } catch (cause) {
      await folder.close();
      throw cause;
    }
    return folder;
  }

  async #read(): Promise<void> {
    const { folder, book, clock } = this.#options;
    const { slos, faults, notes } = readSloFiles(await readFiles(folder), defaultLimits, clock());
    const remarks = [...faults, ...notes];
    const names = new Set(slos.map(({ content }) => content.slo));
    for (const { content, where } of slos) {
      this.#held.add(content.slo);
      if (this.#wasRetired(content)) {
        remarks.push(`${where}: ${content.slo} was retired and stays so: change it here, or take it away`);
      } else await book.register(content, clock());
    }
    for (const name of this.#held) {
      const latest = book.historyOf(name)?.at(-1);
      // A file that is broken for now holds its objectives still, for all that is known.
      if (names.has(name) || faults.length > 0 || latest === undefined || latest.retired === true) continue;
      remarks.push(
        `${folder}: ${name} is in no file any more and stays in force: genchi slo retire ${name} ends it`,
      );
    }
    for (const remark of remarks) if (!this.#said.has(remark)) this.#options.onRemark(remark);
    this.#said = new Set(remarks);
  }

  /** Whether what a file says is what held when the objective was retired: then the file was left behind. */
  #wasRetired(content: SloContent): boolean {
    const history = this.#options.book.historyOf(content.slo) ?? [];
    const before = history.findLast(({ retired }) => retired !== true);
    const isRetired = history.at(-1)?.retired === true && content.retired !== true;
    return isRetired && before !== undefined && saysTheSame(before, content);
  }

  async #readAgain(): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      // The folder is gone for now, or the store is full: what holds stays, and the next change tries again.
      this.#options.onFailure(error);
    }
  }

  /** Stops watching; what is being read is read to its end. */
  async close(): Promise<void> {
    await this.#watched.close();
  }
}
