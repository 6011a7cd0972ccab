import { link, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { STORE_FILE } from './store-file.js';

const UNFINISHED = `${STORE_FILE}.new`;

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives a file its name unless another one has that by now. */
async function name(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return;
    // Not every file system knows links.
    await rename(from, to);
  }
}

/**
 * Makes the store file of a folder where there is none: whole, or not at all. One that is cut short as the engine makes
 * it would be taken for a damaged store ever after.
 */
export async function makeStoreFile(folder: string): Promise<void> {
  const path = join(folder, STORE_FILE);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const unfinished = join(folder, UNFINISHED);
  await rm(unfinished, { force: true });
  (await DuckDBInstance.create(unfinished)).closeSync();
  await sync(unfinished);
  await name(unfinished, path);
  await rm(unfinished, { force: true });
  await sync(folder);
}
