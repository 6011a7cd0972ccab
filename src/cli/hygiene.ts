import { Command } from 'commander';
import { z } from 'zod';
import { formatInstant, type Instant, instantOf, parseInstant } from '../model/index.js';
import { parseTime } from './arguments.js';
import { clientOf, urlOption } from './client.js';
import { EXIT_HELP } from './exit.js';
import { printSeconds } from './incident-said.js';
import type { Outside } from './outside.js';
import { formatTable } from './table.js';

const QUERY = `query Hygiene($service: String, $at: DateTime) {
  dataQuality(service: $service, at: $at) {
    metricCount seriesCount
    stalled { service metric lastAt silentSeconds stepSeconds }
    gaps { service metric from until }
    duplicated { service how metrics told surplusSeries }
    sensitiveLabels { service label sensitivity metrics seriesCount }
  }
  alertHygiene(at: $at) {
    fired busiestMinute { from fired } storms { from fired }
    alerts { name service fired }
    flapping { name service hour fired cleared }
    unattended { incident title service severity isOpen wasTakenOn waitedSeconds }
    ofOneCause { service incidents alerts surplus }
    tightThresholds { name service metric threshold slo }
  }
}`;

const service = z.string().nullable();
const firedIn = z.object({ from: z.string(), fired: z.number() });
const shape = z.object({
  dataQuality: z.object({
    metricCount: z.number(),
    seriesCount: z.number(),
    stalled: z.array(
      z.object({
        ...{ service, metric: z.string(), lastAt: z.string(), silentSeconds: z.number() },
        stepSeconds: z.number().nullable(),
      }),
    ),
    gaps: z.array(z.object({ service, metric: z.string(), from: z.string(), until: z.string().nullable() })),
    duplicated: z.array(
      z.object({
        ...{ service, how: z.string(), metrics: z.array(z.string()), told: z.string() },
        surplusSeries: z.number(),
      }),
    ),
    sensitiveLabels: z.array(
      z.object({
        ...{ service, label: z.string(), sensitivity: z.string(), metrics: z.array(z.string()) },
        seriesCount: z.number(),
      }),
    ),
  }),
  alertHygiene: z.object({
    fired: z.number(),
    busiestMinute: firedIn.nullable(),
    storms: z.array(firedIn),
    alerts: z.array(z.object({ name: z.string(), service, fired: z.number() })),
    flapping: z.array(
      z.object({ name: z.string(), service, hour: z.string(), fired: z.number(), cleared: z.number() }),
    ),
    unattended: z.array(
      z.object({
        ...{ incident: z.string(), title: z.string(), service, severity: z.string() },
        ...{ isOpen: z.boolean(), wasTakenOn: z.boolean(), waitedSeconds: z.number() },
      }),
    ),
    ofOneCause: z.array(
      z.object({
        ...{ service, incidents: z.array(z.string()), alerts: z.array(z.string()), surplus: z.number() },
      }),
    ),
    tightThresholds: z.array(
      z.object({
        ...{ name: z.string(), service, metric: z.string(), threshold: z.number(), slo: z.string() },
      }),
    ),
  }),
});
type Answer = z.output<typeof shape>;

const instant = z.custom<Instant>((value) => typeof value === 'number');
const options = z.looseObject({
  service: z.string().optional(),
  at: instant.optional(),
  json: z.boolean().optional(),
});

/** A heading with its table, or with what stands for none. */
function section(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0
    ? `${title}: none\n`
    : `${title}: ${rows.length}\n${formatTable({ columns, rows })}`;
}

function printQuality({ dataQuality: found }: Answer): string {
  const { metricCount, seriesCount, stalled, gaps, duplicated, sensitiveLabels } = found;
  const lasted = (from: string, until: string | null): string => {
    const [begin, end] = [parseInstant(from), until === null ? undefined : parseInstant(until)];
    return begin === undefined || end === undefined ? 'still' : printSeconds((end - begin) / 1_000);
  };
  return [
    `${metricCount} metrics in ${seriesCount} series spoke within the day.\n`,
    section(
      'Fell silent',
      ['service', 'metric', 'last sample', 'silent for'],
      stalled.map((one) => [one.service ?? '', one.metric, one.lastAt, printSeconds(one.silentSeconds)]),
    ),
    section(
      'Gaps',
      ['service', 'metric', 'from', 'until', 'lasted'],
      gaps.map(({ service: of, metric, from, until }) => [
        ...[of ?? '', metric, from],
        ...[until ?? '', lasted(from, until)],
      ]),
    ),
    section(
      'Sent twice',
      ['service', 'by', 'metrics', 'surplus series'],
      duplicated.map((one) => [
        ...[one.service ?? '', one.told],
        ...[one.metrics.join(', '), String(one.surplusSeries)],
      ]),
    ),
    section(
      'Labels to take away',
      ['service', 'label', 'looks like', 'series'],
      sensitiveLabels.map((one) => [one.service ?? '', one.label, one.sensitivity, String(one.seriesCount)]),
    ),
  ].join('\n');
}

function printAlerts({ alertHygiene: found }: Answer): string {
  const { fired, busiestMinute, storms, flapping, unattended, ofOneCause, tightThresholds } = found;
  const busiest =
    busiestMinute === null ? '' : `, at most ${busiestMinute.fired} in a minute (${busiestMinute.from})`;
  return [
    `${fired} alerts fired within the day${busiest}; over 10 in ${storms.length} minutes.\n`,
    section(
      'Loudest alerts',
      ['alert', 'service', 'fired'],
      found.alerts.slice(0, 10).map((one) => [one.name, one.service ?? '', String(one.fired)]),
    ),
    section(
      'Flapping',
      ['alert', 'service', 'worst hour', 'fired'],
      flapping.map((one) => [one.name, one.service ?? '', one.hour, String(one.fired)]),
    ),
    section(
      'Nobody took on for over 30 minutes',
      ['incident', 'severity', 'waited', 'title'],
      unattended.map((one) => [one.incident, one.severity, printSeconds(one.waitedSeconds), one.title]),
    ),
    section(
      'Several alerts of one cause',
      ['service', 'alerts', 'incidents'],
      ofOneCause.map((one) => [one.service ?? '', one.alerts.join(', '), String(one.incidents.length)]),
    ),
    section(
      'Thresholds that are the target of an objective',
      ['alert', 'service', 'threshold', 'objective'],
      tightThresholds.map((one) => [one.name, one.service ?? '', String(one.threshold), one.slo]),
    ),
  ].join('\n');
}

async function run(self: Command, outside: Outside): Promise<void> {
  const { service: of, at, json } = options.parse(self.opts());
  const variables = {
    at: formatInstant(at ?? instantOf(Date.now())),
    ...(of === undefined ? {} : { service: of }),
  };
  const answer = await clientOf(self, outside).graphql(QUERY, variables, shape);
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
    .option('--json', 'print JSON')
    .addOption(urlOption(outside))
    .addHelpText(
      'after',
      `
Examples:
  genchi hygiene
  genchi hygiene --service checkout
  genchi hygiene --at 2026-01-02T03:04:05Z --json
${EXIT_HELP}`,
    )
    .action((_, self: Command) => run(self, outside));
}
