import { Command } from 'commander';
import {
  loadSignals,
  type MatchedSeries,
  matchSignals,
  readSignalFile,
  type SignalFault,
} from '../analysis/index.js';
import { folderSettings, withDataFolder } from './data-folder.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { addSettings } from './settings-options.js';
import { formatTable, printable } from './table.js';

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const lineOf = ({ file, line, message }: SignalFault): string =>
  `${printable(`${file}:${line}: ${message}`)}\n`;

/** What matched, by source, role and metric. */
function summaryOf(matched: readonly MatchedSeries[]) {
  const groups = new Map<
    string,
    { source: string; tells: string; metric: string; series: number; services: Set<string> }
  >();
  for (const { source = 'by its name', series, signal } of matched) {
    const tells = signal.role === 'figure' ? signal.figure : signal.role;
    const key = JSON.stringify([source, tells, series.metric]);
    const group = groups.get(key) ?? { source, tells, metric: series.metric, series: 0, services: new Set() };
    group.series++;
    if (signal.service !== undefined) group.services.add(signal.service);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ services, ...group }) => ({ ...group, services: [...services].sort() }));
}

/** So many services are named in a row. */
const MOST_NAMED = 4;

function named(services: readonly string[]): string {
  const more = services.length - MOST_NAMED;
  return [...services.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join(' ');
}

async function list(self: Command, outside: Outside): Promise<void> {
  await withDataFolder(self, outside, undefined, async ({ store, config }) => {
    const { sources, faults } = await loadSignals(config.signals || undefined);
    const found = summaryOf(matchSignals(store, sources));
    const silent = sources
      .map(({ name }) => name)
      .filter((name) => !found.some(({ source }) => source === name));
    for (const fault of faults) outside.err.write(lineOf(fault));
    if (self.getOptionValue('json') === true) {
      outside.out.write(json({ matched: found, withoutSeries: silent, faults }));
      return;
    }
    const rows = found.map(({ source, tells, metric, series, services }) => [
      ...[source, tells, metric, String(series), String(services.length), named(services)],
    ]);
    outside.out.write(
      formatTable({ columns: ['source', 'tells', 'metric', 'series', 'services', ''], rows }),
    );
    outside.out.write(`no series: ${silent.join(', ') || 'none'}\n`);
  });
}

async function check(file: string, self: Command, outside: Outside): Promise<void> {
  const { sources, faults } = await readSignalFile(file).catch((cause: unknown) => {
    throw new CliError('bad-file', `${file} cannot be read`, { cause });
  });
  if (self.getOptionValue('json') === true) {
    outside.out.write(json({ sources: sources.map(({ name }) => name), faults }));
  } else {
    for (const fault of faults) outside.err.write(lineOf(fault));
    outside.out.write(`${sources.length} sources are sound, ${faults.length} faults\n`);
  }
  if (faults.length > 0) throw new CliError('bad-file', `${file} has ${faults.length} faults`);
}

/** `genchi signals`: what metrics tell of the pillars. */
export function signalsCommand(outside: Outside): Command {
  const command = new Command('signals')
    .description('list which series of a data folder tell what of the pillars, while no server runs on it')
    .option('--json', 'write JSON')
    .addHelpText(
      'after',
      `
Sources are read from signals.yaml, which comes with Genchi, and from the file that --signals names.

Examples:
  genchi signals --data ./genchi-data
  genchi signals --signals ours.yaml --json
  genchi signals check ours.yaml
${EXIT_HELP}`,
    )
    .addCommand(
      new Command('check')
        .description('check a file of signals: every fault is told with its line')
        .argument('<FILE>', 'the file')
        .option('--json', 'write JSON')
        .addHelpText('after', `\nExamples:\n  genchi signals check ours.yaml\n${EXIT_HELP}`)
        .action((file: string, _, self: Command) => check(file, self, outside)),
    );
  return addSettings(command, [...folderSettings, 'signals']).action((_, self: Command) =>
    list(self, outside),
  );
}
