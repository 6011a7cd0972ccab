/** Reads files and folders of objectives for `genchi slo import` and `check`. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultLimits, readSloFiles, type SloFile, type SloFiles } from '../ingest/index.js';
import { instantOf } from '../model/index.js';
import { CliError } from './exit.js';

async function filesOf(path: string): Promise<readonly SloFile[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [{ where: path, text: await readFile(path, 'utf8') }];
    const names = (await readdir(path, { recursive: true })).filter((name) => /\.ya?ml$/.test(name)).sort();
    return await Promise.all(
      names.map(async (name) => ({
        where: join(path, name),
        text: await readFile(join(path, name), 'utf8'),
      })),
    );
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('bad-usage', `${path} cannot be read: ${why}`, { cause });
  }
}

/** Reads files, and the YAML files below folders, together. */
export async function readSloPaths(paths: readonly string[], nowMs: number): Promise<SloFiles> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  return readSloFiles(files, defaultLimits, instantOf(nowMs));
}
