import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type EventKind, formatInstant, type Instant, instantOf } from '../../../model/index.js';
import { EvidenceError } from '../../errors.js';
import type { ArchiveCheck, ArchivedKind, RemovableKind, Removal } from '../../retention.js';
import { type ArchiveFile, readArchive, type Span } from './archive-table.js';

/** A span that is read, or only some times within it. */
export interface ReadSpan extends Span {
  readonly points?: readonly number[];
}

/** What a read can touch of what may lie in the archive; absent parts are not read at all. */
export interface Reach {
  /** Whether all that is read must be of one committed state, wherever it lies. */
  readonly isOneState?: true;
  /** Whether it fails with `archive-gone` where a file of its reach was deleted, rather than read what is left. */
  readonly isWhole?: true;
  readonly samples?: ReadSpan;
  readonly events?: ReadSpan & { readonly kinds?: readonly EventKind[] | undefined };
}

/** All of time. */
export const EVER: Span = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** Whether what is read of one span can lie in the other. */
const meets = (read: ReadSpan, { from, until }: Span): boolean =>
  read.from < until && from < read.until && (read.points?.some((at) => from <= at && at < until) ?? true);

/** Whether something of this kind and span can be touched by a read. */
export function isWithin(
  { samples, events }: Reach,
  { kind, ...span }: Span & { kind: ArchivedKind },
): boolean {
  if (kind === 'sample') return samples !== undefined && meets(samples, span);
  return events !== undefined && meets(events, span) && (events.kinds?.includes(kind) ?? true);
}

/** The SHA-256 of a file as hexadecimal digits. */
export async function hashOfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, signal === undefined ? {} : { signal });
  return hash.digest('hex');
}

