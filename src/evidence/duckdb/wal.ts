/**
 * Looks through the write-ahead log of the store before the engine does. The engine compares the checksum of each entry,
 * and takes an entry that goes beyond the end of the file for one that a crash cut short: all after it is dropped, also
 * when what is wrong is the length that the entry gives, and whole commits stand behind it.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EvidenceError } from '../errors.js';
import { recoveryOf } from './engine-failure.js';

/** The first entry, which has no checksum: the version of the format, as the engine that is built in writes it. */
const HEADER = Buffer.from('640062650002ffff', 'hex');
/** Each other entry: its length and its checksum, 8 bytes each, then the entry, which is an object of the engine. */
const FRAME_BYTES = 16;
const BEGIN = Buffer.from('6400', 'hex');
const END = Buffer.from('ffff', 'hex');

/** The end of the entry at a place; undefined when none is there, or not all of it. */
function endOf(log: Buffer, at: number): number | undefined {
  if (at + FRAME_BYTES > log.length) return undefined;
  const length = log.readBigUInt64LE(at);
  const end = at + FRAME_BYTES + Number(length);
  return length >= BigInt(BEGIN.length + END.length) && end <= log.length ? end : undefined;
}

function isEntry(log: Buffer, at: number, end: number): boolean {
  return (
    log.subarray(at + FRAME_BYTES, at + FRAME_BYTES + BEGIN.length).equals(BEGIN) &&
    log.subarray(end - END.length, end).equals(END)
  );
}

/** Whether whole entries stand one after the other from a place up to the end, or up to one that was cut short. */
function goesOn(log: Buffer, at: number): boolean {
  let count = 0;
  for (let place = at; ; count++) {
    const end = endOf(log, place);
    if (end === undefined) return count >= 2 || (count === 1 && place === log.length);
    if (!isEntry(log, place, end)) return false;
    place = end;
  }
}

/**
 * Where a write-ahead log is damaged, as a place in bytes; undefined when it is whole, or cut short as a crash leaves it.
 * What the checksums tell is left to the engine.
 */
export function damageOf(log: Buffer): number | undefined {
  if (log.length < HEADER.length) return undefined;
  if (!log.subarray(0, HEADER.length).equals(HEADER)) return 0;
  let at = HEADER.length;
  for (let end = endOf(log, at); end !== undefined; end = endOf(log, at)) at = end;
  for (let place = at + 1; place + FRAME_BYTES < log.length; place++) {
    // An entry begins so; looking for that first makes the search quick.
    place = log.indexOf(BEGIN, place + FRAME_BYTES) - FRAME_BYTES;
    if (place <= at) return undefined;
    if (goesOn(log, place)) return at;
  }
  return undefined;
}

/** The same of a file; undefined when there is none. */
export async function damageOfFile(path: string): Promise<number | undefined> {
  const log = await readFile(path).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  return log === undefined ? undefined : damageOf(log);
}

/** Refuses a write-ahead log with whole commits behind a damaged place, with `store-damaged`. */
export async function checkWriteAheadLog(path: string): Promise<void> {
  const at = await damageOfFile(path);
  if (at === undefined) return;
  throw new EvidenceError(
    'store-damaged',
    `The store is damaged: its write-ahead log ${path} cannot be read from byte ${at} on, and what was committed ` +
      `after that would be lost. ${recoveryOf(dirname(path))}`,
  );
}
