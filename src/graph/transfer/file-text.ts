import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TransferError } from './errors.js';

/** No line that an export writes comes near this many characters. */
const MAX_LINE_CHARACTERS = 64 * 1024 * 1024;
const READ_BYTES = 256 * 1024;

function unreadable(path: string, cause: unknown): TransferError {
  const why = cause instanceof TypeError ? 'it is not UTF-8' : cause instanceof Error ? cause.message : '';
  return new TransferError(`${path}: cannot be read: ${why}`, { cause });
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

async function bytesOf(path: string): Promise<Readable> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  if (!(await isGzip(path))) return file;
  // The error of either stream comes out of the iteration over the last one.
  return pipeline(file, createGunzip({ chunkSize: READ_BYTES }), () => undefined);
}

/** The text of a file in pieces, unpacked where it is gzip; fails with `bad-file` on bytes that are no UTF-8. */
export async function* textOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of await bytesOf(path)) {
      const text = decoder.decode(chunk, { stream: true });
      if (text !== '') yield text;
    }
    decoder.decode();
  } catch (cause) {
    throw cause instanceof TransferError ? cause : unreadable(path, cause);
  }
}

/** The lines of a file, some thousand at a time; only a line feed ends one. */
export async function* linesOf(path: string): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const text of textOf(path)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_CHARACTERS) {
      throw new TransferError(`${path}: a line has more than ${MAX_LINE_CHARACTERS} characters`);
    }
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}
