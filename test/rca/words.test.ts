import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bagOf, overlapOf, stem, tellingWords } from '../../src/rca/words.js';

const alone = new Map<string, number>();

describe('tellingWords', () => {
  it('splits names of every case and leaves out what any text may have', () => {
    expect(tellingWords('maxPoolSize of http_client v2 is 42, commit deadbeef12')).toEqual([
      'pool',
      'size',
      'commit',
    ]);
  });

  it('meets a word in its other forms', () => {
    expect(new Set(['evicting', 'evicts', 'eviction', 'evicted'].map(stem))).toEqual(new Set(['evict']));
    expect(stem('caching')).toBe(stem('cache'));
    expect(stem('pool')).toBe('pool');
  });
});

describe('overlapOf', () => {
  const wrong = bagOf([
    { text: 'db_pool_wait_seconds', weight: 0.9 },
    { text: 'connection pool exhausted', weight: 0.4 },
  ]);

  it('is zero where no word meets and grows with each that does', () => {
    const none = overlapOf(tellingWords('Restyle the banner'), wrong, alone);
    const one = overlapOf(tellingWords('Shrink the pool'), wrong, alone);
    const two = overlapOf(tellingWords('Shrink the pool, wait longer'), wrong, alone);
    expect(none).toEqual({ value: 0, words: [] });
    expect(one.value).toBeGreaterThan(0.3);
    expect(two.value).toBeGreaterThan(one.value);
    expect(two.words).toEqual(['pool', 'wait']);
  });

  it('counts a word of the same field a little', () => {
    const memory = bagOf([{ text: 'process_resident_memory', weight: 1 }]);
    const { value, words } = overlapOf(tellingWords('Grow the heap'), memory, alone);
    expect(words).toEqual([]);
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(0.3);
  });

  it('counts a word less that every change has', () => {
    const words = tellingWords('Shrink the pool');
    const common = overlapOf(words, wrong, new Map([['pool', 4]]));
    expect(common.value).toBeLessThan(overlapOf(words, wrong, alone).value / 2);
  });

  it('stays within 0 and 1 for any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (change, metric) => {
        const { value } = overlapOf(tellingWords(change), bagOf([{ text: metric, weight: 1 }]), alone);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
      }),
      { seed: 1 },
    );
  });
});
