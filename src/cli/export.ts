import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import type { ExportRequest, TextFormat } from '../graph/index.js';
import { type EventKind, eventKinds, type Instant, isEventKind, shift } from '../model/index.js';
import { parseTime } from './arguments.js';
import { type CarriedFormat, carriedFormats, formatOfName } from './carried-formats.js';
import { type DataFolder, folderSettings, withDataFolder } from './data-folder.js';
import { CliError, EXIT_HELP } from './exit.js';
import { writeFileWhole, writeFolderWhole, writeOut } from './export-output.js';
import type { Outside } from './outside.js';
import { bytesText, countText, Progress } from './progress.js';
import { addSettings } from './settings-options.js';
import { untilStopped } from './stopping.js';

const SAMPLE = 'sample';
const instant = z.custom<Instant>((value) => typeof value === 'number');
const optionsShape = z.looseObject({
  format: z.enum(carriedFormats).optional(),
  kinds: z.array(z.string()).optional(),
  since: instant.optional(),
  until: instant.optional(),
  output: z.string(),
  knowledge: z.boolean(),
  progress: z.boolean().optional(),
});
type ExportOptions = z.output<typeof optionsShape>;

function parseKinds(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => name !== SAMPLE && !isEventKind(name));
  if (unknown === undefined) return names;
  throw new InvalidArgumentError(`expected some of ${[SAMPLE, ...eventKinds].join(', ')}; got ${unknown}`);
}

function requestOf({ store, iris, config }: DataFolder, options: ExportOptions): ExportRequest {
  const { kinds, since, until, knowledge } = options;
  const ofEvents = kinds?.filter((name): name is EventKind => isEventKind(name));
  return {
    ...{ store, iris, knowledge },
    ...(config.queries === '' ? {} : { packFolder: config.queries }),
    ...(config.runbooks === '' ? {} : { runbookFolder: config.runbooks }),
    samples: kinds?.includes(SAMPLE) ?? true,
    ...(ofEvents === undefined ? {} : { kinds: ofEvents }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until: shift(until, -1) }),
  };
}

/** What an export came to. */
interface Written {
  readonly receipts: number;
  readonly bytes: number;
}

async function exportText(
  request: ExportRequest,
  format: TextFormat,
  { output }: ExportOptions,
  { progress, signal, outside }: { progress: Progress; signal: AbortSignal; outside: Outside },
): Promise<Written> {
  const { exportGraph } = await import('../graph/index.js');
  const { receipts: total, pieces } = await exportGraph(request, format);
  let [receipts, written] = [0, 0];
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces()) {
      if (piece.bytes.byteLength > 0) yield piece.bytes;
      receipts += piece.receipts;
      written += piece.bytes.byteLength;
      progress.tell({ what: 'exporting', receipts, total, bytes: written });
    }
  }
  if (output === '-') await writeOut(outside.out, bytes(), signal);
  else await writeFileWhole(output, bytes(), signal);
  return { receipts, bytes: written };
}

async function exportColumns(
  request: ExportRequest,
  output: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Written> {
  if (output === '-') throw new CliError('bad-usage', '--output: Parquet needs a folder to be written to');
  const { exportParquet } = await import('../graph/index.js');
  let written: Written = { receipts: 0, bytes: 0 };
  await writeFolderWhole(output, async (part) => {
    written = await exportParquet(
      request,
      part,
      (reached) => progress.tell({ what: 'exporting', ...reached }),
      signal,
    );
  });
  return written;
}

async function run(self: Command, outside: Outside): Promise<void> {
  const options = optionsShape.parse(self.opts());
  const format: CarriedFormat = options.format ?? formatOfName(options.output) ?? 'nquads';
  const progress = new Progress(outside.err, options.progress);
  const written = await untilStopped(
    outside,
    (signal) =>
      withDataFolder(self, outside, undefined, async (folder) => {
        const request = requestOf(folder, options);
        return format === 'parquet'
          ? await exportColumns(request, options.output, progress, signal)
          : await exportText(request, format, options, { progress, signal, outside });
      }),
    `stopped: ${options.output === '-' ? 'the output ends early' : `${options.output} was not written`}`,
  ).finally(() => progress.end());
  const summary = `${countText(written.receipts)} receipts, ${bytesText(written.bytes)} of ${format}, ${progress.seconds.toFixed(1)} s\n`;
  (options.output === '-' ? outside.err : outside.out).write(summary);
}

/** `genchi export`: writes the evidence of a data folder as RDF or as Parquet. */
export function exportCommand(outside: Outside): Command {
  const command = new Command('export')
    .description('write the evidence of a data folder, while no server runs on it, as RDF or Parquet')
    .addOption(
      new Option(
        '--format <FORMAT>',
        'how to write it (default: by the name of the output, else nquads)',
      ).choices(carriedFormats),
    )
    .option('--output <FILE|DIR|->', 'where to; a name that ends in .gz is packed, - is standard output', '-')
    .option('--kinds <KINDS>', 'only these kinds, with commas between them (default: all)', parseKinds)
    .option('--since <TIME>', 'only what happened from this time on, RFC 3339', parseTime)
    .option('--until <TIME>', 'only what happened before this time, RFC 3339', parseTime)
    .option(
      '--no-knowledge',
      'leave out what follows from receipts: services, dependencies, incidents, the ontology',
    )
    .option('--progress', 'tell progress also where standard error is no terminal')
    .option('--no-progress', 'tell no progress')
    .addHelpText(
      'after',
      `
Kinds: ${[SAMPLE, ...eventKinds].join(', ')}

RDF holds every receipt and, unless bounds leave them out, what follows from receipts; all of it in the default
graph, as queries see it. Knowledge is written whole, whatever the bounds say.
Parquet is a folder of event.parquet, sample.parquet (by series and time) and series.parquet, packed with zstd:
  sample  series, metric, service, at (UTC), value (null and stale = true for staleness markers), stale
  series  series, metric, service, component, labels (map of text to text)
  event   kind, id, at, receivedAt, door, service, labels, and a column for every field of every kind
\`genchi import\` takes all of them back without loss. A file has its name only once it is whole.

Examples:
  genchi export --output evidence.nq.gz
  genchi export --kinds deployment,alert_fired --since 2026-01-02T03:00:00Z --format trig
  genchi export --format parquet --output evidence/ && duckdb -c "FROM 'evidence/sample.parquet' LIMIT 10"
${EXIT_HELP}`,
    );
  return addSettings(command, [...folderSettings, 'queries', 'runbooks']).action((_, self: Command) =>
    run(self, outside),
  );
}
