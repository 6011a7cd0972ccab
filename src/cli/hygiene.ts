import { Command } from 'commander';
import { z } from 'zod';
import { formatInstant, type Instant, instantOf, parseInstant } from '../model/index.js';
import { parseCount, parseTime } from './arguments.js';
import { clientOf, urlOption } from './client.js';
import { EXIT_HELP } from './exit.js';
import { HYGIENE_QUERY, type HygieneAnswer, hygieneShape, type Page } from './hygiene-answers.js';
import { printSeconds } from './incident-said.js';
import type { Outside } from './outside.js';
import { formatTable } from './table.js';

const instant = z.custom<Instant>((value) => typeof value === 'number');
const options = z.looseObject({
  service: z.string().optional(),
  at: instant.optional(),
  limit: z.number(),
  json: z.boolean().optional(),
});

/** A heading with its table, or with what stands for none; what the page leaves out is told below it. */
function section<T>(
  title: string,
  columns: readonly string[],
  { totalCount, nodes }: Page<T>,
  rowOf: (item: T) => readonly string[],
): string {
  if (totalCount === 0) return `${title}: none\n`;
  const left = totalCount - nodes.length;
  const more = left === 0 ? '' : `and ${left} more; --limit shows up to 100\n`;
  return `${title}: ${totalCount}\n${formatTable({ columns, rows: nodes.map(rowOf) })}${more}`;
}

function printQuality({ dataQuality: found }: HygieneAnswer): string {
  const { metricCount, seriesCount, stalled, gaps, duplicated, sensitiveLabels } = found;
  const lasted = (from: string, until: string | null): string => {
    const [begin, end] = [parseInstant(from), until === null ? undefined : parseInstant(until)];
    return begin === undefined || end === undefined ? 'still' : printSeconds((end - begin) / 1_000);
  };
  return [
    `${metricCount} metrics in ${seriesCount} series spoke within the day.\n`,
    section('Fell silent', ['service', 'metric', 'last sample', 'silent for'], stalled, (one) => [
      one.service ?? '',
      one.metric,
      one.lastAt,
      printSeconds(one.silentSeconds),
    ]),
    section(
      'Gaps',
      ['service', 'metric', 'from', 'until', 'lasted'],
      gaps,
      ({ service: of, metric, from, until }) => [
        ...[of ?? '', metric, from],
        ...[until ?? '', lasted(from, until)],
      ],
    ),
    section('Sent twice', ['service', 'by', 'metrics', 'surplus series'], duplicated, (one) => [
      ...[one.service ?? '', one.told],
      ...[one.metrics.join(', '), String(one.surplusSeries)],
    ]),
    section('Labels to take away', ['service', 'label', 'looks like', 'series'], sensitiveLabels, (one) => [
      one.service ?? '',
      one.label,
      one.sensitivity,
      String(one.seriesCount),
    ]),
  ].join('\n');
}

function printAlerts({ alertHygiene: found }: HygieneAnswer): string {
  const { fired, busiestMinute, storms, flapping, unattended, ofOneCause, tightThresholds } = found;
  const busiest =
    busiestMinute === null ? '' : `, at most ${busiestMinute.fired} in a minute (${busiestMinute.from})`;
  return [
    `${fired} alerts fired within the day${busiest}; over 10 in ${storms.totalCount} minutes.\n`,
    section('Loudest alerts', ['alert', 'service', 'fired'], found.alerts, (one) => [
      one.name,
      one.service ?? '',
      String(one.fired),
    ]),
    section('Flapping', ['alert', 'service', 'worst hour', 'fired'], flapping, (one) => [
      one.name,
      one.service ?? '',
      one.hour,
      String(one.fired),
    ]),
    section(
      'Nobody took on for over 30 minutes',
      ['incident', 'severity', 'waited', 'title'],
      unattended,
      (one) => [one.incident, one.severity, printSeconds(one.waitedSeconds), one.title],
    ),
    section('Several alerts of one cause', ['service', 'alerts', 'incidents'], ofOneCause, (one) => [
      one.service ?? '',
      one.alerts.join(', '),
      String(one.incidents.length),
    ]),
    section(
      'Thresholds that are the target of an objective',
      ['alert', 'service', 'threshold', 'objective'],
      tightThresholds,
      (one) => [one.name, one.service ?? '', String(one.threshold), one.slo],
    ),
  ].join('\n');
}

async function run(self: Command, outside: Outside): Promise<void> {
  const { service: of, at, limit, json } = options.parse(self.opts());
  const variables = {
    first: limit,
    at: formatInstant(at ?? instantOf(Date.now())),
    ...(of === undefined ? {} : { service: of }),
  };
  const answer = await clientOf(self, outside).graphql(HYGIENE_QUERY, variables, hygieneShape);
  outside.out.write(
    json === true
      ? `${JSON.stringify(answer, undefined, 2)}\n`
      : `${printQuality(answer)}\n${printAlerts(answer)}`,
  );
}

/** `genchi hygiene`: how well measuring and alerting work. */
export function hygieneCommand(outside: Outside): Command {
  return new Command('hygiene')
    .description('what fell silent, has gaps, is sent twice or tells too much, and which alerts tire people')
    .option('--service <NAME>', 'data quality of this service only')
    .option('--at <TIME>', 'the end of the day that is looked at; now unless given', parseTime)
    .option('--limit <N>', 'at most so many of each list, 1..100', parseCount, 20)
    .option('--json', 'print JSON')
    .addOption(urlOption(outside))
    .addHelpText(
      'after',
      `
Examples:
  genchi hygiene
  genchi hygiene --service checkout
  genchi hygiene --limit 100 --json
  genchi hygiene --at 2026-01-02T03:04:05Z --json
${EXIT_HELP}`,
    )
    .action((_, self: Command) => run(self, outside));
}
