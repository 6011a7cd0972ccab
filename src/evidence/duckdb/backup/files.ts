/** The files of a data folder beside its store: which of them go into a backup, and copies of them that are on disk. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Private keys, and what tells tokens apart. */
const SECRETS = /^(?:log\/key[^/]*|tokens\.json)$/;
/**
 * What the store does not hold, but is missed: what was signed of the log, and what webhooks are still to be told. The
 * levels of the log's tree are made from the store again.
 */
const KEPT = /^(?:log\/(?!level-).+|webhooks\.json)$/;
const UNFINISHED = /\.(?:part|new|tmp)$/;

/** Whether a file, by its path below the data folder, goes into a backup as it is. */
export function isCarried(path: string, withKeys: boolean): boolean {
  if (UNFINISHED.test(path)) return false;
  return SECRETS.test(path) ? withKeys : KEPT.test(path);
}

/** The files that go into a backup as they are, by their paths below the data folder, sorted. */
export async function carriedFiles(folder: string, withKeys: boolean): Promise<readonly string[]> {
  const [top, log] = await Promise.all([
    readdir(folder, { withFileTypes: true }),
    readdir(join(folder, 'log'), { withFileTypes: true, recursive: true }).catch(() => []),
  ]);
  return [...top, ...log]
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .filter((path) => isCarried(path, withKeys))
    .sort();
}

/** The size of a file in bytes; undefined when it is not there. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

/** Flushes a file, or the names in a folder, to the disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Copies a file below one folder to the same path below another, down to the disk; shares its blocks where it can. */
export async function carry(path: string, from: string, to: string): Promise<void> {
  const target = join(to, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await copyFile(join(from, path), target, constants.COPYFILE_FICLONE);
  await sync(target);
}

/** Gives a file below one folder the same path below another as well; answers false where that cannot be. */
export async function linkTo(path: string, from: string, to: string): Promise<boolean> {
  await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 });
  return await link(join(from, path), join(to, path)).then(
    () => true,
    () => false,
  );
}

/** Flushes the names in a folder and in all below it. */
export async function syncFolders(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  for (const entry of folders) await sync(join(entry.parentPath, entry.name));
  await sync(folder);
}
