import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import { type Clock, formatInstant } from '../../../model/index.js';
import {
  BACKUP_FORMAT,
  type Backup,
  type BackupFile,
  type BackupProgress,
  type BackupRequest,
  type EvidenceBackup,
} from '../../backup.js';
import { EvidenceError } from '../../errors.js';
import type { Disk } from '../disk.js';
import { hashOfFile } from '../retention/archive.js';
import type { ArchiveFile } from '../retention/archive-table.js';
import { STORE_FILE } from '../store-file.js';
import { carriedFiles, carry, linkTo, sizeOf, sync, syncFolders } from './files.js';
import { filesOf, writeManifest } from './manifest.js';
import { type Snapshot, writeSnapshot } from './snapshot.js';

/** What backups are made of. */
export interface BackupParts {
  readonly instance: DuckDBInstance;
  /** The data folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly state: { readonly disk: Disk };
}

/** How often the growing copy of the store is looked at, in milliseconds. */
const LOOK_EVERY_MS = 250;

/** One backup while it is written. */
interface Writing extends BackupParts {
  readonly part: string;
  readonly request: BackupRequest;
  readonly signal: AbortSignal;
  readonly tell: (reached: BackupProgress) => void;
}

async function checkTarget(folder: string, into: string): Promise<void> {
  if (`${into}${sep}`.startsWith(`${join(folder, 'archive')}${sep}`) || into === folder) {
    throw new EvidenceError('backup-failed', `${into} is part of the data folder: name another folder.`);
  }
  const there = await readdir(into).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  });
  if (there.length > 0) {
    throw new EvidenceError('backup-failed', `${into} is not empty: name a folder that is not there yet.`);
  }
}

async function copyStore({ instance, folder, part, signal, tell }: Writing): Promise<Snapshot> {
  const path = join(part, STORE_FILE);
  const total = (await sizeOf(join(folder, STORE_FILE))) ?? 0;
  const look = setInterval(() => {
    sizeOf(path).then((bytes = 0) => tell({ phase: 'store', bytes, total: Math.max(bytes, total) }));
  }, LOOK_EVERY_MS);
  try {
    return await writeSnapshot(instance, path, signal);
  } finally {
    clearInterval(look);
  }
}

async function described(part: string, path: string, signal: AbortSignal): Promise<BackupFile> {
  const sha256 = await hashOfFile(join(part, path), signal);
  return { path, bytes: (await sizeOf(join(part, path))) ?? 0, sha256 };
}

/** Copies files of the archive, or links those that an earlier backup has; each must be what was recorded of it. */
async function copyArchive({ folder, part, request, signal, tell }: Writing, files: readonly ArchiveFile[]) {
  const before = await filesOf(request.previous);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const [written, missing]: [BackupFile[], string[]] = [[], []];
  let bytes = 0;
  for (const { file: path, sha256, bytes: size } of files) {
    signal.throwIfAborted();
    tell({ phase: 'files', bytes, total });
    bytes += size;
    const had = before.get(path)?.sha256 === sha256 && request.previous !== undefined;
    if (had && (await linkTo(path, request.previous, part))) {
      written.push({ path, bytes: size, sha256 });
      continue;
    }
    if ((await sizeOf(join(folder, path))) === undefined) {
      missing.push(path);
      continue;
    }
    await carry(path, folder, part);
    const copy = await described(part, path, signal);
    if (copy.sha256 !== sha256) {
      throw new EvidenceError(
        'archive-damaged',
        `The archive ${path} is not what was written: its SHA-256 is ${copy.sha256}, and ${sha256} was recorded. ` +
          'Put the file back from an earlier backup, or delete it to do without what it holds, then back up again.',
      );
    }
    written.push(copy);
  }
  return { written, missing };
}

async function fill(writing: Writing): Promise<Backup> {
  const { folder, part, request, signal, clock } = writing;
  const withKeys = request.withKeys === true;
  // Before the store is read: a checkpoint of the log may speak of less than the copy holds, never of more.
  const carried = await carriedFiles(folder, withKeys);
  for (const path of carried) await carry(path, folder, part);
  const at = formatInstant(clock());
  const { archive, ...snapshot } = await copyStore(writing);
  const { written, missing } = await copyArchive(writing, archive);
  const files: BackupFile[] = [];
  for (const path of [STORE_FILE, ...carried]) files.push(await described(part, path, signal));
  const backup = await writeManifest(part, {
    ...{ format: BACKUP_FORMAT, at, ...snapshot, withKeys },
    ...{ files: [...files, ...written], missing },
  });
  await syncFolders(part);
  return backup;
}

function failureOf(into: string, cause: unknown, signal: AbortSignal): EvidenceError {
  if (cause instanceof EvidenceError) return cause;
  if (signal.aborted) {
    const told = `The backup ${into} was ended before it was whole, and nothing of it is left.`;
    return new EvidenceError('backup-failed', told, { cause });
  }
  const [text = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  const why = /no space left/i.test(text) ? 'its disk is full.' : text;
  return new EvidenceError(
    'backup-failed',
    `The backup ${into} could not be made, and what was written of it is gone again: ${why}`,
    { cause },
  );
}

/** Backups of the embedded store: see {@link EvidenceBackup}. */
export class DuckDbBackup implements EvidenceBackup {
  readonly #parts: BackupParts;
  readonly #ending = new AbortController();
  /** The backup under way; there is one at a time. */
  #making: Promise<unknown> | undefined;

  constructor(parts: BackupParts) {
    this.#parts = parts;
  }

  async make(
    request: BackupRequest,
    signal: AbortSignal,
    onProgress: (reached: BackupProgress) => void = () => undefined,
  ): Promise<Backup> {
    if (this.#making !== undefined) throw new EvidenceError('backup-busy', 'Another backup is being made.');
    const making = this.#make(request, AbortSignal.any([signal, this.#ending.signal]), onProgress);
    this.#making = making;
    try {
      return await making;
    } finally {
      this.#making = undefined;
    }
  }

  /** Ends the backup under way, of which nothing stays. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#making?.catch(() => undefined);
  }

  async #make(
    request: BackupRequest,
    signal: AbortSignal,
    tell: (reached: BackupProgress) => void,
  ): Promise<Backup> {
    const into = resolve(request.into);
    const part = `${into}.part`;
    try {
      // A folder of its own below the data folder would make that anew where it is gone.
      await this.#parts.state.disk.checkPlace();
      await checkTarget(resolve(this.#parts.folder), into);
      await rm(part, { recursive: true, force: true });
      await mkdir(part, { recursive: true, mode: 0o700 });
      const backup = await fill({ ...this.#parts, part, request, signal, tell });
      await rmdir(into).catch(() => undefined);
      await rename(part, into);
      await sync(dirname(into));
      return { ...backup, folder: into };
    } catch (cause) {
      await rm(part, { recursive: true, force: true }).catch(() => undefined);
      throw failureOf(into, cause, signal);
    }
  }
}
