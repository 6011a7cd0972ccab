import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import type { ImportOutcome, ImportProgress, ImportSource } from '../graph/index.js';
import { GenchiError, type Iris, instantOf } from '../model/index.js';
import { carriedFormats, formatOfName } from './carried-formats.js';
import { type DataFolder, folderSettings, withDataFolder } from './data-folder.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { countText, Progress } from './progress.js';
import { addSettings } from './settings-options.js';
import { untilStopped } from './stopping.js';

const optionsShape = z.looseObject({
  format: z.enum(carriedFormats).optional(),
  rebase: z.boolean().optional(),
  check: z.boolean().optional(),
  progress: z.boolean().optional(),
});
type ImportOptions = z.output<typeof optionsShape>;

async function sourceOf(path: string, { format }: ImportOptions): Promise<ImportSource> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new CliError('bad-usage', `${path}: there is no such file`, { cause });
  });
  if (found.isDirectory()) return { path, format: 'parquet' };
  const given = format ?? formatOfName(path);
  if (given === undefined) {
    throw new CliError('bad-usage', `${path}: the name does not tell the format; say --format`);
  }
  if (given === 'parquet')
    throw new CliError('bad-usage', `${path}: Parquet is taken as the folder of an export`);
  return { path, format: given };
}

function refuseOtherBase(folder: DataFolder, of: Iris, { rebase }: ImportOptions): void {
  if (rebase === true || folder.iris.base === of.base) return;
  throw new CliError(
    'bad-file',
    `the receipts of the files are named below ${of.base}, those of ${folder.path} below ${folder.iris.base}: links to ` +
      'the old names would not be found here; say --rebase to give the receipts the names of this folder',
  );
}

function phaseOf(progress: ImportProgress): { what: string; receipts: number; total?: number } {
  const { phase, receipts } = progress;
  return phase === 'checking' ? { what: phase, receipts } : { what: phase, receipts, total: progress.total };
}

function summaryOf({ checked, ...outcome }: ImportOutcome): string {
  const { recordedEvents, recordedSamples, repeatedEvents, repeatedSamples, refused } = outcome;
  const recorded = `${countText(recordedEvents)} events and ${countText(recordedSamples)} samples recorded`;
  const repeated = `${countText(repeatedEvents + repeatedSamples)} recorded before`;
  return `${recorded}, ${repeated}, ${countText(refused.conflict + refused['too-old'])} refused`;
}

function tellOutcome(outcome: ImportOutcome, outside: Outside): void {
  const { refused, refusals, checked } = outcome;
  const count = refused.conflict + refused['too-old'];
  for (const refusal of refusals) outside.err.write(`${refusal}\n`);
  if (count > refusals.length) outside.err.write(`… and ${countText(count - refusals.length)} more\n`);
  outside.out.write(`${summaryOf(outcome)}\n`);
  if (outcome.stopped) {
    const total = checked.events + checked.samples;
    throw new CliError(
      'stopped',
      `stopped before all ${countText(total)} receipts were recorded: import again to go on`,
    );
  }
  if (count > 0) throw new CliError('bad-file', `${countText(count)} samples were refused`);
}

/** Opens the folder that `--check` reads into: one of its own that is thrown away. */
async function withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'genchi-check-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(files: readonly string[], self: Command, outside: Outside): Promise<void> {
  const options = optionsShape.parse(self.opts());
  const sources = await Promise.all(files.map((path) => sourceOf(path, options)));
  const { baseOfSources, importEvidence } = await import('../graph/index.js');
  const iris = await baseOfSources(sources);
  if (iris === undefined) throw new CliError('bad-file', 'there are no receipts in what was given');
  const progress = new Progress(outside.err, options.progress);
  const into = (signal: AbortSignal) => async (folder: DataFolder) => {
    if (options.check !== true) refuseOtherBase(folder, iris, options);
    return await importEvidence({
      ...{ store: folder.store, iris, sources, signal },
      now: instantOf(Date.now()),
      checkOnly: options.check === true,
      onProgress: (reached) => progress.tell(phaseOf(reached)),
    });
  };
  const outcome = await untilStopped(
    outside,
    (signal) => {
      if (options.check !== true) return withDataFolder(self, outside, iris.base, into(signal));
      return withScratch((folder) => {
        self.setOptionValueWithSource('data', folder, 'cli');
        return withDataFolder(self, outside, iris.base, into(signal));
      });
    },
    'stopped: nothing was recorded',
  )
    .catch((error: unknown) => {
      if (error instanceof GenchiError)
        for (const { message } of error.faults) outside.err.write(`${message}\n`);
      throw error;
    })
    .finally(() => progress.end());
  if (options.check !== true) return tellOutcome(outcome, outside);
  const { events, samples } = outcome.checked;
  outside.out.write(`${countText(events)} events and ${countText(samples)} samples, all good\n`);
}

/** `genchi import`: records what an export wrote, in this or another data folder. */
export function importCommand(outside: Outside): Command {
  const command = new Command('import')
    .description('record in a data folder, while no server runs on it, what `genchi export` wrote')
    .argument('<FILE...>', 'files of RDF, also packed with gzip, or folders of Parquet')
    .addOption(
      new Option('--format <FORMAT>', 'what the files are (default: by their names)').choices(carriedFormats),
    )
    .option('--rebase', 'take receipts that are named by another URL, and name them by that of the folder')
    .option('--check', 'read and check the files, and record nothing')
    .option('--progress', 'tell progress also where standard error is no terminal')
    .option('--no-progress', 'tell no progress')
    .addHelpText(
      'after',
      `
Everything is read and checked before anything is recorded: a file with a fault changes nothing. What is recorded
already is recorded once, so an import may be repeated. A folder that is not there is made, with the URL that the
receipts are named by. Samples go in by time; where a folder has newer ones of a series, those over an hour older are
refused, and told. What follows from receipts (services, dependencies, incidents, the ontology) is made anew.
The triples of a receipt must stand together; sorting the lines of N-Quads brings that about.

Examples:
  genchi import evidence.nq.gz --data fresh
  genchi import --check evidence.trig
  genchi import evidence/ --data other --rebase
${EXIT_HELP}`,
    );
  return addSettings(command, folderSettings).action((files: readonly string[], _, self: Command) =>
    run(files, self, outside),
  );
}
