import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { type Act, auditReceipt } from '../access/index.js';
import { redactionRulesOf } from '../config/index.js';
import type { ImportOutcome, ImportProgress, ImportRequest, ImportSource } from '../graph/index.js';
import { ReceiptCleaner, type RedactionCount } from '../ingest/index.js';
import { GenchiError, type Iris, instantOf, Sensitive } from '../model/index.js';
import { actingUser } from './acting-user.js';
import { carriedFormats, formatOfName } from './carried-formats.js';
import { type DataFolder, folderSettings, withDataFolder } from './data-folder.js';
import { CliError, EXIT_HELP } from './exit.js';
import { redactedSum, redactionText, summaryOf } from './import-said.js';
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

/** What became of an import, and what was taken out of it. */
type Imported = ImportOutcome & { readonly redacted: readonly RedactionCount[] };
type Importing = Pick<ImportRequest, 'iris' | 'sources' | 'signal' | 'onProgress'>;

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

function tellOutcome(outcome: Imported, outside: Outside): void {
  const { refused, refusals, checked } = outcome;
  const count = refused.conflict + refused['too-old'];
  for (const refusal of refusals) outside.err.write(`${refusal}\n`);
  if (count > refusals.length) outside.err.write(`… and ${countText(count - refusals.length)} more\n`);
  outside.out.write(`${summaryOf(outcome)}\n${redactionText(outcome.redacted, true)}`);
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

/** Leaves a receipt of the import in the folder: who did it, with which files, and what came of it. */
async function noteImport(
  { store }: DataFolder,
  files: readonly string[],
  imported: Imported,
): Promise<void> {
  const now = instantOf(Date.now());
  const act: Act = {
    ...{ actor: actingUser(), actorMethod: 'folder', action: 'import', actedOn: files.join(', ') },
    ...(imported.stopped ? { outcome: 'failed', reason: 'stopped' } : { outcome: 'done' }),
    message: `${summaryOf(imported)}${redactedSum(imported.redacted)}`,
  };
  await store.append({ events: [auditReceipt(act, { at: now, now, key: randomUUID() })] });
}

/** Records the files in a folder, or reads them alone, without what may not be kept. */
async function importInto(folder: DataFolder, request: Importing, checkOnly: boolean): Promise<Imported> {
  const { importEvidence } = await import('../graph/index.js');
  const cleaner = new ReceiptCleaner(new Sensitive(redactionRulesOf(folder.config.redaction)));
  const now = instantOf(Date.now());
  const outcome = await importEvidence({ store: folder.store, ...request, now, cleaner, checkOnly });
  const imported = { ...outcome, redacted: cleaner.counts };
  const files = request.sources.map(({ path }) => path);
  if (!checkOnly) await noteImport(folder, files, imported);
  return imported;
}

async function run(files: readonly string[], self: Command, outside: Outside): Promise<void> {
  const options = optionsShape.parse(self.opts());
  const sources = await Promise.all(files.map((path) => sourceOf(path, options)));
  const { baseOfSources } = await import('../graph/index.js');
  const iris = await baseOfSources(sources);
  if (iris === undefined) throw new CliError('bad-file', 'there are no receipts in what was given');
  const progress = new Progress(outside.err, options.progress);
  const into = (signal: AbortSignal) => async (folder: DataFolder) => {
    if (options.check !== true) refuseOtherBase(folder, iris, options);
    const onProgress = (reached: ImportProgress): void => progress.tell(phaseOf(reached));
    return await importInto(folder, { iris, sources, signal, onProgress }, options.check === true);
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
  outside.out.write(redactionText(outcome.redacted, false));
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
Credentials in texts and labels are redacted by the rules of the setting redaction, as they are at the doors, and
counted; a series whose label is redacted is named anew. Who imported what is kept as an audit receipt.

Examples:
  genchi import evidence.nq.gz --data fresh
  genchi import --check evidence.trig
  genchi import evidence/ --data other --rebase
${EXIT_HELP}`,
    );
  return addSettings(command, [...folderSettings, 'redaction']).action(
    (files: readonly string[], _, self: Command) => run(files, self, outside),
  );
}
