/**
 * The entry of a committed batch in the log, as text. Its lines are
 *
 *     genchi-batch/1
 *     NUMBER
 *     COMMITTED-AT             RFC 3339 in UTC, with milliseconds
 *     log-begins-after NUMBER  in the first entry of a log that began on a folder with batches
 *     KIND DAY COUNT HASH      for each part, by kind and day
 *
 * KIND is a kind of events, `sample` or `series`; DAY the day in UTC that its receipts happened on, `-` for series; COUNT
 * how many there are; HASH their hash in hexadecimal digits. More parts than fit into an entry stand behind one line
 * `parts - COUNT HASH`, whose hash is the root of the tree over their lines.
 */
import { DAY_MS, formatInstant, type Instant, instantOf, parseInstant } from '../../model/index.js';
import { LogError } from './errors.js';
import { HASH_BYTES, leafHash } from './hash.js';
import { treeHead } from './tree.js';

const VERSION = 'genchi-batch/1';
/** So many lines are well below the 65,535 bytes that an entry may have in a bundle of C2SP's tlog-tiles. */
const MOST_PARTS = 400;

/** Receipts of one batch and kind that happened on one day. */
export interface LogPart {
  /** A kind of events, `sample` or `series`. */
  readonly kind: string;
  /** Days since 1970-01-01 in UTC; undefined for series. */
  readonly day: number | undefined;
  readonly count: number;
  readonly hash: Uint8Array;
}

/** A committed batch as the log has it. */
export interface LogBatch {
  readonly number: number;
  readonly committedAt: Instant;
  /** Of the first entry: how many batches were committed before there was a log. */
  readonly before: number | undefined;
  readonly parts: readonly LogPart[];
}

/** The day of a part as its line has it. */
export function dayText(day: number | undefined): string {
  return day === undefined ? '-' : formatInstant(instantOf(day * DAY_MS)).slice(0, 10);
}

/** The line of a part. */
export function lineOf({ kind, day, count, hash }: LogPart): string {
  return `${kind} ${dayText(day)} ${count} ${Buffer.from(hash).toString('hex')}`;
}

/** The order of parts in an entry: by kind, then by day. */
export function comparePart(one: LogPart, other: LogPart): number {
  if (one.kind !== other.kind) return one.kind < other.kind ? -1 : 1;
  return (one.day ?? -1) - (other.day ?? -1);
}

/** The lines of the parts, in their order. */
export function linesOf(parts: readonly LogPart[]): readonly string[] {
  return [...parts].sort(comparePart).map(lineOf);
}

/** The hash of a part's line in the tree over lines. */
export const lineHash = (line: string): Uint8Array => leafHash(Buffer.from(line));

/** Whether an entry has one line for all of so many parts. */
export const isFolded = (parts: readonly LogPart[]): boolean => parts.length > MOST_PARTS;

/** The entry of a batch. */
export function entryOf({ number, committedAt, before, parts }: LogBatch): string {
  const lines = linesOf(parts);
  const folded: LogPart = {
    ...{ kind: 'parts', day: undefined, count: lines.length },
    hash: isFolded(parts) ? treeHead(lines.map(lineHash)) : new Uint8Array(HASH_BYTES),
  };
  return [
    VERSION,
    String(number),
    formatInstant(committedAt),
    ...(before === undefined ? [] : [`log-begins-after ${before}`]),
    ...(isFolded(parts) ? [lineOf(folded)] : lines),
    '',
  ].join('\n');
}

/** The hash of a batch's entry as a leaf of the log. */
export const hashOfBatch = (batch: LogBatch): Uint8Array => leafHash(Buffer.from(entryOf(batch)));

/** Reads the line of a part; undefined when it is none. */
export function parseLine(line: string): LogPart | undefined {
  const match = /^([a-z_]{1,40}) (-|\d{4}-\d{2}-\d{2}) (\d{1,10}) ([0-9a-f]{64})$/.exec(line);
  const [, kind = '', day = '', count, hash = ''] = match ?? [];
  if (match === null) return undefined;
  const midnight = day === '-' ? undefined : parseInstant(`${day}T00:00:00Z`);
  if (day !== '-' && midnight === undefined) return undefined;
  return {
    kind,
    day: midnight === undefined ? undefined : midnight / DAY_MS,
    count: Number(count),
    hash: Buffer.from(hash, 'hex'),
  };
}

/** What an entry says of its batch; its parts as they stand in it. Fails with `bad-proof` on what is no entry. */
export function parseEntry(text: string): LogBatch {
  const [version, number = '', time = '', ...rest] = text.split('\n');
  const committedAt = parseInstant(time);
  const begins = /^log-begins-after (\d{1,10})$/.exec(rest[0] ?? '');
  const lines = rest.slice(begins === null ? 0 : 1);
  const parts = lines.slice(0, -1).flatMap((line) => parseLine(line) ?? []);
  const isWhole = lines.at(-1) === '' && parts.length === lines.length - 1 && /^\d{1,10}$/.test(number);
  if (version !== VERSION || committedAt === undefined || !isWhole) {
    throw new LogError('bad-proof', `The entry is none of the form ${VERSION}.`);
  }
  const before = begins === null ? undefined : Number(begins[1]);
  return { number: Number(number), committedAt, before, parts };
}
