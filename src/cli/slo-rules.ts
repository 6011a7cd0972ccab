/** `genchi slo rules`: what Prometheus evaluates as Genchi does. */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { parseLabelName } from './arguments.js';
import { clientOf } from './client.js';
import { CliError } from './exit.js';
import type { Outside } from './outside.js';
import { asking } from './slo-asking.js';
import { RULES, rulesShape } from './slo-shapes.js';

async function rules(self: Command, outside: Outside): Promise<void> {
  const { out, tests, serviceLabel, componentLabel } = z
    .looseObject({
      out: z.string().optional(),
      tests: z.string().optional(),
      serviceLabel: z.string().optional(),
      componentLabel: z.string().optional(),
    })
    .parse(self.opts());
  const ruleFile = out === undefined ? 'slo-rules.yml' : basename(out);
  const variables = { ruleFile, serviceLabel, componentLabel };
  const { sloRules } = await clientOf(self, outside).graphql(RULES, variables, rulesShape);
  const write = async (file: string, text: string): Promise<void> => {
    await writeFile(file, text).catch((cause: unknown) => {
      throw new CliError(
        'bad-usage',
        `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    });
  };
  if (out === undefined) outside.out.write(sloRules.rules);
  else await write(out, sloRules.rules);
  if (tests !== undefined) await write(tests, sloRules.tests);
  if (/^groups: \[\]$/m.test(sloRules.rules)) {
    outside.err.write(
      'note: no objective is in force, so there are no rules; genchi slo register makes one\n',
    );
  }
}

/** The verb. */
export function rulesVerb(outside: Outside): Command {
  return asking('rules', outside, [
    '> slo-rules.yml',
    '--out slo-rules.yml --tests slo-rules-test.yml && promtool test rules slo-rules-test.yml',
    '--service-label job --component-label instance',
  ])
    .description('write recording and alerting rules for Prometheus, as Genchi itself judges')
    .option('--out <FILE>', 'the rule file (default: standard output)')
    .option('--tests <FILE>', 'a file for `promtool test rules`, beside the rule file')
    .option(
      '--service-label <NAME>',
      'the label that tells services in Prometheus (default: service)',
      parseLabelName,
    )
    .option(
      '--component-label <NAME>',
      'the label that tells their parts (default: component)',
      parseLabelName,
    )
    .action((_, self: Command) => rules(self, outside));
}
