import { resolve } from 'node:path';
import { Command } from 'commander';
import { EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { countText } from './progress.js';
import { addSettings, settingsOf } from './settings-options.js';
import { untilStopped } from './stopping.js';

async function run(backup: string, self: Command, outside: Outside): Promise<void> {
  const { config } = settingsOf(self, outside.env);
  const { restoreBackup } = await import('../evidence/index.js');
  const { manifest } = await untilStopped(
    outside,
    (signal) => restoreBackup(resolve(backup), resolve(config.data), signal),
    'stopped: nothing was restored',
  );
  const { at, commits, events, samples, files } = manifest;
  outside.out.write(
    `${resolve(config.data)} is as it was at ${at}: ${countText(commits)} commits, ${countText(events)} events and ` +
      `${countText(samples)} samples in the store, ${files.length} files\n`,
  );
}

const ABOUT = `
Every file is compared with the manifest before anything gets its place. A folder that holds something is refused.
A backup without keys makes a folder that signs its log with a new key; what was signed with the old one is set aside in
restored-log. To go on with the old key, put it and those files into the folder log before the first start.
What was recorded after the backup is not in it: senders may send it again, what is there already is recorded once.

Examples:
  genchi restore /backups/monday --data fresh
  genchi serve --data fresh
${EXIT_HELP}`;

/** `genchi restore`: makes a data folder of a backup. */
export function restoreCommand(outside: Outside): Command {
  const command = new Command('restore')
    .description('make a data folder of what `genchi backup` wrote')
    .argument('<BACKUP>', 'the folder of the backup')
    .addHelpText('after', ABOUT);
  return addSettings(command, ['data']).action((backup: string, _, self: Command) =>
    run(backup, self, outside),
  );
}
