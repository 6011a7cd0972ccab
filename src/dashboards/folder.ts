/** Writes the files into a folder, and leaves alone what others wrote or changed there. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { DashboardError } from './errors.js';
import type { DashboardFile } from './files.js';

/** Tells which files of the folder were written by `genchi dashboards`, with a hash of what it wrote. */
const MANIFEST = 'genchi-dashboards.json';

const manifestSchema = z.object({ files: z.record(z.string(), z.string()) });

type Manifest = Readonly<Record<string, string>>;

/** What becomes of a file. `foreign` was not written by Genchi, or was changed since. */
export type FileState = 'same' | 'new' | 'changed' | 'foreign' | 'obsolete';

/** A file with what becomes of it; one that is obsolete has no text. */
export interface PlannedFile {
  readonly path: string;
  readonly state: FileState;
  readonly text: string | undefined;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new DashboardError('bad-file', `${path} cannot be read`, { cause });
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  const text = await read(join(folder, MANIFEST));
  if (text === undefined) return {};
  try {
    return manifestSchema.parse(JSON.parse(text)).files;
  } catch (cause) {
    throw new DashboardError('bad-file', `${join(folder, MANIFEST)} is not what Genchi wrote; remove it`, {
      cause,
    });
  }
}

/** Compares the folder with the files that it should hold; changes nothing. Fails with `bad-file`. */
export async function planFolder(
  folder: string,
  files: readonly DashboardFile[],
): Promise<readonly PlannedFile[]> {
  const manifest = await readManifest(folder);
  const planned: PlannedFile[] = [];
  for (const { path, text } of files) {
    const present = await read(join(folder, path));
    const own = present !== undefined && manifest[path] === hashOf(present);
    const state = present === undefined ? 'new' : present === text ? 'same' : own ? 'changed' : 'foreign';
    planned.push({ path, state, text });
  }
  const wanted = new Set(files.map(({ path }) => path));
  for (const path of Object.keys(manifest)
    .filter((each) => !wanted.has(each))
    .sort()) {
    const present = await read(join(folder, path));
    if (present === undefined) continue;
    const own = manifest[path] === hashOf(present);
    planned.push({ path, state: own ? 'obsolete' : 'foreign', text: undefined });
  }
  return planned;
}

/** Whole or not at all: Grafana may look at any time. */
async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.new`;
  await writeFile(fresh, text);
  await rename(fresh, path);
}

/**
 * Brings the folder to what was planned. Fails with `bad-file`, before anything is written, where files are foreign,
 * unless they are to be overwritten; those that are not wanted any more are removed only if they are Genchi's own.
 */
export async function writeFolder(
  folder: string,
  planned: readonly PlannedFile[],
  overwrite: boolean,
): Promise<void> {
  const inTheWay = planned.filter(({ state, text }) => state === 'foreign' && text !== undefined);
  if (inTheWay.length > 0 && !overwrite) {
    const names = inTheWay.map(({ path }) => path).join(', ');
    throw new DashboardError(
      'bad-file',
      `${names} in ${folder}: not written by genchi dashboards, or changed since; move them away or say --force`,
    );
  }
  try {
    for (const { path, state, text } of planned) {
      if (state === 'obsolete') await rm(join(folder, path), { force: true });
      else if (text !== undefined && state !== 'same') await replace(join(folder, path), text);
    }
    const kept = planned.filter(({ text }) => text !== undefined);
    const files = Object.fromEntries(kept.map(({ path, text }) => [path, hashOf(text ?? '')]));
    await replace(join(folder, MANIFEST), `${JSON.stringify({ files }, undefined, 2)}\n`);
  } catch (cause) {
    throw new DashboardError('bad-file', `${folder} cannot be written`, { cause });
  }
}