/** What tells that a file is the one that was looked at before; undefined when it is not there. */
async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${size} ${mtimeMs} ${ino}`;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) {
      return undefined;
    }
    throw new EvidenceError('archive-damaged', `The archive ${path} cannot be read.`, { cause });
  }
}

/**
 * What is known of the archive in memory: its files, and what is on its way there. Anything that could be in the
 * archive is known here before it leaves the store.
 */
export class Archive {
  /** The data folder. */
  readonly folder: string;
  readonly #files: ArchiveFile[];
  readonly #leaving = new Set<Span & { readonly kind: ArchivedKind }>();
  /** By file: the stamp under which its hash was found to be right. */
  readonly #sound = new Map<string, string>();
  readonly #reads = new Set<Promise<unknown>>();

  constructor(folder: string, files: readonly ArchiveFile[]) {
    this.folder = folder;
    this.#files = [...files];
  }

  static async load(connection: DuckDBConnection, folder: string): Promise<Archive> {
    return new Archive(folder, await readArchive(connection));
  }

  get files(): readonly ArchiveFile[] {
    return this.#files;
  }

  pathOf({ file }: Pick<ArchiveFile, 'file'>): string {
    return join(this.folder, file);
  }

  /** Whether a read can find something of its reach in the archive, now or soon. */
  mayHold(reach: Reach): boolean {
    return [...this.#leaving, ...this.#files].some((one) => isWithin(reach, one));
  }

  /** Up to when something that a read can touch went, or is going. */
  until(reach: Reach): number {
    return [...this.#leaving, ...this.#files].reduce(
      (latest, one) => (isWithin(reach, one) ? Math.max(latest, one.until) : latest),
      Number.NEGATIVE_INFINITY,
    );
  }

  /** Whether samples of a time have gone, or are going, and so no more can come: a day is archived once. */
  isSealed(at: number): boolean {
    return [...this.#leaving, ...this.#files].some(
      ({ kind, from, until }) => kind === 'sample' && from <= at && at < until,
    );
  }

  /** Up to when samples may be sealed; most come later and need no closer look. */
  get sealedUntil(): number {
    return [...this.#leaving, ...this.#files].reduce(
      (latest, { kind, until }) => (kind === 'sample' ? Math.max(latest, until) : latest),
      Number.NEGATIVE_INFINITY,
    );
  }

  /**
   * Says that receipts are about to leave the store, and waits for the reads that have not heard of it. The answer
   * takes it back; call it when they have left (and are files) or have stayed.
   */
  async announce(kind: ArchivedKind, { from, until }: Span): Promise<() => void> {
    const leaving = { kind, from, until };
    this.#leaving.add(leaving);
    await Promise.allSettled(this.#reads);
    return () => this.#leaving.delete(leaving);
  }

  /** Does a read of the store alone; what is announced meanwhile waits for it. */
  async reading<T>(work: () => Promise<T>): Promise<T> {
    const read = work();
    this.#reads.add(read);
    try {
      return await read;
    } finally {
      this.#reads.delete(read);
    }
  }

  /** Adds a file that was just written, before its rows leave the store. */
  add(file: ArchiveFile): void {
    this.#files.push(file);
    this.#sound.delete(file.file);
  }

  /** Takes a file back whose rows have not left the store. */
  forget(file: ArchiveFile): void {
    const at = this.#files.indexOf(file);
    if (at !== -1) this.#files.splice(at, 1);
  }

  /** Whether a file is there at all; a deleted one is a removal by its owner. */
  async isThere(file: ArchiveFile): Promise<boolean> {
    return (await stampOf(this.pathOf(file))) !== undefined;
  }

  /**
   * Of some files those that are there, each as it was written: its hash is computed the first time, and again when the
   * file has changed. Fails with `archive-damaged`, naming file and hash.
   */
  async sound(files: readonly ArchiveFile[], signal?: AbortSignal): Promise<readonly ArchiveFile[]> {
    const there: ArchiveFile[] = [];
    for (const file of files) {
      signal?.throwIfAborted();
      const stamp = await stampOf(this.pathOf(file));
      if (stamp === undefined) continue;
      if (this.#sound.get(file.file) !== stamp) {
        const found = await hashOfFile(this.pathOf(file), signal);
        if (found !== file.sha256) throw damaged(file, found);
        this.#sound.set(file.file, stamp);
      }
      there.push(file);
    }
    return there;
  }

  /** See `EvidenceRetention.verify`. */
  async *verify(signal?: AbortSignal): AsyncGenerator<ArchiveCheck> {
    for (const file of [...this.#files]) {
      signal?.throwIfAborted();
      const told = { file: file.file, sha256: file.sha256, rows: file.receipts, bytes: file.bytes };
      if (!(await this.isThere(file))) {
        yield { ...told, state: 'missing' };
        continue;
      }
      const found = await hashOfFile(this.pathOf(file), signal);
      yield found === file.sha256 ? { ...told, state: 'sound' } : { ...told, state: 'damaged', found };
    }
  }
}

/** The failure of a read that needs all of its reach, of which these files were deleted. */
export function goneFiles(gone: readonly ArchiveFile[]): EvidenceError {
  const until = instantOf(gone.reduce((latest, file) => Math.max(latest, file.until), 0));
  const [first] = gone;
  const others = gone.length > 1 ? ` and ${gone.length - 1} more` : '';
  return new EvidenceError(
    'archive-gone',
    `${first?.file}${others} of the archive was deleted, and what it held is not known any more: ask for a window that ` +
      `begins at ${formatInstant(until)} or later.`,
  );
}

function damaged({ file, sha256 }: ArchiveFile, found: string): EvidenceError {
  return new EvidenceError(
    'archive-damaged',
    `The archive ${file} is not what was written: its SHA-256 is ${found}, and ${sha256} was recorded. ` +
      'Put the file back from a copy, or delete it to do without what it holds.',
  );
}

/** What a file that its owner deleted has taken of a kind and a time; undefined when none has. */
export async function removalFromArchive(
  archive: Archive,
  kind: RemovableKind,
  at: Instant,
): Promise<Removal | undefined> {
  for (const file of archive.files) {
    if (file.kind !== kind || at < file.from || at >= file.until || (await archive.isThere(file))) continue;
    return {
      kinds: [file.kind],
      window: { from: instantOf(file.from), to: instantOf(file.until) },
      rule: `${file.rule}, and ${file.file}, where they went, was deleted`,
      removedAt: instantOf(file.archivedAt),
    };
  }
  return undefined;
}
