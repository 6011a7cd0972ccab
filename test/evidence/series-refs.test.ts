import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeriesRefs } from '../../src/evidence/duckdb/series-refs.js';

const metricName = fc.constantFrom('a', 'b', 'c', 'd');

describe('numbers of series', () => {
  it('are neighbours for the series of one metric, in whatever order they are first seen', () => {
    const refs = new SeriesRefs();
    const given = Array.from({ length: 50 }, () => ['latency', 'errors', 'load'].map((m) => refs.take(m)));
    for (const metric of [0, 1, 2]) {
      const mine = given.map((row) => row[metric] ?? -1);
      expect(Math.max(...mine) - Math.min(...mine)).toBe(49);
    }
  });

  it('are given once, and go on where they ended, over any restarts', () => {
    fc.assert(
      fc.property(fc.array(fc.array(metricName, { maxLength: 150 }), { maxLength: 5 }), (runs) => {
        const given: (readonly [number, string])[] = [];
        for (const run of runs) {
          const refs = new SeriesRefs(given);
          for (const metric of run) given.push([refs.take(metric), metric]);
        }
        expect(new Set(given.map(([ref]) => ref)).size).toBe(given.length);
        for (const metric of new Set(given.map(([, name]) => name))) {
          const mine = given.filter(([, name]) => name === metric);
          const blocks = new Set(mine.map(([ref]) => Math.floor(ref / 64)));
          expect(blocks.size).toBe(Math.ceil(mine.length / 64));
        }
      }),
    );
  });

  it('that are taken back, the last first, are given again, as if they had never been', () => {
    fc.assert(
      fc.property(fc.array(metricName, { maxLength: 200 }), fc.nat(200), (metrics, kept) => {
        const refs = new SeriesRefs();
        const given = metrics.map((metric) => [metric, refs.take(metric)] as const);
        for (const [metric, ref] of given.slice(kept).reverse()) refs.giveBack(metric, ref);
        for (const [metric, ref] of given.slice(kept)) expect(refs.take(metric)).toBe(ref);
      }),
    );
  });

  it('lie side by side whatever their metric, once there are very many metrics', () => {
    const refs = new SeriesRefs([[131_072 * 64, 'the last of its own block']]);
    expect(['a', 'b', 'a'].map((metric) => refs.take(metric) - 131_072 * 64)).toEqual([64, 65, 66]);
    refs.giveBack('a', 131_072 * 64 + 66);
    expect(refs.take('c') - 131_072 * 64).toBe(66);
  });

  it('leave alone the blocks of an old folder, where the metrics are mixed', () => {
    const old = Array.from({ length: 100 }, (_, ref) => [ref, ref % 2 === 0 ? 'even' : 'odd'] as const);
    const refs = new SeriesRefs(old);
    expect(refs.take('even')).toBe(128);
    expect(refs.take('odd')).toBe(192);
    expect(refs.take('even')).toBe(129);
  });
});
