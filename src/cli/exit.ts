import { CommanderError } from 'commander';
import { type ErrorCode, GenchiError } from '../model/index.js';

/** The codes that the command line throws. */
export type CliCode = Extract<
  ErrorCode,
  | 'bad-usage'
  | 'server-unreachable'
  | 'server-refused'
  | 'data-folder-in-use'
  | 'bad-file'
  | 'log-differs'
  | 'stopped'
  | 'checks-failed'
>;

/** An error of the command line: wrong usage, no server, or an answer that is not what was asked for. */
export class CliError extends GenchiError<CliCode> {}

/** The exit codes of every verb. */
export const EXIT = { done: 0, failed: 1, usage: 2, unreachable: 3 } as const;

/** The exit codes, as every help page ends. */
export const EXIT_HELP = `
Exit codes:
  0  done
  1  failed, or only part of it was done
  2  wrong usage or a bad setting
  3  the server cannot be reached`;

/** What whoever typed the command line, or wrote the settings and templates, has to mend. */
const USAGE: ReadonlySet<ErrorCode> = new Set(['bad-usage', 'bad-setting', 'template-malformed']);

/** What an error means to a script. */
export function exitCodeOf(error: unknown): number {
  // Commander ends help and version by an error too, with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof GenchiError && USAGE.has(error.code)) return EXIT.usage;
  const isUnreachable = error instanceof CliError && error.code === 'server-unreachable';
  return isUnreachable ? EXIT.unreachable : EXIT.failed;
}

/** An error as one line; what nobody foresaw brings its stack. */
export function lineOf(error: unknown): string {
  if (error instanceof GenchiError) return `genchi: ${error.message}`;
  return `genchi: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
