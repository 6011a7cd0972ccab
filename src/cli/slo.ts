import { Command, Option } from 'commander';
import { z } from 'zod';
import { formatInstant, instantOf } from '../model/index.js';
import { parseTime } from './arguments.js';
import { clientOf } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { printSlo, printSlos } from './slo-answers.js';
import { asking } from './slo-asking.js';
import { checkVerb, importVerb } from './slo-import.js';
import { registerVerb } from './slo-register.js';
import { rulesVerb } from './slo-rules.js';
import { LIST, listShape, RETIRE, retireShape, SHOW, type ShownSlo, showShape } from './slo-shapes.js';

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const asked = z.looseObject({
  json: z.boolean().optional(),
  at: z.number().optional(),
  service: z.string().optional(),
  state: z.string().optional(),
  withoutOutliers: z.boolean().optional(),
});

const rfc3339 = (at: number | undefined) => (at === undefined ? undefined : formatInstant(instantOf(at)));

async function list(self: Command, outside: Outside): Promise<void> {
  const { json: asJson, at, service, state } = asked.parse(self.opts());
  const client = clientOf(self, outside);
  const all: ShownSlo[] = [];
  for (let after: string | null | undefined; ; ) {
    const variables = { service, state: state?.toUpperCase(), at: rfc3339(at), after };
    const { slos } = await client.graphql(LIST, variables, listShape);
    all.push(...slos.nodes);
    if (!slos.pageInfo.hasNextPage) break;
    after = slos.pageInfo.endCursor;
  }
  outside.out.write(asJson === true ? json(all) : printSlos(all));
}

async function show(name: string, self: Command, outside: Outside): Promise<void> {
  const { json: asJson, at, withoutOutliers } = asked.parse(self.opts());
  const variables = { name, at: rfc3339(at), withoutOutliers };
  const { slo } = await clientOf(self, outside).graphql(SHOW, variables, showShape);
  if (slo === null) throw new CliError('server-refused', `there is no objective ${name} in force`);
  outside.out.write(asJson === true ? json(slo) : printSlo(slo));
}

async function retire(name: string, self: Command, outside: Outside): Promise<void> {
  const { reason, id } = z
    .looseObject({ reason: z.string().optional(), id: z.string().optional() })
    .parse(self.opts());
  const input = { slo: name, reason, clientMutationId: id };
  const { retireSlo } = await clientOf(self, outside).graphql(RETIRE, { input }, retireShape);
  outside.out.write(retireSlo.isNew ? 'retired\n' : 'is retired already\n');
}

const VERBS = `
Examples:
  genchi slo
  genchi slo show checkout-latency --at 2026-01-02T03:04:05Z
  genchi slo register checkout-latency --service checkout --metric kanban_latency_p99_ms --at-most 200 --window 30d
  genchi slo register checkout-errors --service checkout --bad http_requests_total --bad-selector '{code=~"5.."}' \\
    --total http_requests_total --objective 99.9 --window 30d
  genchi slo import openslo/*.yaml
  genchi slo check ./slos
  genchi slo rules --out slo-rules.yml --tests slo-rules-test.yml && promtool test rules slo-rules-test.yml
  genchi slo retire checkout-latency --reason "replaced"
${EXIT_HELP}`;

/** `genchi slo`: service level objectives. */
export function sloCommand(outside: Outside): Command {
  const at = () =>
    new Option('--at <TIME>', 'judge at this time, RFC 3339 (default: now)').argParser(parseTime);
  const listing = asking('list', outside, [
    '',
    '--state missed --service checkout',
    '--at 2026-01-02T03:04:05Z --json',
  ])
    .description('list the objectives in force, judged')
    .option('--service <NAME>', 'only those of this service')
    .addOption(
      new Option('--state <STATE>', 'only those that stand so').choices(['met', 'missed', 'unknown']),
    )
    .addOption(at())
    .option('--json', 'print JSON')
    .action((_, self: Command) => list(self, outside));
  const verbs = [
    asking('show', outside, ['checkout-latency', 'checkout-latency --without-outliers --json'])
      .description(
        'show an objective: attainment, budget, burn rates, revisions, and a way to it when it is missed',
      )
      .argument('<NAME>', 'the name of the objective')
      .addOption(at())
      .option('--without-outliers', 'leave outliers of a metric out, and say how many')
      .option('--json', 'print JSON')
      .action((name: string, _, self: Command) => show(name, self, outside)),
    registerVerb(outside),
    importVerb(outside),
    rulesVerb(outside),
    checkVerb(outside),
    asking('retire', outside, ['checkout-latency --reason "replaced"'])
      .description('end an objective; what was judged by it stays')
      .argument('<NAME>', 'the name of the objective')
      .option('--reason <TEXT>', 'why')
      .option('--id <ID>', 'an id of your own, which makes sending it twice harmless')
      .action((name: string, _, self: Command) => retire(name, self, outside)),
  ];
  const command = new Command('slo').description(
    'list, show, register, retire and import service level objectives, and write rules of them',
  );
  command.addCommand(listing, { isDefault: true });
  for (const verb of verbs) command.addCommand(verb);
  return command.addHelpText('after', VERBS);
}
