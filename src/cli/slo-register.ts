/** `genchi slo register`: an objective by its options. */
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { MINUTE_MS } from '../model/index.js';
import { parseDurationMs } from './arguments.js';
import { type Client, clientOf } from './client.js';
import { CliError } from './exit.js';
import type { Outside } from './outside.js';
import { asking } from './slo-asking.js';
import { REGISTER, registerShape } from './slo-shapes.js';

/** Registers an objective; answers whether it was new. */
export async function sendSlo(client: Client, input: Readonly<Record<string, unknown>>): Promise<boolean> {
  const direction = typeof input.direction === 'string' ? { direction: input.direction.toUpperCase() } : {};
  const answer = await client.graphql(REGISTER, { input: { ...input, ...direction } }, registerShape);
  return answer.registerSlo.isNew;
}

const given = z.object({
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
  const isNew = await sendSlo(clientOf(self, outside), {
    ...{ slo: name, ...rest },
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

/** Reads a number, with or without a sign of percent. */
function parseNumber(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

/** The verb. */
export function registerVerb(outside: Outside): Command {
  return asking('register', outside, [
    'checkout-latency --service checkout --metric kanban_latency_p99_ms --at-most 200 --window 30d',
    'checkout-errors --service checkout --bad http_requests_total --bad-selector \'{code=~"5.."}\' --total http_requests_total --objective 99.9 --window 30d',
  ])
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
