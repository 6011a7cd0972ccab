import { Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { type Family, openMetricsOf, writeFamilies } from '../../../src/serve/metrics/exposition.js';

const exemplar = { receipt: '/id/failure/20260102T030405.678Z/00ff', value: 1, atSeconds: 1_767_323_045.678 };

describe('writeFamilies', () => {
  it('writes the classic format as prom-client does, but for families without series', async () => {
    const registry = new Registry();
    const registers = [registry];
    const odd = 'a "quoted" \\ name\nof two lines';
    new Gauge({ name: 'depth', help: 'Depth.', labelNames: ['service'], registers }).set(
      { service: odd },
      1.5,
    );
    new Counter({ name: 'failures_total', help: 'Failures.', labelNames: ['service'], registers }).inc(
      { service: 'a' },
      3,
    );
    const histogram = new Histogram({
      ...{ name: 'spread', help: 'Spread.', labelNames: ['service'], buckets: [1, 5], registers },
    });
    for (const value of [0.5, 3, 9]) histogram.observe({ service: 'a' }, value);
    const families: readonly Family[] = [
      { type: 'gauge', name: 'depth', help: 'Depth.', points: [{ labels: { service: odd }, value: 1.5 }] },
      {
        type: 'counter',
        name: 'failures_total',
        help: 'Failures.',
        points: [{ labels: { service: 'a' }, value: 3, exemplar }],
      },
      {
        type: 'histogram',
        name: 'spread',
        help: 'Spread.',
        points: [
          {
            labels: { service: 'a' },
            sum: 12.5,
            buckets: [1, 2, 3].map((count, index) => ({
              ...{ count, upTo: [1, 5, Number.POSITIVE_INFINITY][index] ?? 0, exemplar },
            })),
          },
        ],
      },
      { type: 'gauge', name: 'nothing', help: 'Nothing.', points: [] },
    ];
    const sorted = (text: string) =>
      text
        .replace(/service="a",le="([^"]+)"/g, 'le="$1",service="a"')
        .split('\n')
        .filter((line) => line !== '');
    expect(sorted(writeFamilies(families, 'classic'))).toEqual(sorted(await registry.metrics()));
  });

  it('names counters in OpenMetrics without _total, and puts exemplars behind counts and buckets', () => {
    const failures: Family = {
      type: 'counter',
      name: 'failures_total',
      help: 'Failures.',
      points: [{ labels: { service: 'a', zone: undefined }, value: 3, exemplar }],
    };
    expect(writeFamilies([failures], 'open')).toBe(
      '# HELP failures Failures.\n# TYPE failures counter\n' +
        'failures_total{service="a"} 3 # {receipt="/id/failure/20260102T030405.678Z/00ff"} 1 1767323045.678\n',
    );
  });

  it('says untyped for what is unknown, and writes what is no number as both formats want it', () => {
    const points = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value, index) => ({
      labels: { i: String(index) },
      value,
    }));
    const family: Family = { type: 'unknown', name: 'odd_total', help: 'Odd.', points };
    expect(writeFamilies([family], 'classic')).toBe(
      '# HELP odd_total Odd.\n# TYPE odd_total untyped\nodd_total{i="0"} NaN\nodd_total{i="1"} +Inf\nodd_total{i="2"} -Inf\n',
    );
    expect(writeFamilies([family], 'open')).toContain('# TYPE odd_total unknown\n');
  });
});

describe('openMetricsOf', () => {
  it('turns the classic text of a registry into what prom-client writes as OpenMetrics', async () => {
    const written = async (type: 'classic' | 'open') => {
      const open = new Registry<OpenMetricsContentType>();
      open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
      const registry = type === 'open' ? open : new Registry();
      const registers = [registry];
      new Counter({ name: 'asked_total', help: 'Asked # TYPE a_total b.', registers }).inc(2);
      new Gauge({ name: 'asked_now', help: 'Now.', registers }).set(1);
      new Histogram({ name: 'took_seconds', help: 'Took.', registers }).observe(0.1);
      return registry.metrics();
    };
    expect(`${openMetricsOf(await written('classic'))}# EOF\n`).toBe(await written('open'));
  });
});
