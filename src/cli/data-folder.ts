import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/index.js';
import type { EvidenceStore } from '../evidence/index.js';
import { GenchiError, Iris, instantOf } from '../model/index.js';
import { CliError } from './exit.js';
import type { Outside } from './outside.js';
import { settingsOf } from './settings-options.js';

/** The settings that a verb has which opens the data folder itself. */
export const folderSettings = ['data', 'memoryMib', 'threads'] as const;

/** An open data folder: its evidence, and the base that its receipts are named by. */
export interface DataFolder {
  readonly path: string;
  readonly store: EvidenceStore;
  readonly iris: Iris;
  readonly config: Config;
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

function inUse(folder: string, verb: string, cause: unknown): CliError {
  return new CliError(
    'data-folder-in-use',
    `the data folder ${folder} is in use, most likely by \`genchi serve\`: stop the server, then ${verb} again`,
    { cause },
  );
}

/**
 * Opens the data folder that the settings of a command name, lets `work` have it and closes it. A folder that is not
 * there is made for `baseOfNew`, or refused without one.
 */
export async function withDataFolder<T>(
  command: Command,
  outside: Pick<Outside, 'env' | 'err'>,
  baseOfNew: string | undefined,
  work: (folder: DataFolder) => Promise<T>,
): Promise<T> {
  const { config, warnings } = settingsOf(command, outside.env);
  for (const warning of warnings) outside.err.write(`genchi: ${warning}\n`);
  const { data: folder, memoryMib: memoryMiB, threads } = config;
  if (baseOfNew === undefined && !(await isThere(join(folder, 'evidence.duckdb')))) {
    throw new CliError('bad-usage', `${folder} is no data folder of Genchi; name one with --data`);
  }
  // Loaded when it is wanted: verbs that only ask a server need no engine.
  const { openDuckDbStore } = await import('../evidence/index.js');
  const clock = () => instantOf(Date.now());
  const publicUrl = baseOfNew ?? '';
  const opened = await openDuckDbStore({ folder, clock, memoryMiB, threads, publicUrl }).catch(
    (cause: unknown) => {
      if (cause instanceof GenchiError && cause.code === 'data-folder-in-use') {
        throw inUse(folder, command.name(), cause);
      }
      throw cause;
    },
  );
  if (opened.migratedFrom !== undefined) {
    outside.err.write(
      `genchi: brought ${folder} from schema ${opened.migratedFrom} to the present one; an older Genchi cannot open it any more\n`,
    );
  }
  try {
    return await work({ path: folder, store: opened.store, iris: new Iris(opened.baseIri), config });
  } finally {
    await opened.store.close();
  }
}
