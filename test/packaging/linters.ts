/** Programs that check what the product is packaged by, where they are installed. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isInstalled } from '../integration/programs.mjs';

/** The root of the project, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The folder of what the product is packaged by. */
export const PACKAGING = `${ROOT}/packaging`;

const isRequired = process.env.GENCHI_REQUIRE_LINTERS === '1';

/** Whether a test that needs this program is left out: it is not installed, and nobody said that it has to be. */
export function isLeftOut(program: string): boolean {
  const isMissing = !isInstalled(program) && !isRequired;
  if (isMissing) console.warn(`skipped: ${program} is not installed`);
  return isMissing;
}

/** What a program says of files, and how it ended; fails when it cannot be run. */
export function runLinter(program: string, args: readonly string[], cwd = ROOT) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', cwd });
  if (error !== undefined) throw error;
  return { status, said: `${stdout}${stderr}`, out: stdout };
}
