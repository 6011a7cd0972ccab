import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { clientOf, urlOption } from './client.js';
import { folderSettings, withDataFolder } from './data-folder.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { addSettings, settingsOf } from './settings-options.js';

async function key(self: Command, outside: Outside): Promise<void> {
  const { config } = settingsOf(self, outside.env);
  const { readLogKeys } = await import('../evidence/index.js');
  const keys = await readLogKeys(config.data);
  if (keys === undefined) {
    throw new CliError('bad-usage', `${config.data} has no key of a log yet: name a data folder with --data`);
  }
  const isJson = self.getOptionValue('json') === true;
  outside.out.write(isJson ? `${JSON.stringify(keys, undefined, 2)}\n` : `${keys.key}\n`);
}

async function rotateKey(self: Command, outside: Outside): Promise<void> {
  const made = await withDataFolder(self, outside, undefined, ({ store }) => store.log.rotateKey());
  const { verifierText } = await import('../evidence/index.js');
  outside.out.write(
    `${verifierText(made)}\nThe old key signed a note that names this one from the present size on; who trusts the old one needs no new one.\n`,
  );
}

async function cosign(file: string, self: Command, outside: Outside): Promise<void> {
  const body = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError('bad-usage', `${file} cannot be read`, { cause });
  });
  const answer = await clientOf(self, outside).text('/log/checkpoint', {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body,
  });
  outside.out.write(answer);
}

/** `genchi log`: shows and changes the key of the log, and takes cosignatures. */
export function logCommand(outside: Outside): Command {
  const showing = new Command('key')
    .description('print the verifier key of a data folder, also while a server runs on it')
    .option('--json', 'print JSON, with the notes of all rotations')
    .addHelpText('after', EXIT_HELP)
    .action((_, self: Command) => key(self, outside));
  const rotating = new Command('rotate-key')
    .description(
      'make a new key, which the old one names in a signed note; no server may have the folder open',
    )
    .addHelpText('after', EXIT_HELP)
    .action((_, self: Command) => rotateKey(self, outside));
  const cosigning = new Command('cosign')
    .description(
      'give a running server a checkpoint of its log that a witness (setting `witnesses`) has signed; it need not be the last',
    )
    .argument('<FILE>', 'the checkpoint with its signature')
    .addOption(urlOption(outside))
    .addHelpText('after', EXIT_HELP)
    .action((file: string, _, self: Command) => cosign(file, self, outside));
  return new Command('log')
    .description('the key that signs the log of all commits, and its witnesses')
    .addCommand(addSettings(showing, ['data']))
    .addCommand(addSettings(rotating, folderSettings))
    .addCommand(cosigning)
    .addHelpText(
      'after',
      `
The key lies in the folder log of the data folder and never leaves it. What it signs is checked with its verifier key,
see \`genchi verify --help\`.

Examples:
  genchi log key --data DIR
  genchi log rotate-key --data DIR
  genchi log cosign checkpoint.txt
${EXIT_HELP}`,
    );
}
