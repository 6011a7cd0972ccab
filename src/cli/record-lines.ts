import { addOutcomes, type EventLine, type EventSender, type Outcome } from './event-sender.js';
import { CliError } from './exit.js';
import type { Outside } from './outside.js';

/** Events of one request: enough that requests are few, few enough that progress is seen. */
const BATCH_LINES = 500;
/** The most characters of one request, since lines may be long. */
const BATCH_CHARACTERS = 4_000_000;
/** Refused lines that are told one by one. */
const SHOWN_REFUSALS = 20;

function whyUnreadable(cause: unknown): CliError {
  const why = cause instanceof TypeError ? 'it is not UTF-8' : cause instanceof Error ? cause.message : '';
  return new CliError('bad-usage', `cannot read the lines: ${why}`, { cause });
}

/**
 * The lines of a stream of UTF-8, a byte order mark dropped. `readline` would put U+FFFD for bytes that are no UTF-8,
 * and so record another text than was given.
 */
async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for await (const chunk of input) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      const [first = '', ...others] = decoder.decode(bytes, { stream: true }).split('\n');
      rest += first;
      for (const other of others) {
        yield rest;
        rest = other;
      }
    }
    yield rest + decoder.decode();
  } catch (cause) {
    throw whyUnreadable(cause);
  }
}

/** Cuts a stream into batches of lines that are not blank. */
async function* batchesOf(input: NodeJS.ReadableStream): AsyncGenerator<readonly EventLine[]> {
  let batch: EventLine[] = [];
  let characters = 0;
  let line = 0;
  for await (const text of linesOf(input)) {
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

function summary({ recorded, repeated, refusedCount }: Outcome): string {
  return `${recorded} recorded, ${repeated} recorded before, ${refusedCount} refused`;
}

function tellRefusals({ refused, refusedCount }: Outcome, outside: Outside): void {
  for (const { line, why } of refused.slice(0, SHOWN_REFUSALS)) outside.err.write(`line ${line}: ${why}\n`);
  const more = refusedCount - Math.min(refused.length, SHOWN_REFUSALS);
  if (more > 0) outside.err.write(`… and ${more} more\n`);
}

/**
 * Records every line of a stream, with progress on a terminal; fails when some were refused. What became of the lines
 * is told however it ends, since those before a failure are recorded.
 */
export async function recordLines(
  input: NodeJS.ReadableStream,
  sender: EventSender,
  outside: Outside,
): Promise<void> {
  let outcome: Outcome = { recorded: 0, repeated: 0, refusedCount: 0, refused: [] };
  const terminal = outside.err.isTTY === true;
  try {
    for await (const batch of batchesOf(input)) {
      outcome = addOutcomes(outcome, await sender.send(batch));
      if (terminal) outside.err.write(`\r${summary(outcome)}`);
    }
  } finally {
    if (terminal) outside.err.write('\r\u001b[K');
    tellRefusals(outcome, outside);
    outside.out.write(`${summary(outcome)}\n`);
  }
  if (outcome.refusedCount > 0) {
    throw new CliError('server-refused', `${outcome.refusedCount} events were refused`);
  }
}
