import { Command } from 'commander';
import { z } from 'zod';
import {
  checkMinutes,
  type Difference,
  loadSignals,
  type Measured,
  measuredKinds,
  measureSteps,
  metricNames,
  readLost,
  Signals,
} from '../analysis/index.js';
import {
  formatInstant,
  HOUR_MS,
  type Instant,
  instantOf,
  MINUTE_MS,
  shift,
  type Window,
} from '../model/index.js';
import { parseTime } from './arguments.js';
import { type DataFolder, folderSettings, withDataFolder } from './data-folder.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { Progress } from './progress.js';
import { addSettings } from './settings-options.js';
import { untilStopped } from './stopping.js';
import { formatTable } from './table.js';

const instant = z.custom<Instant>((value) => typeof value === 'number');
const optionsShape = z.looseObject({
  from: instant.optional(),
  to: instant.optional(),
  service: z.string().optional(),
  json: z.boolean().default(false),
  progress: z.boolean().optional(),
});
type Options = z.output<typeof optionsShape>;

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
const minuteOf = (at: number): Instant => instantOf(Math.floor(at / MINUTE_MS) * MINUTE_MS);

/** Whole minutes from the first evidence, or what is asked for, to the last. */
async function windowOf({ store }: DataFolder, { from, to }: Options): Promise<Window> {
  const { firstAt, lastAt } = await store.totals();
  if (firstAt === undefined || lastAt === undefined)
    throw new CliError('bad-usage', 'there is no evidence yet');
  const window = { from: minuteOf(from ?? firstAt), to: minuteOf(to ?? shift(lastAt, MINUTE_MS)) };
  if (window.from < window.to) return window;
  throw new CliError(
    'bad-usage',
    `--to: expected a time at least a minute after ${formatInstant(window.from)}`,
  );
}

const signalsOf = async ({ store, config }: DataFolder) =>
  new Signals(store, (await loadSignals(config.signals || undefined)).sources).current();

/** Says on standard error which evidence of a window is lost, so that minutes without it are not taken for quiet ones. */
async function tellLost({ store }: DataFolder, window: Window, outside: Outside): Promise<void> {
  for (const { sentence } of await readLost(store, window, measuredKinds)) {
    outside.err.write(`note: ${sentence}\n`);
  }
}

function toldDifference({ metric, service, at, kept, computed }: Difference): string {
  const value = (figure: number | undefined): string => (figure === undefined ? 'nothing' : String(figure));
  const where = service === undefined ? 'the whole system' : service;
  return `${metric} of ${where} at ${formatInstant(at)}: ${value(kept)} is kept, ${value(computed)} comes out of the log`;
}

async function check(self: Command, outside: Outside): Promise<void> {
  const options = optionsShape.parse(self.opts());
  const progress = new Progress(outside.err, options.progress);
  const work = (signal: AbortSignal) =>
    withDataFolder(self, outside, undefined, async (folder) => {
      const window = await windowOf(folder, options);
      await tellLost(folder, window, outside);
      const request = {
        store: folder.store,
        window,
        signals: await signalsOf(folder),
        ...(options.service === undefined ? {} : { service: options.service }),
        onProgress: (until: Instant, receipts: number) =>
          progress.tell({ what: `checked up to ${formatInstant(until)}`, receipts }),
      };
      return await checkMinutes(request, signal);
    });
  const found = await untilStopped(outside, work, 'stopped before all was checked').finally(() =>
    progress.end(),
  );
  const { minutes, samples, differences, first } = found;
  if (options.json) outside.out.write(json(found));
  else outside.out.write(`${minutes} minutes, ${samples} samples, ${differences} differences\n`);
  if (first !== undefined) throw new CliError('bad-file', `the first difference: ${toldDifference(first)}`);
}

function rowsOf(measured: readonly Measured[]): readonly (readonly string[])[] {
  return measured.flatMap(({ at, service, readings }) =>
    metricNames.flatMap((metric) => {
      const value = readings.get(metric);
      return value === undefined ? [] : [[formatInstant(at), service ?? '', metric, String(value)]];
    }),
  );
}

async function recompute(self: Command, outside: Outside): Promise<void> {
  const options = optionsShape.parse(self.opts());
  const work = () =>
    withDataFolder(self, outside, undefined, async (folder) => {
      const window = await windowOf(folder, options);
      await tellLost(folder, window, outside);
      const services = options.service === undefined ? {} : { services: [options.service] };
      const signals = await signalsOf(folder);
      for (let from = window.from; from < window.to; from = shift(from, HOUR_MS)) {
        const part = { from, to: instantOf(Math.min(window.to, from + HOUR_MS)) };
        const query = { window: part, stepMs: MINUTE_MS, signals, ...services };
        const measured = await measureSteps(folder.store, query);
        const lines = measured.map(({ readings, at, ...rest }) =>
          JSON.stringify({ at: formatInstant(at), ...rest, readings: Object.fromEntries(readings) }),
        );
        if (options.json) outside.out.write(lines.map((line) => `${line}\n`).join(''));
        else if (measured.length > 0) {
          outside.out.write(
            formatTable({ columns: ['minute to', 'service', 'metric', 'value'], rows: rowsOf(measured) }),
          );
        }
      }
    });
  await untilStopped(outside, work, 'stopped: the output ends early');
}

function bounded(
  command: Command,
  outside: Outside,
  run: (self: Command, outside: Outside) => Promise<void>,
): Command {
  command
    .option(
      '--from <TIME>',
      'from the minute that begins at this time on, RFC 3339 (default: the first evidence)',
      parseTime,
    )
    .option(
      '--to <TIME>',
      'up to the minute that ends at this time, RFC 3339 (default: the last evidence)',
      parseTime,
    )
    .option('--service <NAME>', 'only this service (default: all, and the whole system)')
    .option('--json', 'write JSON')
    .option('--progress', 'tell progress also where standard error is no terminal')
    .option('--no-progress', 'tell no progress');
  return addSettings(command, [...folderSettings, 'signals']).action((_, self: Command) =>
    run(self, outside),
  );
}

/** `genchi pillars`: the kept minutes of the pillars against the log. */
export function pillarsCommand(outside: Outside): Command {
  const checked = new Command('check').description(
    'compute kept minutes again from what counted when each was closed, and tell the first difference',
  );
  const recomputed = new Command('recompute').description(
    'print what the log gives for each minute now, with receipts that came late; nothing is recorded',
  );
  checked.addHelpText(
    'after',
    `
Figures of events come out the same whatever came in late. Samples carry no time of arrival: a minute read from
metrics differs when some of its samples came after it was closed.

Examples:
  genchi pillars check --data ./genchi-data
  genchi pillars check --from 2026-01-05T10:00:00Z --to 2026-01-05T11:00:00Z --service checkout --json
${EXIT_HELP}`,
  );
  recomputed.addHelpText(
    'after',
    `
With --json a line for each minute and scope: at, service, readings, receipts.

Examples:
  genchi pillars recompute --service checkout --from 2026-01-05T10:00:00Z --to 2026-01-05T10:05:00Z
${EXIT_HELP}`,
  );
  return new Command('pillars')
    .description('hold the kept minutes of the pillars against the log, while no server runs on the folder')
    .addHelpText(
      'after',
      `
Examples:
  genchi pillars check
  genchi pillars recompute --service checkout --from 2026-01-05T10:00:00Z --to 2026-01-05T10:05:00Z --json
${EXIT_HELP}`,
    )
    .addCommand(bounded(checked, outside, check))
    .addCommand(bounded(recomputed, outside, recompute));
}
