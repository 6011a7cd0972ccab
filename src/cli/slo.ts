import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { formatInstant, instantOf, MINUTE_MS } from '../model/index.js';
import { parseDurationMs, parseTime } from './arguments.js';
import { type Client, clientOf, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { printSlo, printSlos } from './slo-answers.js';
import { readSloPaths } from './slo-files.js';
import {
  LIST,
  listShape,
  REGISTER,
  RETIRE,
  RULES,
  registerShape,
  retireShape,
  rulesShape,
  SHOW,
  type ShownSlo,
  showShape,
} from './slo-shapes.js';
import { printable } from './table.js';

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

/** Registers an objective; answers whether it was new. */
async function send(client: Client, input: Readonly<Record<string, unknown>>): Promise<boolean> {
  const direction = typeof input.direction === 'string' ? { direction: input.direction.toUpperCase() } : {};
  const answer = await client.graphql(REGISTER, { input: { ...input, ...direction } }, registerShape);
  return answer.registerSlo.isNew;
}

const given = z.looseObject({
  ...{
    service: z.string(),
    metric: z.string().optional(),
    atMost: z.number().optional(),
    atLeast: z.number().optional(),
  },
  ...{ good: z.string().optional(), bad: z.string().optional(), total: z.string().optional() },
  ...{
    selector: z.string().optional(),
    goodSelector: z.string().optional(),
    badSelector: z.string().optional(),
  },
  ...{ totalSelector: z.string().optional(), objective: z.number().optional(), window: z.number() },
  ...{ slice: z.number().optional(), sliceTarget: z.number().optional(), component: z.string().optional() },
  ...{
    owner: z.string().optional(),
    reason: z.string().optional(),
    title: z.string().optional(),
    id: z.string().optional(),
  },
});

async function register(name: string, self: Command, outside: Outside): Promise<void> {
  const { atMost, atLeast, good, bad, total, objective, window, slice, sliceTarget, id, ...rest } =
    given.parse(self.opts());
  if (atMost !== undefined && atLeast !== undefined)
    throw new CliError('bad-usage', 'expected --at-most or --at-least, not both');
  const {
    service,
    metric,
    component,
    selector,
    goodSelector,
    badSelector,
    totalSelector,
    owner,
    reason,
    title,
  } = rest;
  const isNew = await send(clientOf(self, outside), {
    ...{
      slo: name,
      service,
      metric,
      component,
      selector,
      goodSelector,
      badSelector,
      totalSelector,
      owner,
      reason,
      title,
    },
    ...{
      goodMetric: good,
      badMetric: bad,
      totalMetric: total,
      objectivePercent: objective,
      windowMinutes: window / MINUTE_MS,
    },
    direction: atMost !== undefined ? 'at_most' : atLeast !== undefined ? 'at_least' : undefined,
    target: atMost ?? atLeast,
    sliceMinutes: slice === undefined ? undefined : slice / MINUTE_MS,
    sliceTargetPercent: sliceTarget,
    clientMutationId: id,
  });
  outside.out.write(isNew ? 'registered\n' : 'is so already\n');
}

async function retire(name: string, self: Command, outside: Outside): Promise<void> {
  const { reason, id } = z
    .looseObject({ reason: z.string().optional(), id: z.string().optional() })
    .parse(self.opts());
  const input = { slo: name, reason, clientMutationId: id };
  const { retireSlo } = await clientOf(self, outside).graphql(RETIRE, { input }, retireShape);
  outside.out.write(retireSlo.isNew ? 'retired\n' : 'is retired already\n');
}

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
      if (await send(client, input)) news += 1;
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
}

