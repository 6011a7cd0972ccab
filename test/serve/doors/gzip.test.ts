import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { plainBody } from '../../../src/serve/doors/gzip.js';
import { ServeError } from '../../../src/serve/errors.js';

const MEBIBYTE = 1_024 * 1_024;
const bomb = gzipSync(Buffer.alloc(20 * MEBIBYTE, 0x20));

describe('plainBody', () => {
  it('tells what it grows by before it grows further, and stops where the growth is refused', async () => {
    let told = 0;
    const grow = (bytes: number): void => {
      told += bytes;
      if (told > MEBIBYTE) throw new ServeError('overloaded', 'no room');
    };
    const refused = plainBody(bomb, 'gzip', { mostBytes: 64 * MEBIBYTE, grow });
    await expect(refused).rejects.toMatchObject({ code: 'overloaded' });
    // One piece too many at the most: many such bodies at once must not all be whole before one is refused.
    expect(told).toBeLessThan(MEBIBYTE + 128 * 1_024);
  });

  it('answers all that was told of, and tells nothing of a body that came plain', async () => {
    const told: number[] = [];
    const bounds = { mostBytes: 64 * MEBIBYTE, grow: (bytes: number) => told.push(bytes) };
    const body = await plainBody(bomb, 'gzip', bounds);
    expect(told.reduce((sum, bytes) => sum + bytes)).toBe(body.length);
    expect(body.equals(Buffer.alloc(20 * MEBIBYTE, 0x20))).toBe(true);
    const before = told.length;
    expect(await plainBody(bomb, undefined, bounds)).toBe(bomb);
    expect(told).toHaveLength(before);
  });

  it('takes several members one after the other, and refuses one that breaks off', async () => {
    const bounds = { mostBytes: MEBIBYTE, grow: () => undefined };
    const two = Buffer.concat([gzipSync('{"a":'), gzipSync('1}')]);
    expect(String(await plainBody(two, 'gzip', bounds))).toBe('{"a":1}');
    const broken = plainBody(two.subarray(0, -3), 'gzip', bounds);
    await expect(broken).rejects.toMatchObject({ code: 'bad-encoding' });
  });
});
