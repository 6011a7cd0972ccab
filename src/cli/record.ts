import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { allFields, eventKinds, isEventKind, type KindSpec, kinds } from '../model/index.js';
import { collectPair, parseTime } from './arguments.js';
import { clientOf, urlOption } from './client.js';
import { EventSender } from './event-sender.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { recordLines } from './record-lines.js';

const pairs = z.record(z.string(), z.string()).optional();
const optionsShape = z.looseObject({
  service: z.string().optional(),
  time: z.number().optional(),
  id: z.string().optional(),
  field: pairs,
  set: pairs,
  label: pairs,
});
type RecordOptions = z.output<typeof optionsShape>;

/** Kinds that doors take: a sample of a metric, and every event that Genchi does not make itself. */
function isKind(text: string): boolean {
  if (text === 'metric') return true;
  const spec: KindSpec | undefined = isEventKind(text) ? kinds[text] : undefined;
  return spec !== undefined && spec.internal !== true;
}

const fieldTypes = allFields();

/** A value from the command line as JSON: a number or a boolean where the field of that name is one. */
export function jsonOf(name: string, text: string): string | number | boolean {
  const type = name === 'value' ? 'number' : fieldTypes.get(name);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const numeric = type === 'number' || type === 'integer';
  return numeric && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The event that flags describe, as the events door takes it. */
export function eventOf(kind: string, options: RecordOptions): Readonly<Record<string, unknown>> {
  const fields = Object.entries({ ...options.field, ...options.set });
  return {
    kind,
    ...(options.id === undefined ? {} : { id: options.id }),
    ...(options.time === undefined ? {} : { time: new Date(options.time).toISOString() }),
    ...(options.service === undefined ? {} : { service: options.service }),
    ...Object.fromEntries(fields.map(([name, text]) => [name, jsonOf(name, text)])),
    ...(options.label === undefined ? {} : { labels: options.label }),
  };
}

const kindList = ['metric', ...eventKinds.filter(isKind)].join(', ');

async function open(what: string, outside: Outside): Promise<NodeJS.ReadableStream> {
  if (what === '-') return outside.input;
  try {
    await access(what);
  } catch (cause) {
    throw new CliError('bad-usage', `${what} is neither a kind of event nor a file; kinds: ${kindList}`, {
      cause,
    });
  }
  return createReadStream(what);
}

async function record(what: string, self: Command, outside: Outside): Promise<void> {
  const options = optionsShape.parse(self.opts());
  const sender = new EventSender(clientOf(self, outside));
  if (isKind(what)) {
    const outcome = await sender.send([{ line: 1, text: JSON.stringify(eventOf(what, options)) }]);
    const [refused] = outcome.refused;
    if (refused !== undefined) throw new CliError('server-refused', refused.why);
    outside.out.write(outcome.repeated > 0 ? 'recorded before\n' : 'recorded\n');
    return;
  }
  const flags = [options.service, options.time, options.id, options.field, options.set, options.label];
  if (flags.some((given) => given !== undefined)) {
    throw new CliError(
      'bad-usage',
      `${what} is not a kind of event, so flags cannot describe one; kinds: ${kindList}`,
    );
  }
  await recordLines(await open(what, outside), sender, outside);
}

/** `genchi record`: records one event from flags, or many from lines of JSON. */
export function recordCommand(outside: Outside): Command {
  return new Command('record')
    .description('record one event described by flags, or many from lines of JSON (NDJSON)')
    .argument('<KIND|FILE|->', 'a kind of event, or a file of lines; - is standard input')
    .option('--service <NAME>', 'the service it is about')
    .option('--time <TIME>', 'when it happened, RFC 3339 (default: when the server gets it)', parseTime)
    .option('--id <ID>', 'an id of your own, which makes sending it twice harmless')
    .option('--field <NAME=VALUE>', 'a field of the event; may be repeated', collectPair)
    .option('--set <NAME=VALUE>', 'the same as --field', collectPair)
    .option('--label <NAME=VALUE>', 'a label; may be repeated', collectPair)
    .addOption(urlOption(outside))
    .addHelpText(
      'after',
      `
Kinds: ${kindList}

Examples:
  genchi record failure --service checkout --set component=db --set reason=timeout
  genchi record deployment --service checkout --set version=1.4.2 --set commit=8c1f2ab
  genchi record metric --service checkout --set metric=queue_depth --set value=17
  genchi record events.ndjson
  jq -c '.events[]' export.json | genchi record -
${EXIT_HELP}`,
    )
    .action((what: string, _, self: Command) => record(what, self, outside));
}
