import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { IngestError } from '../../ingest/index.js';

const gunzipAsync = promisify(gunzip);

/**
 * The body of a JSON door, decompressed when it came with `Content-Encoding: gzip`. What would grow beyond
 * `mostBytes` is stopped on the way and refused.
 */
export async function plainBody(
  body: Buffer,
  encoding: string | undefined,
  mostBytes: number,
): Promise<Buffer> {
  switch ((encoding ?? 'identity').trim().toLowerCase()) {
    case '':
    case 'identity':
      return withinBound(body, mostBytes);
    case 'gzip':
    case 'x-gzip':
      return decompress(body, mostBytes);
    default:
      throw new IngestError('unsupported-media-type', 'Expected Content-Encoding gzip, or none.');
  }
}

function tooLarge(mostBytes: number, cause?: unknown): IngestError {
  const message = `The body is larger than ${mostBytes} bytes when decompressed.`;
  return new IngestError('body-too-large', message, { cause });
}

function withinBound(body: Buffer, mostBytes: number): Buffer {
  if (body.length > mostBytes) throw tooLarge(mostBytes);
  return body;
}

async function decompress(body: Buffer, mostBytes: number): Promise<Buffer> {
  try {
    return await gunzipAsync(body, { maxOutputLength: mostBytes });
  } catch (cause) {
    const grew = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw grew
      ? tooLarge(mostBytes, cause)
      : new IngestError('bad-encoding', 'The body is not valid gzip.', { cause });
  }
}
