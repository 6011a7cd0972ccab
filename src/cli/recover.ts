import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Recovery } from '../evidence/index.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { countText } from './progress.js';

/** What a recovery brought and what is missing, a line each. */
function recoveryText({ tables, writeAheadLog, archive }: Recovery): string {
  const { bytes, read } = writeAheadLog;
  const lines = tables
    .filter(({ rows, lost }) => rows + lost > 0)
    .map(({ table, rows, lost }) => `${table}: ${countText(rows)} rows, ${countText(lost)} lost`);
  return [
    ...lines,
    `write-ahead log: ${countText(read)} of ${countText(bytes)} bytes could be read`,
    `archive: ${archive.sound} files are as they were written`,
    ...archive.damaged.map((file) => `damaged, left out: ${file}`),
    ...archive.missing.map((file) => `not there: ${file}`),
    '',
  ].join('\n');
}

async function run(damaged: string, self: Command, outside: Outside): Promise<void> {
  const into: unknown = self.getOptionValue('into');
  if (typeof into !== 'string') throw new CliError('bad-usage', '--into: expected a folder');
  const { recoverFolder } = await import('../evidence/index.js');
  const recovery = await recoverFolder(resolve(damaged), resolve(into));
  const isJson = self.getOptionValue('json') === true;
  outside.out.write(isJson ? `${JSON.stringify(recovery, undefined, 2)}\n` : recoveryText(recovery));
  const { tables, writeAheadLog, archive } = recovery;
  const isWhole =
    tables.every(({ lost }) => lost === 0) &&
    writeAheadLog.read === writeAheadLog.bytes &&
    archive.damaged.length + archive.missing.length === 0;
  if (!isWhole)
    throw new CliError(
      'bad-file',
      'not everything could be read: `genchi verify` on the new folder tells what differs',
    );
}

/** `genchi recover`: takes out of a damaged data folder all that can be read. */
export function recoverCommand(outside: Outside): Command {
  return new Command('recover')
    .description('take out of a damaged data folder all that can be read')
    .argument('<DIR>', 'the damaged data folder, which is only read; no server may have it open')
    .requiredOption('--into <NEW>', 'the folder to make')
    .option('--json', 'print JSON')
    .action((damaged: string, _, self: Command) => run(damaged, self, outside))
    .addHelpText(
      'after',
      `
Reads every table of the store in pieces and leaves out the rows that cannot be read, as much of the write-ahead log as
is whole, and the files of the archive that are what was recorded of them. Files of the archive that are damaged or gone
may be put back from a backup, into the same place. What is missing is told, and the exit code is 1 then.

Examples:
  genchi recover /var/lib/genchi --into /var/lib/genchi-new
  genchi verify --data /var/lib/genchi-new
${EXIT_HELP}`,
    );
}
