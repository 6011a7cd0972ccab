import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { CliError } from './exit.js';
import type { TextOut } from './outside.js';

/** Level 6 takes twice the time for a tenth less. */
const GZIP_LEVEL = 4;

function partOf(path: string): string {
  return `${path}.part`;
}

/** Lets `write` fill what stands beside a path, and gives it the name when it is whole; else it is taken away. */
async function whole(path: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = partOf(path);
  try {
    await write(part);
    await rename(part, path);
  } catch (cause) {
    await rm(part, { recursive: true, force: true });
    throw cause;
  }
}

/** Writes a file, packed when its name ends in `.gz`; it has its name only once it is whole and on disk. */
export async function writeFileWhole(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await whole(path, async (part) => {
    const source = Readable.from(bytes, { objectMode: true, highWaterMark: 1 });
    const file = createWriteStream(part, { flush: true });
    if (path.endsWith('.gz')) await pipeline(source, createGzip({ level: GZIP_LEVEL }), file, { signal });
    else await pipeline(source, file, { signal });
  });
}

/** Makes a folder that has its name only once `fill` is done; one that holds something is refused. */
export async function writeFolderWhole(path: string, fill: (part: string) => Promise<void>): Promise<void> {
  const there = await readdir(path).catch(() => []);
  if (there.length > 0) {
    throw new CliError('bad-usage', `--output: ${path} is not empty; name a folder that is not there yet`);
  }
  await whole(path, async (part) => {
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    await fill(part);
  });
}

/** Writes to standard output no faster than its reader takes it; ends early when the reader goes away. */
export async function writeOut(
  out: TextOut,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    if (out.destroyed === true) return;
    if (out.write(decoder.decode(chunk)) !== false) continue;
    await new Promise<void>((resolve) => {
      out.once?.('drain', resolve);
      out.once?.('close', resolve);
      if (out.once === undefined) resolve();
    });
  }
}
