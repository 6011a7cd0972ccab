/** Lines as bytes: a list of a GraphQL answer costs a check of each of its items, on both sides. */
import { endianness } from 'node:os';
import type { DrawnLine } from '../../evidence/index.js';

const isLittle = endianness() === 'LE';

function bytesOf(figures: Float64Array): Buffer {
  const bytes = Buffer.from(figures.buffer, figures.byteOffset, figures.byteLength);
  return isLittle ? bytes : Buffer.from(bytes).swap64();
}

/** All times of a line, then all its values, as doubles in base64, little-endian; empty without a line. */
export function packedOf(line: Pick<DrawnLine, 'at' | 'value'> | undefined): string {
  return line === undefined ? '' : Buffer.concat([bytesOf(line.at), bytesOf(line.value)]).toString('base64');
}
