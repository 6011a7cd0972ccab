import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { formatInstant, instantOf } from '../model/index.js';
import { parseCount, parseDurationMs, parsePercent, parseTime } from './arguments.js';
import { clientOf, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import {
  EXPERIMENT_FIELDS,
  listedShape,
  printExperiment,
  type ShownExperiment,
  STATUS_FIELDS,
  shownShape,
} from './experiment-answers.js';
import type { Outside } from './outside.js';
import { formatTable } from './table.js';

const SHOWN = `${EXPERIMENT_FIELDS} status(at: $at) { ${STATUS_FIELDS} }`;
const START = `mutation Start($input: StartExperimentInput!, $at: DateTime) {
  startExperiment(input: $input) { ${SHOWN} }
}`;
const STOP = `mutation Stop($input: StopExperimentInput!, $at: DateTime) {
  stopExperiment(input: $input) { ${SHOWN} }
}`;
const STATUS = `query Experiment($id: ID!, $at: DateTime) { experiment(id: $id, at: $at) { ${SHOWN} } }`;
const LIST = `query Experiments($state: ExperimentState, $service: String, $first: Int!) {
  experiments(state: $state, service: $service, first: $first) { nodes { ${EXPERIMENT_FIELDS} } }
}`;

interface MatcherInput {
  readonly name: string;
  readonly operator: 'EQUAL' | 'NOT_EQUAL';
  readonly value: string;
}

/** Reads `NAME=VALUE` or `NAME!=VALUE`; for options that may be repeated. */
function collectMatcher(text: string, before: readonly MatcherInput[] = []): readonly MatcherInput[] {
  const [, name, operator, value = ''] = /^([A-Za-z_]\w*)(!?=)(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('expected NAME=VALUE or NAME!=VALUE');
  return [...before, { name, operator: operator === '=' ? 'EQUAL' : 'NOT_EQUAL', value }];
}

const rfc3339 = (at: number | undefined) => (at === undefined ? undefined : formatInstant(instantOf(at)));

const timed = z.looseObject({ at: z.number().optional(), json: z.boolean().optional() });

function print(experiment: ShownExperiment | null, id: string, self: Command, outside: Outside): void {
  if (experiment === null) throw new CliError('server-refused', `there is no experiment ${id}`);
  const { json } = timed.parse(self.opts());
  outside.out.write(
    json === true ? `${JSON.stringify(experiment, undefined, 2)}\n` : printExperiment(experiment),
  );
}

const startOptions = z.looseObject({
  service: z.string(),
  metric: z.string(),
  action: z.string(),
  because: z.string(),
  expect: z.number(),
  owner: z.string().optional(),
  canary: z.array(z.unknown()).optional(),
  control: z.array(z.unknown()).optional(),
  plan: z.number().optional(),
  baseline: z.number().optional(),
  startedAt: z.number().optional(),
});

const minutesOf = (ms: number | undefined) => (ms === undefined ? undefined : Math.round(ms / 60_000));

async function start(id: string, self: Command, outside: Outside): Promise<void> {
  const given = startOptions.parse(self.opts());
  const { service, metric, action, because: reason, expect: expectedChangePercent, owner } = given;
  const input = {
    ...{ id, service, metric, action, reason, expectedChangePercent, owner },
    treated: given.canary,
    control: given.control,
    plannedMinutes: minutesOf(given.plan),
    baselineMinutes: minutesOf(given.baseline),
    startedAt: rfc3339(given.startedAt),
  };
  const shape = z.object({ startExperiment: shownShape.nullable() });
  const { startExperiment } = await clientOf(self, outside).graphql(START, { input }, shape);
  print(startExperiment, id, self, outside);
}

async function status(id: string, self: Command, outside: Outside): Promise<void> {
  const at = rfc3339(timed.parse(self.opts()).at);
  const shape = z.object({ experiment: shownShape.nullable() });
  const { experiment } = await clientOf(self, outside).graphql(STATUS, { id, at }, shape);
  print(experiment, id, self, outside);
}

async function stop(id: string, self: Command, outside: Outside): Promise<void> {
  const { surprise } = z.looseObject({ surprise: z.string().optional() }).parse(self.opts());
  const input = { id, surprise, endedAt: rfc3339(timed.parse(self.opts()).at) };
  const shape = z.object({ stopExperiment: shownShape.nullable() });
  const { stopExperiment } = await clientOf(self, outside).graphql(STOP, { input }, shape);
  print(stopExperiment, id, self, outside);
}

const listOptions = z.looseObject({
  state: z.enum(['running', 'ended', 'all']),
  service: z.string().optional(),
  limit: z.number(),
  json: z.boolean().optional(),
});

async function list(self: Command, outside: Outside): Promise<void> {
  const { state, service, limit, json } = listOptions.parse(self.opts());
  const variables = { state: state === 'all' ? null : state.toUpperCase(), service, first: limit };
  const shape = z.object({ experiments: z.object({ nodes: z.array(listedShape) }) });
  const { nodes } = (await clientOf(self, outside).graphql(LIST, variables, shape)).experiments;
  if (json === true) {
    outside.out.write(`${JSON.stringify(nodes, undefined, 2)}\n`);
    return;
  }
  const rows = nodes.map((each) => [
    each.id,
    each.outcome ?? each.state.toLowerCase(),
    each.service ?? '',
    each.metric,
    each.expectedChangePercent === null ? '' : `${each.expectedChangePercent}`,
    each.startedAt,
    each.endedAt ?? '',
  ]);
  const columns = ['id', 'outcome', 'service', 'metric', 'expected %', 'started at', 'ended at'];
  outside.out.write(rows.length === 0 ? 'No experiments.\n' : formatTable({ columns, rows }));
}

function verb(name: string, outside: Outside): Command {
  return new Command(name)
    .option('--json', 'print JSON')
    .addOption(urlOption(outside))
    .addHelpText('after', EXIT_HELP);
}

function startVerb(outside: Outside): Command {
  return verb('start', outside)
    .description('start an experiment: its baseline is measured and recorded with its hypothesis')
    .argument('<ID>', 'an id of your own, which makes sending it twice harmless')
    .requiredOption('--service <NAME>', 'the service that it is tried on')
    .requiredOption('--metric <NAME>', 'the metric that is to change')
    .requiredOption('--expect <PERCENT>', 'how far, such as -30 where it is to fall', parsePercent)
    .requiredOption('--action <TEXT>', 'what is done')
    .requiredOption('--because <TEXT>', 'why the metric should change')
    .option('--owner <NAME>', 'who answers for it')
    .option('--canary <LABEL=VALUE>', 'what the canary is known by; != too; may be repeated', collectMatcher)
    .option(
      '--control <LABEL=VALUE>',
      'what the control is known by; without it the time before is compared with',
      collectMatcher,
    )
    .option('--plan <DURATION>', 'how long it is looked at, 10m to 33h', parseDurationMs)
    .option('--baseline <DURATION>', 'how long the baseline is, 1h to 7d; 1h unless given', parseDurationMs)
    .option('--started-at <TIME>', 'when it began; now unless given', parseTime)
    .action((id: string, _, self: Command) => start(id, self, outside));
}

/** `genchi experiment`: from a hypothesis to its verdict. */
export function experimentCommand(outside: Outside): Command {
  const showing = verb('status', outside)
    .description('show what an experiment shows; looking often does not make it find more than there is')
    .argument('<ID>', 'the id of the experiment')
    .option('--at <TIME>', 'as of when; now unless given', parseTime)
    .action((id: string, _, self: Command) => status(id, self, outside));
  const stopping = verb('stop', outside)
    .description('end an experiment; the verdict of then is recorded')
    .argument('<ID>', 'the id of the experiment')
    .option('--surprise <TEXT>', 'what was surprising')
    .option('--at <TIME>', 'when it ended; now unless given', parseTime)
    .action((id: string, _, self: Command) => stop(id, self, outside));
  const states = new Option('--state <STATE>', 'only these').choices(['running', 'ended', 'all']);
  const listing = verb('list', outside)
    .description('list experiments, the latest first')
    .addOption(states.default('all'))
    .option('--service <NAME>', 'only those of a service')
    .option('--limit <N>', 'at most this many', parseCount, 20)
    .action((_, self: Command) => list(self, outside));
  return new Command('experiment')
    .description('try a change on a part of the traffic, and learn whether it does what it should')
    .addCommand(startVerb(outside))
    .addCommand(showing)
    .addCommand(stopping)
    .addCommand(listing, { isDefault: true })
    .addHelpText(
      'after',
      `
Examples:
  genchi experiment start cache-1 --service payment --metric kanban_latency_p99_ms --expect -30 \\
      --action 'add caching' --because 'fewer queries reach the database' \\
      --canary track=canary --control track!=canary --plan 2h
  genchi experiment status cache-1
  genchi experiment stop cache-1 --surprise 'memory doubled'
  genchi experiment list --state running
${EXIT_HELP}`,
    );
}
