import { Command, Option } from 'commander';
import { z } from 'zod';
import { formatInstant, type Instant } from '../model/index.js';
import { parseCount, parseTime } from './arguments.js';
import { clientOf, urlOption } from './client.js';
import { EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { printable } from './table.js';

const QUERY = `query Recommendations($service: String, $at: DateTime, $first: Int) {
  recommendations(service: $service, at: $at, first: $first) {
    totalCount
    nodes { id source priority service metric title action effort expectedGainPercent gainBasis rank evidence { iri } }
  }
}`;

const recommendation = z.object({
  id: z.string(),
  source: z.string(),
  priority: z.number(),
  service: z.string().nullable(),
  metric: z.string().nullable(),
  title: z.string(),
  action: z.string(),
  effort: z.string(),
  expectedGainPercent: z.number(),
  gainBasis: z.string(),
  rank: z.number(),
  evidence: z.array(z.object({ iri: z.string() })),
});
const shape = z.object({
  recommendations: z.object({ totalCount: z.number(), nodes: z.array(recommendation) }),
});

const instant = z.custom<Instant>((value) => typeof value === 'number');
const options = z.looseObject({
  service: z.string().optional(),
  at: instant.optional(),
  limit: z.number(),
  json: z.boolean().optional(),
});

const efforts: Readonly<Record<string, string>> = {
  SMALL: 'small (1-2 h)',
  MEDIUM: 'medium (half a day)',
  LARGE: 'large (a day or more)',
};

function paragraph(one: z.output<typeof recommendation>): string {
  const { priority, title, action, effort, expectedGainPercent, gainBasis, rank, evidence } = one;
  const lines = [
    `[P${priority}] ${title}`,
    `     ${action}`,
    `     Gain ${expectedGainPercent} %, effort ${efforts[effort] ?? effort}, rank ${rank}. ${gainBasis}`,
    ...evidence.slice(0, 3).map(({ iri }) => `     ${iri}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

async function run(self: Command, outside: Outside): Promise<void> {
  const { service, at, limit, json } = options.parse(self.opts());
  const variables = {
    ...(service === undefined ? {} : { service }),
    ...(at === undefined ? {} : { at: formatInstant(at) }),
    first: limit,
  };
  const answer = await clientOf(self, outside).graphql(QUERY, variables, shape);
  const { nodes, totalCount } = answer.recommendations;
  if (json === true) {
    outside.out.write(`${JSON.stringify(nodes, undefined, 2)}\n`);
    return;
  }
  if (nodes.length === 0) outside.out.write('Nothing to recommend.\n');
  outside.out.write(nodes.map(paragraph).join('\n'));
  if (totalCount > nodes.length) {
    outside.out.write(`\n${totalCount - nodes.length} more; --limit shows up to 100.\n`);
  }
}

/** `genchi recommendations`: what to do first, with what shows it. */
export function recommendationsCommand(outside: Outside): Command {
  return new Command('recommendations')
    .description('what to do first: from pillars, objectives, trends, alerts and what is measured')
    .option('--service <NAME>', 'only what is about this service, with its trends')
    .option('--at <TIME>', 'the time to look from; now unless given', parseTime)
    .addOption(new Option('--limit <N>', 'at most so many, up to 100').argParser(parseCount).default(10))
    .option('--json', 'print JSON')
    .addOption(urlOption(outside))
    .addHelpText(
      'after',
      `
P1 is for now, P2 for today, P3 for this week, P4 for when there is time. The rank is the expected gain in % for each
hour of effort.

Examples:
  genchi recommendations
  genchi recommendations --service checkout --at 2026-01-02T03:04:05Z
  genchi recommendations --json | jq '.[] | select(.priority == 1)'
${EXIT_HELP}`,
    )
    .action((_, self: Command) => run(self, outside));
}