function parseNumber(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
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

/** A verb that asks a running server. */
const asking = (name: string, outside: Outside): Command =>
  new Command(name).addOption(urlOption(outside)).addHelpText('after', EXIT_HELP);

function registerVerb(outside: Outside): Command {
  return asking('register', outside)
    .description('register an objective, or change it from now on')
    .argument('<NAME>', 'the name of the objective')
    .requiredOption('--service <NAME>', 'the service that it is of')
    .requiredOption('--window <DURATION>', 'how long it is kept over, such as 30d', parseDurationMs)
    .option('--metric <METRIC>', 'the metric that is held against a target')
    .option('--at-most <TARGET>', 'the metric is good at the target or below', parseNumber)
    .option('--at-least <TARGET>', 'the metric is good at the target or above', parseNumber)
    .option('--good <METRIC>', 'the counter of good events')
    .option('--bad <METRIC>', 'the counter of bad events')
    .option('--total <METRIC>', 'the counter of all events')
    .option('--selector <MATCHERS>', 'which series of all of these count, such as {method="GET"}')
    .option('--good-selector <MATCHERS>', 'which series of the good counter count')
    .option('--bad-selector <MATCHERS>', 'which series of the bad counter count')
    .option('--total-selector <MATCHERS>', 'which series of the total count')
    .option('--objective <PERCENT>', 'the share that must be good (default: 99)', parseNumber)
    .option(
      '--slice <DURATION>',
      'how long a slice of time is that is judged as a whole (default: 1m)',
      parseDurationMs,
    )
    .option(
      '--slice-target <PERCENT>',
      'count slices in the place of events: the share that makes one good',
      parseNumber,
    )
    .option('--component <NAME>', 'only this part of the service')
    .option('--title <TEXT>', 'what it is called')
    .option('--owner <NAME>', 'who answers for it')
    .option('--reason <TEXT>', 'why it was chosen')
    .option('--id <ID>', 'an id of your own, which makes sending it twice harmless')
    .action((name: string, _, self: Command) => register(name, self, outside));
}

/** `genchi slo`: service level objectives. */
export function sloCommand(outside: Outside): Command {
  const at = () =>
    new Option('--at <TIME>', 'judge at this time, RFC 3339 (default: now)').argParser(parseTime);
  const listing = asking('list', outside)
    .description('list the objectives in force, judged')
    .option('--service <NAME>', 'only those of this service')
    .addOption(
      new Option('--state <STATE>', 'only those that stand so').choices(['met', 'missed', 'unknown']),
    )
    .addOption(at())
    .option('--json', 'print JSON')
    .action((_, self: Command) => list(self, outside));
  const verbs = [
    asking('show', outside)
      .description(
        'show an objective: attainment, budget, burn rates, revisions, and a way to it when it is missed',
      )
      .argument('<NAME>', 'the name of the objective')
      .addOption(at())
      .option('--without-outliers', 'leave outliers of a metric out, and say how many')
      .option('--json', 'print JSON')
      .action((name: string, _, self: Command) => show(name, self, outside)),
    registerVerb(outside),
    asking('retire', outside)
      .description('end an objective; what was judged by it stays')
      .argument('<NAME>', 'the name of the objective')
      .option('--reason <TEXT>', 'why')
      .option('--id <ID>', 'an id of your own, which makes sending it twice harmless')
      .action((name: string, _, self: Command) => retire(name, self, outside)),
    asking('import', outside)
      .description(
        'register the objectives of YAML files: by field, or OpenSLO v1; says what cannot be taken',
      )
      .argument('<PATH...>', 'files, or folders of them')
      .action((paths: readonly string[], _, self: Command) => importFiles(paths, self, outside)),
    asking('rules', outside)
      .description('write recording and alerting rules for Prometheus, as Genchi itself judges')
      .option('--out <FILE>', 'the rule file (default: standard output)')
      .option('--tests <FILE>', 'a file for `promtool test rules`, beside the rule file')
      .option('--service-label <NAME>', 'the label that tells services in Prometheus (default: service)')
      .option('--component-label <NAME>', 'the label that tells their parts (default: component)')
      .action((_, self: Command) => rules(self, outside)),
    new Command('check')
      .description('check files of objectives without a server')
      .argument('<PATH...>', 'files, or folders of them')
      .addHelpText('after', EXIT_HELP)
      .action((paths: readonly string[]) => check(paths, outside)),
  ];
  const command = new Command('slo').description(
    'list, show, register, retire and import service level objectives, and write rules of them',
  );
  command.addCommand(listing, { isDefault: true });
  for (const verb of verbs) command.addCommand(verb);
  return command.addHelpText('after', VERBS);
}
