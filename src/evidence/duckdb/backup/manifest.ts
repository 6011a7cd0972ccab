/** Reads, writes and checks the manifest of a backup. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BACKUP_FORMAT, type Backup, type BackupFile, type BackupManifest, MANIFEST } from '../../backup.js';
import { EvidenceError } from '../../errors.js';
import { sizeOf } from './files.js';

const count = z.int().nonnegative();
/** A path that stays below the folder that it is read from. */
const below = z.string().regex(/^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\\\0]+$/);
const shape = z.object({
  format: z.literal(BACKUP_FORMAT),
  at: z.iso.datetime(),
  schema: count,
  base: z.string(),
  commits: count,
  events: count,
  samples: count,
  withKeys: z.boolean(),
  files: z.array(z.object({ path: below, bytes: count, sha256: z.string().regex(/^[\da-f]{64}$/) })),
  missing: z.array(z.string()),
});

function backupOf(folder: string, manifest: BackupManifest, text: string): Backup {
  const sha256 = createHash('sha256').update(text).digest('hex');
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, Buffer.byteLength(text));
  return { folder, manifest, bytes, sha256 };
}

/** Writes the manifest into a folder that holds all else, down to the disk. */
export async function writeManifest(folder: string, manifest: BackupManifest): Promise<Backup> {
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  await writeFile(join(folder, MANIFEST), text, { mode: 0o600, flush: true });
  return backupOf(folder, manifest, text);
}

/** Reads what a backup says of itself; its files are not looked at. Fails with `backup-damaged`. */
export async function readBackup(folder: string): Promise<Backup> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new EvidenceError('backup-damaged', `${folder} is no backup: it has no ${MANIFEST}.`, { cause });
  });
  try {
    return backupOf(folder, shape.parse(JSON.parse(text)), text);
  } catch (cause) {
    throw new EvidenceError('backup-damaged', `${path} is not the manifest of a backup.`, { cause });
  }
}

/** What an earlier backup has, by path; nothing when it cannot be read. */
export async function filesOf(folder: string | undefined): Promise<ReadonlyMap<string, BackupFile>> {
  if (folder === undefined) return new Map();
  try {
    const { manifest } = await readBackup(folder);
    const there = await Promise.all(
      manifest.files.map(async (file) =>
        (await sizeOf(join(folder, file.path))) === file.bytes ? file : [],
      ),
    );
    return new Map(there.flat().map((file) => [file.path, file]));
  } catch {
    return new Map();
  }
}
