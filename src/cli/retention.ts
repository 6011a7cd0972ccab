import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { auditReceipt } from '../access/index.js';
import { retentionRulesOf, retentionSettings } from '../config/index.js';
import type { ArchiveCheck, RetentionStep } from '../evidence/index.js';
import { instantOf } from '../model/index.js';
import { actingUser } from './acting-user.js';
import { type DataFolder, folderSettings, withDataFolder } from './data-folder.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { checksText, planText, stepText } from './retention-said.js';
import { addSettings } from './settings-options.js';
import { untilStopped } from './stopping.js';

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
const wantsJson = (self: Command): boolean => self.getOptionValue('json') === true;

async function plan(self: Command, outside: Outside): Promise<void> {
  await withDataFolder(self, outside, undefined, async ({ store, config }) => {
    const found = await store.retention.plan(retentionRulesOf(config));
    outside.out.write(wantsJson(self) ? json(found) : planText(found));
  });
}

async function doAll(
  { store, config }: DataFolder,
  signal: AbortSignal,
  told: (step: RetentionStep) => void,
): Promise<readonly RetentionStep[]> {
  const rules = retentionRulesOf(config);
  const steps: RetentionStep[] = [];
  for (;;) {
    const step = await store.retention.step(rules, signal);
    signal.throwIfAborted();
    if (step === undefined) return steps;
    steps.push(step);
    told(step);
  }
}

/** Does what somebody asks for by hand, and records that they did. */
async function byHand(
  { store }: DataFolder,
  work: () => Promise<readonly RetentionStep[]>,
): Promise<readonly RetentionStep[]> {
  const steps = await work();
  const act = { actor: actingUser(), actorMethod: 'folder', action: 'retention run' } as const;
  const now = instantOf(Date.now());
  const actedOn = `${steps.length} steps`;
  await store.append({
    events: [auditReceipt({ ...act, actedOn, outcome: 'done' }, { at: now, now, key: randomUUID() })],
  });
  return steps;
}

async function run(self: Command, outside: Outside): Promise<void> {
  const isJson = wantsJson(self);
  const steps = await untilStopped(
    outside,
    (signal) =>
      withDataFolder(self, outside, undefined, (folder) =>
        byHand(folder, () =>
          doAll(folder, signal, (step) => {
            if (!isJson) outside.out.write(stepText(step));
          }),
        ),
      ),
    'stopped: what was told is done, the step under way was undone',
  );
  if (isJson) outside.out.write(json(steps));
  else if (steps.length === 0) outside.out.write('Nothing was due.\n');
}

async function verify(self: Command, outside: Outside): Promise<void> {
  const checks = await untilStopped(
    outside,
    (signal) =>
      withDataFolder(self, outside, undefined, async ({ store }) => {
        const found: ArchiveCheck[] = [];
        for await (const check of store.retention.verify(signal)) found.push(check);
        return found;
      }),
    'stopped: not every file was looked at',
  );
  outside.out.write(wantsJson(self) ? json(checks) : checksText(checks));
  const damaged = checks.filter(({ state }) => state === 'damaged').length;
  if (damaged > 0) throw new CliError('bad-file', `${damaged} files of the archive are not what was written`);
}

const ABOUT = `
What is older than its rule goes: samples, readings and other events to Parquet files by day and kind in the folder
archive of the data folder, where queries find them as before; roll-ups by the minute and by the hour stay behind for
samples, and are removed when their own time has come. What an incident, a candidate, a verdict or a post-mortem cites
stays in the store. Genchi's own receipts, objectives, dependencies, experiments and improvements are kept for good.
A running server does all of this by itself (retentionEveryMs); these verbs are for a folder that no server has open.
Files of the archive may be copied, and deleted when they are no longer wanted: their addresses then answer 410.

Examples:
  genchi retention plan
  genchi retention plan --retention-sample-days 14 --json
  genchi retention run
  genchi retention verify
${EXIT_HELP}`;

const examplesOf = (verb: string): string => `
Examples:
  genchi retention ${verb}
  genchi retention ${verb} --data /var/lib/genchi --json
${EXIT_HELP}`;

/** `genchi retention`: tells what is older than it is kept, moves it, and checks the archive. */
export function retentionCommand(outside: Outside): Command {
  const planning = new Command('plan')
    .description('show what would go when, and what stays because it is cited')
    .action((_, self: Command) => plan(self, outside));
  const running = new Command('run')
    .description('move and remove everything that is due now, step by step')
    .action((_, self: Command) => run(self, outside));
  const verifying = new Command('verify')
    .description(
      'compare the hash of every file of the archive with the recorded one; fails when one differs',
    )
    .action((_, self: Command) => verify(self, outside));
  const command = new Command('retention').description(
    'show and do what the rules of retention ask, and check the archive',
  );
  for (const verb of [planning, running, verifying]) {
    const names = verb === verifying ? folderSettings : [...folderSettings, ...retentionSettings];
    command.addCommand(
      addSettings(verb.option('--json', 'print JSON'), names).addHelpText('after', examplesOf(verb.name())),
    );
  }
  return command.addHelpText('after', ABOUT);
}
