import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { formatInstant, instantOf } from '../model/index.js';
import { collectText, parseNumber, parseTime } from './arguments.js';
import { type Client, clientOf, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { formatTable } from './table.js';
import { type ShownTrend, TREND_FIELDS, trendColumns, trendRow, trendShape } from './trend-answers.js';

const windows = { '1h': 'HOUR', '24h': 'DAY', '7d': 'WEEK', '30d': 'MONTH' } as const;
const windowNames = ['1h', '24h', '7d', '30d'] as const satisfies readonly (keyof typeof windows)[];

const TRENDS = `query Trends($service: String!, $metrics: [String!], $window: TrendWindow!, $at: DateTime,
    $months: Float!, $hasMonths: Boolean!, $limit: Float!, $hasLimit: Boolean!) {
  service(name: $service) { name }
  trends(service: $service, metrics: $metrics, window: $window, at: $at) { ${TREND_FIELDS} }
}`;
const SERVICES = 'query Services($after: String) { services(first: 100, after: $after) { name } }';

const options = z.looseObject({
  service: z.array(z.string()).optional(),
  metric: z.array(z.string()).optional(),
  window: z.enum(windowNames),
  at: z.number().optional(),
  months: z.number().optional(),
  limit: z.number().optional(),
  json: z.boolean().optional(),
});
type Options = z.output<typeof options>;

/** Every service that the server knows, a page at a time. */
async function everyService(client: Client): Promise<readonly string[]> {
  const shape = z.object({ services: z.array(z.object({ name: z.string() })) });
  const names: string[] = [];
  for (;;) {
    const { services } = await client.graphql(SERVICES, { after: names.at(-1) ?? null }, shape);
    names.push(...services.map(({ name }) => name));
    if (services.length < 100) return names;
  }
}

async function trendsOf(client: Client, service: string, given: Options): Promise<readonly ShownTrend[]> {
  const { metric: metrics, window, at, months, limit } = given;
  const variables = {
    ...{ service, metrics, window: windows[window], hasMonths: months !== undefined },
    ...{ months: months ?? 1, hasLimit: limit !== undefined, limit: limit ?? 0 },
    at: at === undefined ? undefined : formatInstant(instantOf(at)),
  };
  const shape = z.object({ service: z.object({}).nullable(), trends: z.array(trendShape) });
  const { service: known, trends } = await client.graphql(TRENDS, variables, shape);
  if (known === null) throw new CliError('server-refused', `there is no service ${service}`);
  return trends.map((trend) => ({ service, ...trend }));
}

async function run(self: Command, outside: Outside): Promise<void> {
  const given = options.parse(self.opts());
  const client = clientOf(self, outside);
  const trends: ShownTrend[] = [];
  for (const service of given.service ?? (await everyService(client))) {
    trends.push(...(await trendsOf(client, service, given)));
  }
  if (given.json === true) {
    outside.out.write(`${JSON.stringify(trends, undefined, 2)}\n`);
    return;
  }
  const ahead = { months: given.months, limit: given.limit };
  const rows = trends.map((trend) => trendRow(trend, ahead));
  const table = { columns: trendColumns(ahead), rows };
  outside.out.write(rows.length === 0 ? 'No series of these metrics.\n' : formatTable(table));
}

function parseMonths(text: string): number {
  const months = parseNumber(text);
  if (months <= 0 || months > 120)
    throw new InvalidArgumentError('expected a number of months above 0 and up to 120');
  return months;
}

/** `genchi trends`: where the metrics of services are going. */
export function trendsCommand(outside: Outside): Command {
  return new Command('trends')
    .description(
      'show where metrics of services are going, which of it is good or bad, and when limits are reached',
    )
    .option('--service <NAME>', 'only of a service; may be repeated; all unless given', collectText)
    .option(
      '--metric <NAME>',
      'only this metric; may be repeated; all of the pillars unless given',
      collectText,
    )
    .addOption(new Option('--window <WINDOW>', 'how far back').choices(windowNames).default('7d'))
    .option('--at <TIME>', 'as of when; the latest closed step unless given', parseTime)
    .option('--months <N>', 'tell what it comes to after so many months, up to 120', parseMonths)
    .option('--limit <VALUE>', 'tell in how many days it reaches a limit', parseNumber)
    .option('--json', 'print JSON')
    .addOption(urlOption(outside))
    .addHelpText(
      'after',
      `
Slopes are in the unit of the metric per day, with their 95 % interval. A verdict is corrected for all metrics of
its service that are looked at together.

Examples:
  genchi trends --service payment
  genchi trends --service payment --metric kanban_queue_depth --window 30d --limit 200 --months 12
  genchi trends --window 24h --at 2026-01-12T00:00:00Z --json
${EXIT_HELP}`,
    )
    .action((_, self: Command) => run(self, outside));
}
