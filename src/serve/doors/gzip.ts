import { createGunzip } from 'node:zlib';
import { IngestError } from '../../ingest/index.js';
import { GenchiError } from '../../model/index.js';

/** How much is decompressed between two looks at the bounds, in bytes. */
const CHUNK_BYTES = 65_536;

/** Bounds of a decompression. */
export interface GrowthBounds {
  /** The most bytes of one body after decompression. */
  readonly mostBytes: number;
  /** Told of every further piece before the next is made; throws to stop. */
  readonly grow: (bytes: number) => void;
}

/**
 * The body of a JSON door, decompressed when it came with `Content-Encoding: gzip`. What would grow beyond the
 * bounds is stopped on the way and refused.
 */
export async function plainBody(
  body: Buffer,
  encoding: string | undefined,
  bounds: GrowthBounds,
): Promise<Buffer> {
  switch ((encoding ?? 'identity').trim().toLowerCase()) {
    case '':
    case 'identity':
      if (body.length > bounds.mostBytes) throw tooLarge(bounds.mostBytes);
      return body;
    case 'gzip':
    case 'x-gzip':
      return decompress(body, bounds);
    default:
      throw new IngestError('unsupported-media-type', 'Expected Content-Encoding gzip, or none.');
  }
}

function tooLarge(mostBytes: number): IngestError {
  return new IngestError('body-too-large', `The body is larger than ${mostBytes} bytes when decompressed.`);
}

/**
 * Decompresses piece by piece: a few kilobytes can stand for a thousand times as many, and what many requests
 * become at once has to be counted while they grow.
 */
async function decompress(body: Buffer, { mostBytes, grow }: GrowthBounds): Promise<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  gunzip.end(body);
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of gunzip) {
      const bytes: Buffer = piece;
      length += bytes.length;
      if (length > mostBytes) throw tooLarge(mostBytes);
      grow(bytes.length);
      pieces.push(bytes);
    }
  } catch (cause) {
    // The bounds have spoken; anything else comes from zlib.
    if (cause instanceof GenchiError) throw cause;
    throw new IngestError('bad-encoding', 'The body is not valid gzip.', { cause });
  }
  return Buffer.concat(pieces, length);
}
