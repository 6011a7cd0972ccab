import { uncompressSync } from 'snappy';
import { IngestError } from './errors.js';

/** A copy element of three bytes can stand for 64: no valid block grows by more. */
const MOST_GROWTH = 22;

/** The length that a snappy block says it has when decompressed: a varint of at most 32 bits at its start. */
function declaredLength(block: Uint8Array): number {
  let length = 0;
  for (let at = 0; at < Math.min(block.length, 5); at += 1) {
    const byte = block[at] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return length;
  }
  throw new IngestError('bad-snappy', 'The body is not a snappy block: its length cannot be read.');
}

/**
 * Decompresses a snappy block (not the framed format). Its declared length is read first, so that a body that
 * claims more than `mostBytes`, or more than it can hold, is refused before anything is allocated.
 */
export function uncompressBlock(block: Uint8Array, mostBytes: number): Buffer {
  const length = declaredLength(block);
  if (length > mostBytes) {
    throw new IngestError(
      'body-too-large',
      `The body is ${length} bytes when decompressed; at most ${mostBytes} are taken.`,
    );
  }
  if (length > block.length * MOST_GROWTH) {
    throw new IngestError('bad-snappy', 'The body is not a snappy block: it declares more than it holds.');
  }
  return uncompress(block);
}

function uncompress(block: Uint8Array): Buffer {
  try {
    // Copied output is measured faster than an external buffer, whose pages are new to the process each time.
    const bytes = uncompressSync(block, { asBuffer: true, copyOutputData: true });
    return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  } catch (cause) {
    throw new IngestError('bad-snappy', 'The body is not a valid snappy block.', { cause });
  }
}
