import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatInstant, MINUTE_MS } from '../../../src/model/index.js';
import { blockOf } from '../../evidence/fixture.js';
import { ask, atMinute, openScene, type Scene } from './scene.js';

let scene: Scene;

const cpu = (pod: string) => ({ __name__: 'cpu_seconds_total', service: 'shop', pod });

beforeAll(async () => {
  scene = await openScene();
  // Two hours at ten seconds with one spike, and half an hour without a sample.
  const steady = Array.from({ length: 720 }, (_, step) => step * 10_000)
    .filter((afterMs) => afterMs < 60 * MINUTE_MS || afterMs >= 90 * MINUTE_MS)
    .map((afterMs) => [cpu('a'), afterMs, afterMs === 30 * MINUTE_MS + 10_000 ? 99 : 1] as const);
  const ended = [
    [cpu('b'), 0, 2],
    [cpu('b'), 10_000, null],
  ] as const;
  await scene.store.append({ events: [], samples: blockOf(scene.store, [...steady, ...ended]) });
});

afterAll(() => scene.close());

const QUERY = `query ($metric: String!, $labels: [LabelMatch!], $from: DateTime!, $to: DateTime, $width: Int! = 60) {
  metricSeries(service: "shop", metric: $metric, labels: $labels, from: $from, to: $to, width: $width) {
    unit pixelSeconds window { from } series { series { labels { name value } } samples min max times values packed
      points { at value stale } gaps { from to lastValue } } } }`;

const window = { from: formatInstant(atMinute(0)), to: formatInstant(atMinute(120)) };

interface Answer {
  readonly metricSeries: {
    readonly series: readonly {
      readonly points: readonly { readonly at: string; readonly value: number | null }[];
      readonly times: readonly number[];
      readonly packed: string;
    }[];
  };
}

describe('metricSeries', () => {
  it('thins a series out to its pixels, keeps its spike and shows where it was silent', async () => {
    const variables = { metric: 'cpu_seconds_total', labels: [{ name: 'pod', values: ['a'] }], ...window };
    const { data, errors } = await ask(scene.server, QUERY, variables);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      metricSeries: {
        unit: 'seconds',
        pixelSeconds: 120,
        series: [
          {
            samples: 540,
            min: 1,
            max: 99,
            gaps: [
              {
                from: formatInstant(atMinute(60 - 1 / 6)),
                to: formatInstant(atMinute(90)),
                lastValue: 1,
              },
            ],
          },
        ],
      },
    });
    const [series] = (data as Answer).metricSeries.series;
    const points = series?.points ?? [];
    expect(points.length).toBeLessThanOrEqual(4 * 60);
    expect(points.length).toBeGreaterThan(80);
    expect(points.filter(({ value }) => value === 99)).toHaveLength(1);
    expect(series?.times).toEqual(points.map(({ at }) => Date.parse(at)));
    const packed = Buffer.from(series?.packed ?? '', 'base64');
    const figures = Array.from({ length: packed.length / 8 }, (_, place) => packed.readDoubleLE(8 * place));
    expect(figures).toEqual([...(series?.times ?? []), ...points.map(({ value }) => value)]);
  });

  it('keeps staleness, and matches labels that are not there', async () => {
    const labels = [
      { name: 'pod', values: ['b', 'c'] },
      { name: 'zone', values: [''] },
    ];
    const { data } = await ask(scene.server, QUERY, { metric: 'cpu_seconds_total', labels, ...window });
    expect(data).toMatchObject({
      metricSeries: {
        series: [
          {
            values: [2, null],
            points: [
              { value: 2, stale: false },
              { value: null, stale: true },
            ],
          },
        ],
      },
    });
  });

  it('shares its columns among its series, and says how wide they are', async () => {
    const few = Array.from(
      { length: 400 },
      (_, pod) => [{ ...cpu(`p${pod}`), __name__: 'few' }, 0, 1] as const,
    );
    await scene.store.append({ events: [], samples: blockOf(scene.store, few) });
    const { data } = await ask(scene.server, QUERY, { metric: 'few', ...window, width: 1_200 });
    expect(data).toMatchObject({ metricSeries: { pixelSeconds: 72 } });
  });

  it('is empty for what was never measured, and tells the unit of a metric of the pillars', async () => {
    const { data } = await ask(scene.server, QUERY, { metric: 'kanban_latency_p99_ms', ...window });
    expect(data).toMatchObject({ metricSeries: { unit: 'ms', series: [] } });
  });

  it('refuses windows, widths and numbers of series that it cannot draw', async () => {
    const codes = async (variables: Readonly<Record<string, unknown>>) =>
      (await ask(scene.server, QUERY, { metric: 'cpu_seconds_total', ...window, ...variables })).errors?.map(
        ({ extensions }) => extensions?.code,
      );
    expect(await codes({ width: 0 })).toEqual(['bad-request']);
    expect(await codes({ width: 40_001 })).toEqual(['bad-request']);
    expect(await codes({ to: window.from })).toEqual(['bad-request']);
    const many = Array.from(
      { length: 401 },
      (_, pod) => [{ ...cpu(`p${pod}`), __name__: 'many' }, 0, 1] as const,
    );
    await scene.store.append({ events: [], samples: blockOf(scene.store, many) });
    const { errors } = await ask(scene.server, QUERY, { metric: 'many', ...window });
    expect(errors?.[0]?.message).toContain('401 series of many match and at most 400');
  });
});
