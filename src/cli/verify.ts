import { Command, Option } from 'commander';
import type { LogProgress, LogVerdict } from '../evidence/index.js';
import { urlOption } from './client.js';
import { folderSettings, withDataFolder } from './data-folder.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { Progress } from './progress.js';
import { addSettings } from './settings-options.js';
import { untilStopped } from './stopping.js';
import { verifyProof } from './verify-proof.js';
import { differenceText, verdictText } from './verify-said.js';

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** The verdict on a folder, and how many seconds it took. */
async function verifyFolder(
  self: Command,
  outside: Outside,
): Promise<LogVerdict & { readonly seconds: number }> {
  const wanted: unknown = self.getOptionValue('progress');
  const progress = new Progress(outside.err, typeof wanted === 'boolean' ? wanted : undefined);
  const onProgress = ({ what, done, total, bytes }: LogProgress): void => {
    const unit = what === 'batches' ? 'leaves' : 'receipts';
    const reached = { what: `checking ${what}`, receipts: done, unit, total };
    progress.tell({ ...reached, ...(bytes === undefined ? {} : { bytes }) });
  };
  const verdict = await untilStopped(
    outside,
    (signal) =>
      withDataFolder(self, outside, undefined, ({ store }) => store.log.verify({ signal, onProgress })),
    'stopped: not everything was looked at',
  ).finally(() => progress.end());
  return { ...verdict, seconds: progress.seconds };
}

async function runOnFolder(self: Command, outside: Outside, isJson: boolean): Promise<void> {
  for (const option of ['key', 'checkpoint', 'witness']) {
    if (self.getOptionValue(option) !== undefined) {
      throw new CliError(
        'bad-usage',
        `--${option}: say the FILE of a proof, or the IRI of a receipt, to check`,
      );
    }
  }
  const verdict = await verifyFolder(self, outside);
  outside.out.write(isJson ? json(verdict) : verdictText(verdict, verdict.seconds));
  if (verdict.difference !== undefined) {
    throw new CliError('log-differs', differenceText(verdict.difference));
  }
}

async function run(target: string | undefined, self: Command, outside: Outside): Promise<void> {
  const isJson = self.getOptionValue('json') === true;
  if (target === undefined) return await runOnFolder(self, outside, isJson);
  if (self.getOptionValueSource('data') === 'cli') {
    throw new CliError('bad-usage', '--data: a proof is checked without the folder; say one of both');
  }
  const proven = await verifyProof(target, self, outside);
  const { provenText } = await import('../evidence/index.js');
  outside.out.write(isJson ? json(proven) : provenText(proven));
}

const gathered = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

const ABOUT = `
With FILE, a proof that was saved (/log/proof?iri=IRI, linked from the page of each receipt), checks offline that the
receipt is in the log of whoever has the key, unchanged, and says what was proven. With IRI, asks the server for it
first. --checkpoint holds it against a checkpoint that you kept or got from somebody else: then not even the server
could have rewritten what was logged up to it. Without one, all rests on trust in the key.

Without either, computes the whole log again from the store and the archive of a data folder that no server has open,
and names the first thing that differs: the batch, the kind and the day, and the receipt where it can be told. What
retention's owner deleted from the archive is told; its hashes stay. \`genchi retention verify\` looks at the files of
the archive alone.

Examples:
  genchi verify proof.json --key genchi.example.com/log+1a2b3c4d+AYz…
  genchi verify IRI --checkpoint kept.txt --key KEY --witness KEY
  genchi verify --data DIR
${EXIT_HELP}`;

/** `genchi verify`: checks that evidence is what was recorded, by the log of all commits. */
export function verifyCommand(outside: Outside): Command {
  const command = new Command('verify')
    .description('check that evidence is what was recorded: one receipt by its proof, or a whole data folder')
    .argument('[FILE|IRI]', 'a saved proof, or the IRI of a receipt')
    .option('--checkpoint <FILE>', 'a checkpoint to hold the proof against')
    .addOption(new Option('--key <KEY>', 'verifier key of the log; may be repeated').argParser(gathered))
    .addOption(
      new Option(
        '--witness <KEY>',
        'verifier key of a witness that must have cosigned; may be repeated',
      ).argParser(gathered),
    )
    .addOption(urlOption(outside))
    .option('--json', 'print JSON')
    .option('--progress', 'tell progress also where standard error is no terminal')
    .option('--no-progress', 'tell no progress')
    .addHelpText('after', ABOUT);
  return addSettings(command, folderSettings).action((target: string | undefined, _, self: Command) =>
    run(target, self, outside),
  );
}
