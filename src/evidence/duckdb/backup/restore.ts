/** Makes a data folder of a backup, and tells whether a backup is whole. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Backup, type BackupFile, MANIFEST } from '../../backup.js';
import { EvidenceError } from '../../errors.js';
import { LOG_FOLDER } from '../../log/key-files.js';
import { hashOfFile } from '../retention/archive.js';
import { SCHEMA_VERSION } from '../schema.js';
import { RESTORED_LOG, RESTORING, STORE_FILE } from '../store-file.js';
import { carry, sizeOf, sync, syncFolders } from './files.js';
import { readBackup } from './manifest.js';

/** What became of a file of a backup. */
export interface BackupCheck extends BackupFile {
  readonly state: 'sound' | 'damaged' | 'missing';
}

async function stateOf(
  folder: string,
  file: BackupFile,
  signal?: AbortSignal,
): Promise<BackupCheck['state']> {
  const path = join(folder, file.path);
  const bytes = await sizeOf(path);
  if (bytes === undefined) return 'missing';
  return bytes === file.bytes && (await hashOfFile(path, signal)) === file.sha256 ? 'sound' : 'damaged';
}

/** Reads every file of a backup and compares its hash with that of the manifest. Fails with `backup-damaged` without one. */
export async function* verifyBackup(folder: string, signal?: AbortSignal): AsyncGenerator<BackupCheck> {
  const { manifest } = await readBackup(folder);
  for (const file of manifest.files) {
    signal?.throwIfAborted();
    yield { ...file, state: await stateOf(folder, file, signal) };
  }
}

/** An earlier restore that did not come to its end began on an empty folder: all that is there is its own. */
async function emptied(data: string): Promise<void> {
  const there = await readdir(data).catch((): string[] => []);
  if (there.length === 0) return;
  if (!there.includes(RESTORING)) {
    throw new EvidenceError(
      'data-folder-foreign',
      `${data} is not empty: a backup is restored into a folder of its own, name one that is not there yet.`,
    );
  }
  for (const name of there) if (name !== RESTORING) await rm(join(data, name), { recursive: true });
  await rm(join(data, RESTORING), { recursive: true });
}

/** Moves a backup to another disk: into a folder that is not there yet, which has its name only once it is whole. */
export async function moveBackup(folder: string, into: string): Promise<void> {
  const backup = await readBackup(folder);
  const part = `${into}.part`;
  await rm(part, { recursive: true, force: true });
  try {
    await copyAll(backup, part);
    await carry(MANIFEST, folder, part);
    await syncFolders(part);
    await rename(part, into);
  } catch (cause) {
    await rm(part, { recursive: true, force: true });
    throw cause;
  }
  await sync(dirname(into));
  await rm(folder, { recursive: true, force: true });
}

async function copyAll({ folder, manifest }: Backup, to: string, signal?: AbortSignal): Promise<void> {
  for (const file of manifest.files) {
    signal?.throwIfAborted();
    if ((await sizeOf(join(folder, file.path))) !== undefined) await carry(file.path, folder, to);
    const state = await stateOf(to, file, signal);
    if (state === 'sound') continue;
    throw new EvidenceError(
      'backup-damaged',
      `${join(folder, file.path)} is ${state === 'missing' ? 'not there' : 'not what was written'}: nothing was ` +
        'restored. Take another backup; `genchi backup verify` tells of all its files.',
    );
  }
}

/**
 * What was signed by a key that is not there cannot be gone on from: the folder gets a key of its own at its first
 * start. Whoever has the old one puts it, and what is set aside here, into the folder of the log before that.
 */
async function setLogAside(restoring: string): Promise<void> {
  const log = join(restoring, LOG_FOLDER);
  if ((await sizeOf(log)) !== undefined) await rename(log, join(restoring, RESTORED_LOG));
}

/**
 * Makes a data folder of a backup: every file is copied, and compared with the manifest. A folder that holds something
 * is refused with `data-folder-foreign`, a backup with a fault with `backup-damaged`, and nothing is left then. One that
 * is cut short is begun anew by the next.
 */
export async function restoreBackup(folder: string, data: string, signal?: AbortSignal): Promise<Backup> {
  const backup = await readBackup(folder);
  if (backup.manifest.schema > SCHEMA_VERSION) {
    throw new EvidenceError(
      'data-folder-foreign',
      `${folder} has schema ${backup.manifest.schema}, this version of Genchi knows up to ${SCHEMA_VERSION}: use a newer Genchi.`,
    );
  }
  await emptied(data);
  const restoring = join(data, RESTORING);
  await mkdir(restoring, { recursive: true, mode: 0o700 });
  try {
    await copyAll(backup, restoring, signal);
  } catch (cause) {
    await rm(restoring, { recursive: true, force: true });
    throw cause;
  }
  if (!backup.manifest.withKeys) await setLogAside(restoring);
  await syncFolders(restoring);
  const names = (await readdir(restoring)).filter((name) => name !== MANIFEST && name !== STORE_FILE);
  for (const name of [...names, STORE_FILE]) await rename(join(restoring, name), join(data, name));
  await rm(restoring, { recursive: true });
  await sync(data);
  await sync(dirname(data)).catch(() => undefined);
  return backup;
}
