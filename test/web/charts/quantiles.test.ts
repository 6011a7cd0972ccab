import { describe, expect, it } from 'vitest';
import { type Bucket, quantilesOf } from '../../../src/web/charts/quantiles.js';

const times = Array.from({ length: 9 }, (_, step) => step * 15_000);

/** A bucket that grows by so much at each step. */
const bucket = (instance: string, le: string, growth: number): Bucket => ({
  labels: [
    { name: 'instance', value: instance },
    { name: 'le', value: le },
  ],
  times,
  values: times.map((_, step) => step * growth),
});

describe('quantiles of a histogram', () => {
  it('are those of histogram_quantile over a minute, and nothing before one is over', () => {
    // Prometheus: 100 observations a step, 60 within 0.1 s, 90 within 0.5 s, all within 1 s.
    const lines = quantilesOf([
      bucket('a', '+Inf', 100),
      bucket('a', '0.1', 60),
      bucket('a', '0.5', 90),
      bucket('a', '1', 100),
    ]);
    expect(lines.map(({ name }) => name)).toEqual(['p50', 'p95', 'p99']);
    expect(lines.map(({ values }) => values.slice(0, 4))).toEqual(lines.map(() => [null, null, null, null]));
    expect(lines.map(({ values }) => values[4])).toEqual([
      expect.closeTo(0.1 * (50 / 60), 9),
      expect.closeTo(0.75, 9),
      expect.closeTo(0.95, 9),
    ]);
  });

  it('are told of each instance, fewer of many, and end at the last bound', () => {
    const one = (instance: string) => [bucket(instance, '0.1', 1), bucket(instance, '+Inf', 10)];
    expect(quantilesOf([...one('a'), ...one('b')]).map(({ name }) => name)).toContain('instance b, p99');
    const lines = quantilesOf([...one('a'), ...one('b'), ...one('c')]);
    expect(lines.map(({ name }) => name)).toEqual(['instance a, p95', 'instance b, p95', 'instance c, p95']);
    expect(lines[0]?.values.at(-1)).toBe(0.1);
  });

  it('break where a counter began anew, and where nothing was observed', () => {
    const restarted = {
      ...bucket('a', '+Inf', 10),
      values: times.map((_, step) => (step < 5 ? step * 10 : 0)),
    };
    const [line] = quantilesOf([
      { ...restarted, labels: restarted.labels },
      { ...restarted, labels: bucket('a', '1', 0).labels },
    ]);
    expect(line?.values.slice(4)).toEqual([0.5, null, null, null, null]);
  });
});
