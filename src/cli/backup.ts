import { rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { z } from 'zod';
import type { BackupCheck } from '../evidence/index.js';
import { GenchiError } from '../model/index.js';
import { checksText, type MadeBackup, madeText } from './backup-said.js';
import { type Client, clientOf, parseJson, urlOption } from './client.js';
import { folderSettings, withDataFolder } from './data-folder.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { Progress } from './progress.js';
import { addSettings } from './settings-options.js';
import { untilStopped } from './stopping.js';

const POLL_MS = 300;

const optionsShape = z.looseObject({
  withKeys: z.boolean().default(false),
  previous: z.string().optional(),
  json: z.boolean().default(false),
  progress: z.boolean().optional(),
});
type BackupOptions = z.output<typeof optionsShape>;

const made = z.looseObject({
  state: z.literal('finished'),
  folder: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  events: z.number(),
  samples: z.number(),
  files: z.number(),
  missing: z.array(z.string()),
});
const progress = z.object({ phase: z.string(), bytes: z.number(), total: z.number() });
const job = z.discriminatedUnion('state', [
  z.looseObject({ state: z.literal('running'), id: z.string(), progress: progress.optional() }),
  z.looseObject({ state: z.literal('failed'), why: z.string() }),
  made,
]);

function jobOf(text: string): z.output<typeof job> {
  const read = job.safeParse(parseJson(text));
  if (read.success) return read.data;
  throw new CliError('server-refused', 'the server answered in another shape than expected; is it older?');
}

/** Asks the running server, and waits until its backup is there. */
async function askServer(client: Client, { withKeys }: BackupOptions, told: Progress, signal: AbortSignal) {
  const begun = await client.text('/backups', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ withKeys }),
  });
  for (let now = jobOf(begun); ; ) {
    if (now.state === 'finished') return now;
    if (now.state === 'failed') throw new CliError('server-refused', now.why);
    if (now.progress !== undefined) told.tellBytes(now.progress);
    await pause(POLL_MS, undefined, { signal });
    now = jobOf(await client.text(`/backups/${now.id}`, { method: 'GET', signal }));
  }
}

/** Gives a backup of a server on this machine the place that was asked for. */
async function moveTo(found: MadeBackup, folder: string): Promise<MadeBackup> {
  const { moveBackup } = await import('../evidence/index.js');
  const into = resolve(folder);
  try {
    await rename(found.folder, into).catch(() => moveBackup(found.folder, into));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(
      'bad-file',
      `the server's backup is whole, in ${found.folder} on its machine, and could not be brought to ${into}: ${why}`,
      { cause },
    );
  }
  return { ...found, folder: into };
}

async function makeHere(
  self: Command,
  outside: Outside,
  { into, ...options }: BackupOptions & { readonly into: string },
  { told, signal }: { readonly told: Progress; readonly signal: AbortSignal },
): Promise<MadeBackup> {
  const { withKeys, previous } = options;
  return await withDataFolder(self, outside, undefined, async ({ store }) => {
    const request = { into, withKeys, ...(previous === undefined ? {} : { previous }) };
    const { manifest, ...backup } = await store.backup.make(request, signal, (reached) =>
      told.tellBytes(reached),
    );
    return { ...backup, ...manifest, files: manifest.files.length };
  });
}

/** A folder that no server has open is backed up here; the server is asked where one has it, or is named. */
async function make(
  into: string | undefined,
  self: Command,
  outside: Outside,
  told: Progress,
  signal: AbortSignal,
): Promise<MadeBackup> {
  const options = optionsShape.parse(self.opts());
  const ask = async () => {
    const found = await askServer(clientOf(self, outside), options, told, signal);
    return into === undefined ? found : await moveTo(found, into);
  };
  if (self.getOptionValueSource('url') === 'cli' || into === undefined) return await ask();
  try {
    return await makeHere(self, outside, { ...options, into }, { told, signal });
  } catch (error) {
    if (!(error instanceof GenchiError && error.code === 'data-folder-in-use')) throw error;
    return await ask();
  }
}

async function run(into: string | undefined, self: Command, outside: Outside): Promise<void> {
  const { json, progress: shown } = optionsShape.parse(self.opts());
  const told = new Progress(outside.err, shown);
  const backup = await untilStopped(
    outside,
    (signal) => make(into, self, outside, told, signal),
    'stopped: a backup that a server has begun goes on, any other left nothing',
  ).finally(() => told.end());
  outside.out.write(json ? `${JSON.stringify(backup, undefined, 2)}\n` : madeText(backup, told.seconds));
}

async function verify(folder: string, self: Command, outside: Outside): Promise<void> {
  const { verifyBackup } = await import('../evidence/index.js');
  const checks = await untilStopped(
    outside,
    async (signal) => {
      const found: BackupCheck[] = [];
      for await (const check of verifyBackup(folder, signal)) found.push(check);
      return found;
    },
    'stopped: not every file was looked at',
  );
  const { json } = optionsShape.parse(self.opts());
  outside.out.write(json ? `${JSON.stringify(checks, undefined, 2)}\n` : checksText(checks));
  const faults = checks.filter(({ state }) => state !== 'sound').length;
  if (faults > 0) throw new CliError('bad-file', `${faults} files of the backup are not what was written`);
}

const ABOUT = `
A backup is a folder with the store as it was at one moment, the archive, the log, and a manifest with the SHA-256 of
every file. Appends go on meanwhile. Every block of the store is read and its checksum compared, so that a damaged one
is told. Where a server has the data folder open, it is asked (it writes below its setting backupDir, and the result is
brought to DIR); else the folder is read here. Keys and tokens stay out unless --with-keys is said.
--previous links files of the archive that an earlier backup on the same disk has already.

Examples:
  genchi backup /backups/monday
  genchi backup /backups/tuesday --previous /backups/monday
  genchi backup --url http://127.0.0.1:4600
  genchi backup verify /backups/monday
  genchi restore /backups/monday --data fresh
${EXIT_HELP}`;

/** `genchi backup`: copies a data folder, also while a server has it open, and checks such copies. */
export function backupCommand(outside: Outside): Command {
  const verifying = new Command('verify')
    .description('compare the hash of every file of a backup with its manifest; fails when one differs')
    .argument('<DIR>', 'the backup')
    .option('--json', 'print JSON')
    .action((folder: string, _, self: Command) => verify(folder, self, outside))
    .addHelpText('after', EXIT_HELP);
  const command = new Command('backup')
    .description('copy a data folder, also while a server has it open')
    .argument(
      '[DIR]',
      'where to, a folder that is not there yet (default: where the server keeps its backups)',
    )
    .option('--with-keys', 'take private keys and tokens along: the backup is then as secret as they are')
    .option(
      '--previous <DIR>',
      'an earlier backup, whose files of the archive are linked (not by a server, which does so by itself)',
    )
    .option('--json', 'print JSON')
    .option('--progress', 'tell progress also where standard error is no terminal')
    .option('--no-progress', 'tell no progress')
    .addOption(urlOption(outside))
    .addCommand(verifying)
    .addHelpText('after', ABOUT);
  return addSettings(command, folderSettings).action((into: string | undefined, _, self: Command) =>
    run(into, self, outside),
  );
}
