/** `genchi slo import` and `genchi slo check`: objectives of files. */
import { Command } from 'commander';
import { clientOf } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { asking } from './slo-asking.js';
import { readSloPaths } from './slo-files.js';
import { sendSlo } from './slo-register.js';
import { RETIRE, retireShape } from './slo-shapes.js';
import { printable } from './table.js';

async function check(paths: readonly string[], outside: Outside): Promise<void> {
  const { slos, faults, notes } = await readSloPaths(paths, Date.now());
  for (const sentence of [...faults, ...notes]) outside.err.write(`${printable(sentence)}\n`);
  outside.out.write(`${slos.length} objectives are well.\n`);
  if (faults.length > 0) throw new CliError('bad-file', `${faults.length} faults`);
}

async function importFiles(paths: readonly string[], self: Command, outside: Outside): Promise<void> {
  const { slos, faults, notes } = await readSloPaths(paths, Date.now());
  for (const sentence of [...faults, ...notes]) outside.err.write(`${printable(sentence)}\n`);
  const client = clientOf(self, outside);
  let news = 0;
  let refused = 0;
  for (const { content, where } of slos) {
    const { kind: _kind, at: _at, labels: _labels, retired, ...input } = content;
    if (retired === true) {
      await client.graphql(RETIRE, { input: { slo: content.slo, reason: content.reason } }, retireShape);
      continue;
    }
    try {
      if (await sendSlo(client, input)) news += 1;
    } catch (error) {
      if (!(error instanceof CliError) || error.code === 'server-unreachable') throw error;
      outside.err.write(`${printable(`${where}: ${error.message}`)}\n`);
      refused += 1;
    }
  }
  outside.out.write(`${news} of ${slos.length} objectives are new or changed.\n`);
  const left = faults.length + refused;
  if (left > 0) throw new CliError('bad-file', `${left} could not be taken`);
}

/** The verb that registers them. */
export function importVerb(outside: Outside): Command {
  return asking('import', outside, ['openslo/*.yaml', './slos'])
    .description('register the objectives of YAML files: by field, or OpenSLO v1; says what cannot be taken')
    .argument('<PATH...>', 'files, or folders of them')
    .action((paths: readonly string[], _, self: Command) => importFiles(paths, self, outside));
}

/** The verb that only looks. */
export function checkVerb(outside: Outside): Command {
  return new Command('check')
    .description('check files of objectives without a server')
    .argument('<PATH...>', 'files, or folders of them')
    .addHelpText(
      'after',
      `\nExamples:\n  genchi slo check ./slos\n  genchi slo check openslo/checkout.yaml\n${EXIT_HELP}`,
    )
    .action((paths: readonly string[]) => check(paths, outside));
}
