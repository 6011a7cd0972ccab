import { Command, Option } from 'commander';
import { z } from 'zod';
import { efforts, formatInstant, improvementStates, instantOf } from '../model/index.js';
import { parseCount, parseNumber, parsePercent, parseTime } from './arguments.js';
import { clientOf, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import {
  IMPROVEMENT_COLUMNS,
  IMPROVEMENT_FIELDS,
  improvementRow,
  improvementShape,
  printImprovement,
  type ShownImprovement,
} from './improvement-answers.js';
import type { Outside } from './outside.js';
import { formatTable } from './table.js';

const LOG = `mutation Log($input: LogImprovementInput!) { logImprovement(input: $input) { ${IMPROVEMENT_FIELDS} } }`;
const UPDATE = `mutation Update($input: UpdateImprovementInput!) {
  updateImprovement(input: $input) { ${IMPROVEMENT_FIELDS} }
}`;
const SHOW = `query Improvement($name: String!) { improvement(name: $name) { ${IMPROVEMENT_FIELDS} } }`;
const LIST = `query Log($filter: KaizenLogFilter, $first: Int!) {
  kaizenLog(filter: $filter, first: $first) { nodes { ${IMPROVEMENT_FIELDS} } }
}`;

const given = z.looseObject({
  title: z.string().optional(),
  state: z.string().optional(),
  service: z.string().optional(),
  metric: z.string().optional(),
  owner: z.string().optional(),
  effort: z.string().optional(),
  expect: z.number().optional(),
  before: z.number().optional(),
  after: z.number().optional(),
  message: z.string().optional(),
  at: z.number().optional(),
  key: z.string().optional(),
});

/** What flags say of an improvement, as the server takes it. */
function inputOf(id: string, self: Command) {
  const { title, state, service, metric, owner, effort, message, ...rest } = given.parse(self.opts());
  return {
    ...{ id, title, service, metric, owner, message },
    state: state?.toUpperCase(),
    effort: effort?.toUpperCase(),
    expectedChangePercent: rest.expect,
    before: rest.before,
    after: rest.after,
    at: rest.at === undefined ? undefined : formatInstant(instantOf(rest.at)),
    clientMutationId: rest.key,
  };
}

function print(entry: ShownImprovement | null, id: string, self: Command, outside: Outside): void {
  if (entry === null) throw new CliError('server-refused', `there is no improvement ${id}`);
  const { json } = z.looseObject({ json: z.boolean().optional() }).parse(self.opts());
  outside.out.write(json === true ? `${JSON.stringify(entry, undefined, 2)}\n` : printImprovement(entry));
}

async function log(id: string, self: Command, outside: Outside): Promise<void> {
  const { clientMutationId: _, ...input } = inputOf(id, self);
  const shape = z.object({ logImprovement: improvementShape.nullable() });
  print((await clientOf(self, outside).graphql(LOG, { input }, shape)).logImprovement, id, self, outside);
}

async function update(id: string, self: Command, outside: Outside): Promise<void> {
  const shape = z.object({ updateImprovement: improvementShape.nullable() });
  const answer = await clientOf(self, outside).graphql(UPDATE, { input: inputOf(id, self) }, shape);
  print(answer.updateImprovement, id, self, outside);
}

async function show(name: string, self: Command, outside: Outside): Promise<void> {
  const shape = z.object({ improvement: improvementShape.nullable() });
  print((await clientOf(self, outside).graphql(SHOW, { name }, shape)).improvement, name, self, outside);
}

const listOptions = z.looseObject({
  state: z.string().optional(),
  service: z.string().optional(),
  metric: z.string().optional(),
  owner: z.string().optional(),
  limit: z.number(),
  json: z.boolean().optional(),
});

async function list(self: Command, outside: Outside): Promise<void> {
  const { state, service, metric, owner, limit, json } = listOptions.parse(self.opts());
  const filter = { service, metric, owner, states: state === undefined ? undefined : [state.toUpperCase()] };
  const shape = z.object({ kaizenLog: z.object({ nodes: z.array(improvementShape) }) });
  const { nodes } = (await clientOf(self, outside).graphql(LIST, { filter, first: limit }, shape)).kaizenLog;
  if (json === true) outside.out.write(`${JSON.stringify(nodes, undefined, 2)}\n`);
  else if (nodes.length === 0) outside.out.write('No improvements.\n');
  else outside.out.write(formatTable({ columns: IMPROVEMENT_COLUMNS, rows: nodes.map(improvementRow) }));
}

const stateOption = () => new Option('--state <STATE>', 'its state').choices(improvementStates);

function verb(name: string, outside: Outside): Command {
  return new Command(name)
    .option('--json', 'print JSON')
    .addOption(urlOption(outside))
    .addHelpText('after', EXIT_HELP);
}

/** The options by which an improvement is described. */
function describing(command: Command): Command {
  return command
    .addOption(stateOption())
    .option('--service <NAME>', 'the service that it is made on')
    .option('--metric <NAME>', 'the metric that it is to improve; what it did is then measured')
    .option('--owner <NAME>', 'who answers for it')
    .addOption(new Option('--effort <EFFORT>', '1-2 hours, half a day, or more').choices(efforts))
    .option('--expect <PERCENT>', 'how far the metric is to move, such as -20', parsePercent)
    .option('--before <VALUE>', 'the median before, where it cannot be measured', parseNumber)
    .option('--after <VALUE>', 'the median after, where it cannot be measured', parseNumber)
    .option('--message <TEXT>', 'what to say with it')
    .option('--at <TIME>', 'when it came into its state; now unless given', parseTime);
}

/** `genchi improvement`: the Kaizen log. */
export function improvementCommand(outside: Outside): Command {
  const logging = describing(verb('log', outside))
    .description('log an improvement')
    .argument('<ID>', 'an id of your own, which makes sending it twice harmless')
    .requiredOption('--title <TEXT>', 'what it is, in a line')
    .action((id: string, _, self: Command) => log(id, self, outside));
  const updating = describing(verb('update', outside))
    .description('say what became of an improvement')
    .argument('<ID>', 'the id of the improvement')
    .option('--title <TEXT>', 'what it is, in a line')
    .option('--key <ID>', 'an id of your own for what is said, which makes sending it twice harmless')
    .action((id: string, _, self: Command) => update(id, self, outside));
  const showing = verb('show', outside)
    .description('show an improvement, and whether it holds')
    .argument('<ID>', 'the id of the improvement')
    .action((id: string, _, self: Command) => show(id, self, outside));
  const listing = verb('list', outside)
    .description('list what was improved and tried, what changed last first, and whether it holds')
    .addOption(stateOption())
    .option('--service <NAME>', 'only of a service')
    .option('--metric <NAME>', 'only to improve a metric')
    .option('--owner <NAME>', 'only of an owner')
    .option('--limit <N>', 'at most this many, 1 to 50', parseCount, 20)
    .action((_, self: Command) => list(self, outside));
  return new Command('improvement')
    .description('keep the Kaizen log: what was improved, by whom, and whether it holds')
    .addCommand(logging)
    .addCommand(updating)
    .addCommand(listing, { isDefault: true })
    .addCommand(showing)
    .addHelpText(
      'after',
      `
Examples:
  genchi improvement log pool-20 --title 'A pool of 20 connections' --service payment \\
      --metric kanban_latency_p99_ms --expect -20 --effort small --owner 'payments team'
  genchi improvement update pool-20 --state done
  genchi improvement show pool-20
  genchi improvement list --state done
${EXIT_HELP}`,
    );
}
