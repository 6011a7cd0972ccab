import { Command } from 'commander';
import type { LogProgress, LogVerdict } from '../evidence/index.js';
import { folderSettings, withDataFolder } from './data-folder.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { Progress } from './progress.js';
import { addSettings } from './settings-options.js';
import { untilStopped } from './stopping.js';
import { differenceText, verdictText } from './verify-said.js';

async function verifyFolder(self: Command, outside: Outside): Promise<LogVerdict> {
  const wanted: unknown = self.getOptionValue('progress');
  const progress = new Progress(outside.err, typeof wanted === 'boolean' ? wanted : undefined);
  const onProgress = ({ what, done, total }: LogProgress): void => {
    progress.tell({ what: `checking ${what}`, receipts: done, total });
  };
  return await untilStopped(
    outside,
    (signal) =>
      withDataFolder(self, outside, undefined, ({ store }) => store.log.verify({ signal, onProgress })),
    'stopped: not everything was looked at',
  ).finally(() => progress.end());
}

async function run(self: Command, outside: Outside): Promise<void> {
  const verdict = await verifyFolder(self, outside);
  const isJson = self.getOptionValue('json') === true;
  outside.out.write(isJson ? `${JSON.stringify(verdict, undefined, 2)}\n` : verdictText(verdict));
  if (verdict.difference !== undefined) {
    throw new CliError('log-differs', differenceText(verdict.difference));
  }
}

/** `genchi verify`: checks that evidence is what the log says. */
export function verifyCommand(outside: Outside): Command {
  const command = new Command('verify')
    .description('check that evidence is what was recorded, by the log of all commits')
    .option('--json', 'print JSON')
    .option('--progress', 'tell progress also where standard error is no terminal')
    .option('--no-progress', 'tell no progress')
    .addHelpText(
      'after',
      `
Computes the whole log again from the store and the archive of a data folder that no server has open, and names the
first thing that differs: the batch, the kind and the day, and the receipt where it can be told.

Examples:
  genchi verify --data DIR
  genchi verify --data DIR --json
${EXIT_HELP}`,
    );
  return addSettings(command, folderSettings).action((_, self: Command) => run(self, outside));
}
