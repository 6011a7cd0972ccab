import { createInterface } from 'node:readline';
import { addOutcomes, type EventLine, type EventSender, type Outcome } from './event-sender.js';
import { CliError } from './exit.js';
import type { Outside } from './outside.js';

/** Events of one request: enough that requests are few, few enough that progress is seen. */
const BATCH_LINES = 500;
/** The most characters of one request, since lines may be long. */
const BATCH_CHARACTERS = 4_000_000;
/** Refused lines that are told one by one. */
const SHOWN_REFUSALS = 20;

/** Cuts a stream into batches of lines that are not blank. */
async function* batchesOf(input: NodeJS.ReadableStream): AsyncGenerator<readonly EventLine[]> {
  let batch: EventLine[] = [];
  let characters = 0;
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() === '') continue;
    batch.push({ line, text });
    characters += text.length;
    if (batch.length < BATCH_LINES && characters < BATCH_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

function summary({ recorded, repeated, refused }: Outcome): string {
  return `${recorded} recorded, ${repeated} recorded before, ${refused.length} refused`;
}

function tellRefusals({ refused }: Outcome, outside: Outside): void {
  for (const { line, why } of refused.slice(0, SHOWN_REFUSALS)) outside.err.write(`line ${line}: ${why}\n`);
  const more = refused.length - SHOWN_REFUSALS;
  if (more > 0) outside.err.write(`… and ${more} more\n`);
}

/** Records every line of a stream, with progress on a terminal; fails when some were refused. */
export async function recordLines(
  input: NodeJS.ReadableStream,
  sender: EventSender,
  outside: Outside,
): Promise<void> {
  let outcome: Outcome = { recorded: 0, repeated: 0, refused: [] };
  const terminal = outside.err.isTTY === true;
  for await (const batch of batchesOf(input)) {
    outcome = addOutcomes(outcome, await sender.send(batch));
    if (terminal) outside.err.write(`\r${summary(outcome)}`);
  }
  if (terminal) outside.err.write('\r\u001b[K');
  tellRefusals(outcome, outside);
  outside.out.write(`${summary(outcome)}\n`);
  if (outcome.refused.length > 0) {
    throw new CliError('server-refused', `${outcome.refused.length} events were refused`);
  }
}
