import { Command, Option } from 'commander';
import { z } from 'zod';
import { DAY_MS, formatInstant, type Instant, instantOf } from '../model/index.js';
import { parseDurationMs, parseTime } from './arguments.js';
import { clientOf, urlOption } from './client.js';
import { EXIT_HELP } from './exit.js';
import { printSeconds } from './incident-said.js';
import type { Outside } from './outside.js';
import { formatTable } from './table.js';

const STATISTICS = `query Statistics($from: DateTime!, $to: DateTime, $service: String) {
  incidentStatistics(from: $from, to: $to, service: $service) {
    incidents open
    timeToDetect { seconds incidents }
    timeToAcknowledge { seconds incidents }
    timeToResolve { seconds incidents }
  }
}`;

const mean = z.object({ seconds: z.number().nullable(), incidents: z.number() });
const shape = z.object({
  incidentStatistics: z.object({
    incidents: z.number(),
    open: z.number(),
    timeToDetect: mean,
    timeToAcknowledge: mean,
    timeToResolve: mean,
  }),
});

const instant = z.custom<Instant>((value) => typeof value === 'number');
const options = z.looseObject({
  from: instant.optional(),
  to: instant.optional(),
  last: z.number(),
  service: z.string().optional(),
  json: z.boolean().optional(),
});

function row(name: string, { seconds, incidents }: z.output<typeof mean>): readonly string[] {
  return [name, seconds === null ? 'not known' : printSeconds(seconds), String(incidents)];
}

async function statistics(self: Command, outside: Outside): Promise<void> {
  const { from, to, last, service, json } = options.parse(self.opts());
  const end = to ?? instantOf(Date.now());
  const variables = {
    from: formatInstant(from ?? instantOf(end - last)),
    ...(to === undefined ? {} : { to: formatInstant(to) }),
    ...(service === undefined ? {} : { service }),
  };
  const answer = await clientOf(self, outside).graphql(STATISTICS, variables, shape);
  const found = answer.incidentStatistics;
  if (json === true) {
    outside.out.write(`${JSON.stringify(found, undefined, 2)}\n`);
    return;
  }
  const columns = ['mean', 'time', 'incidents'];
  const rows = [
    row('to detect', found.timeToDetect),
    row('to acknowledge', found.timeToAcknowledge),
    row('to resolve', found.timeToResolve),
  ];
  const incidents = found.incidents === 1 ? '1 incident' : `${found.incidents} incidents`;
  outside.out.write(`${incidents}, ${found.open} of them open.\n`);
  outside.out.write(formatTable({ columns, rows }));
}

/** `genchi incidents stats`: mean times to detect, to acknowledge and to resolve. */
export function statisticsCommand(outside: Outside): Command {
  return new Command('stats')
    .description('mean times to detect, to acknowledge and to resolve, and on how many incidents they rest')
    .option('--from <TIME>', 'incidents first seen from here on', parseTime)
    .option('--to <TIME>', 'up to here; now unless given', parseTime)
    .addOption(
      new Option('--last <DURATION>', 'how long before the end, where --from is not given')
        .argParser(parseDurationMs)
        .default(30 * DAY_MS, '30d'),
    )
    .option('--service <NAME>', 'only incidents seen on this service')
    .option('--json', 'print JSON')
    .addOption(urlOption(outside))
    .addHelpText('after', EXIT_HELP)
    .action((_, self: Command) => statistics(self, outside));
}
