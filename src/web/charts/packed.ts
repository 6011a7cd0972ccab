/** Lines as the server packs them: bytes cost less to send and to read than thousands of items of a list. */
import type { Line } from './line.js';

/** Times and values of a line from base64: all times, then all values, NaN where the line breaks. */
export function unpacked(text: string): Pick<Line, 'times' | 'values'> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  // Every browser's numbers are little-endian, as these are.
  const figures = new Float64Array(bytes.buffer);
  const half = figures.length / 2;
  return {
    times: Array.from(figures.subarray(0, half)),
    values: Array.from(figures.subarray(half), (value) => (Number.isNaN(value) ? null : value)),
  };
}
