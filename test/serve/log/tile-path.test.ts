import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTilePath, tilePath } from '../../../src/serve/log/tile-path.js';

describe('the path of a tile', () => {
  it('is written as the specification has it', () => {
    expect(tilePath({ level: 0, index: 1234067, width: 256 })).toBe('0/x001/x234/067');
    expect(tilePath({ level: 'entries', index: 5, width: 7 })).toBe('entries/005.p/7');
    expect(tilePath({ level: 3, index: 0, width: 1 })).toBe('3/000.p/1');
  });

  it('is read back, whatever it is', () => {
    const name = fc.record({
      level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
      index: fc.nat(999_999_999),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(name, (one) => {
        expect(parseTilePath(tilePath(one))).toEqual(one);
      }),
      { seed: 5 },
    );
  });

  it('is nothing else: other digits, levels, widths and places', () => {
    for (const path of [
      '',
      '0',
      '0/1',
      '0/0001',
      '64/000',
      '00/000',
      '-1/000',
      'entries',
      'entry/000',
      '0/x000/001',
      '0/001/002',
      '0/x001',
      '0/000.p/0',
      '0/000.p/256',
      '0/000.p/01',
      '0/000.p/',
      '0/000/',
      '0/../000',
      '0/x001/x001/x001/x001/x001/001',
    ]) {
      expect(parseTilePath(path), path).toBeUndefined();
    }
  });
});
