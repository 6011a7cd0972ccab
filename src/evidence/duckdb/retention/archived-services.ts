import type { DuckDBConnection } from '@duckdb/node-api';
import { EvidenceError } from '../../errors.js';
import type { Archive } from './archive.js';
import { fileList } from './archive-reads.js';
import { type ArchiveFile, readArchive } from './archive-table.js';

/** One statement opens at most so many files. */
const MOST_FILES = 500;

/** The services that events of the archive speak of: a file never changes, and so is read once. */
export class ArchivedServices {
  readonly #archive: Archive;
  /** By the name of the file. */
  readonly #known = new Map<string, readonly string[]>();

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /**
   * Those of the files that there are in the transaction of a connection. A file that its owner deleted counts no more,
   * nor does one that is not what was written: reads of its receipts say so, and a server with it must still start.
   */
  async read(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
    const files = (await readArchive(connection)).filter(({ kind }) => kind !== 'sample');
    const there = await this.#soundOf(files);
    const unread = there.filter(({ file }) => !this.#known.has(file));
    for (let first = 0; first < unread.length; first += MOST_FILES) {
      await this.#learn(connection, unread.slice(first, first + MOST_FILES));
    }
    return new Set(there.flatMap(({ file }) => this.#known.get(file) ?? []));
  }

  async #soundOf(files: readonly ArchiveFile[]): Promise<readonly ArchiveFile[]> {
    const sound: ArchiveFile[] = [];
    for (const file of files) {
      try {
        sound.push(...(await this.#archive.sound([file])));
      } catch (error) {
        if (!(error instanceof EvidenceError)) throw error;
      }
    }
    return sound;
  }

  async #learn(connection: DuckDBConnection, files: readonly ArchiveFile[]): Promise<void> {
    const reader = await connection.runAndReadAll(
      `SELECT DISTINCT filename, COLUMNS(c -> c IN ('service', 'callee'))
       FROM read_parquet(${fileList(this.#archive, files)}, union_by_name = true, filename = true)`,
    );
    const byPath = new Map<string, Set<string>>();
    for (const [path, ...services] of reader.getRows()) {
      const own = byPath.get(String(path)) ?? new Set<string>();
      for (const service of services) if (service !== null) own.add(String(service));
      byPath.set(String(path), own);
    }
    for (const file of files) this.#known.set(file.file, [...(byPath.get(this.#archive.pathOf(file)) ?? [])]);
  }
}
