import { Command } from 'commander';
import { type Config, printConfig } from '../config/index.js';
import { readReviewTemplate, readTemplate } from '../rca/index.js';
import { EXIT, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { addSettings, settingsOf } from './settings-options.js';
import type { RunningApp } from './start.js';

/** How long draining, committing and closing may take before the process ends anyway. */
const STOP_DEADLINE_MS = 10_000;

/** Resolves at the first signal to stop; a second one ends the process at once. */
function untilSignal(outside: Outside): Promise<void> {
  return new Promise((resolve) => {
    let signalled = false;
    outside.onSignal(() => {
      if (signalled) outside.exitNow(EXIT.failed);
      signalled = true;
      resolve();
    });
  });
}

/** Closes a server, or ends the process when that takes too long. */
async function stop(app: RunningApp, outside: Outside): Promise<void> {
  const timer = setTimeout(() => {
    outside.err.write(`genchi: still busy ${STOP_DEADLINE_MS / 1_000} s after the signal; ending anyway\n`);
    outside.exitNow(EXIT.failed);
  }, STOP_DEADLINE_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}

/** Reads the templates that settings name; fails with `template-malformed`. */
async function checkTemplates(config: Pick<Config, 'postmortemTemplate' | 'reviewTemplate'>): Promise<void> {
  await readTemplate(config.postmortemTemplate || undefined);
  await readReviewTemplate(config.reviewTemplate || undefined);
}

async function run(command: Command, outside: Outside): Promise<void> {
  const loaded = settingsOf(command, outside.env);
  for (const warning of loaded.warnings) outside.err.write(`genchi: ${warning}\n`);
  if (command.getOptionValue('checkConfig') === true) {
    await checkTemplates(loaded.config);
    outside.out.write(printConfig(loaded));
    return;
  }
  const signalled = untilSignal(outside);
  const app = await outside.start(loaded.config);
  const forget = outside.onReload?.(() => void app.reload());
  try {
    await Promise.race([app.ready, signalled]);
    await Promise.race([app.broken, signalled]);
  } finally {
    forget?.();
    await stop(app, outside);
  }
}

/** `genchi serve`: runs the server until a signal ends it. */
export function serveCommand(outside: Outside): Command {
  const command = new Command('serve')
    .description('run the server until SIGTERM or Ctrl-C')
    .option('--check-config', 'check the settings, print the effective ones and end')
    .addHelpText(
      'after',
      `
A flag goes before its environment variable, that before the config file, that before the default.

Examples:
  genchi serve
  genchi serve --port 0 --data /var/lib/genchi --log-format json
  GENCHI_MEMORY_MIB=4096 genchi serve --config /etc/genchi.yaml
${EXIT_HELP}`,
    );
  return addSettings(command).action((_, self: Command) => run(self, outside));
}

async function checkConfig(self: Command, outside: Outside): Promise<void> {
  const loaded = settingsOf(self, outside.env);
  await checkTemplates(loaded.config);
  for (const warning of loaded.warnings) outside.err.write(`genchi: ${warning}\n`);
  outside.out.write(printConfig(loaded));
}

/** `genchi config check` and `print`: says whether the settings are good, and what they come to. */
export function configCommand(outside: Outside): Command {
  const command = new Command('config').description('look at the settings');
  for (const verb of ['check', 'print']) {
    const one = addSettings(new Command(verb))
      .description(
        'check the settings and print the effective ones with where each comes from, as a config file',
      )
      .action((_, self: Command) => checkConfig(self, outside))
      .addHelpText('after', EXIT_HELP);
    command.addCommand(one);
  }
  return command.addHelpText(
    'after',
    `
Both do the same. Secrets are not shown; a setting that is not good is told, and ends with 2.

Examples:
  genchi config check --config genchi.yaml
  genchi config print --config genchi.yaml
${EXIT_HELP}`,
  );
}
