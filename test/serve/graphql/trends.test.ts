import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/model/index.js';
import { blockOf, type SampleRow } from '../../evidence/fixture.js';
import { ask, openScene, type Scene } from './scene.js';

let scene: Scene;

const labels = (metric: string) => ({ __name__: metric, service: 'web' });

beforeAll(async () => {
  scene = await openScene();
  const rows: SampleRow[] = [];
  // The hour before minute 20, at which the clock of the scene stands.
  for (let minute = -40; minute < 20; minute++) {
    const wobble = Math.sin(minute * 12.9898) * Math.cos(minute * 78.233);
    rows.push([labels('kanban_latency_p99_ms'), minute * MINUTE_MS, 150 + minute + wobble]);
    if (minute < 10) rows.push([labels('kanban_queue_depth'), minute * MINUTE_MS, 20 + wobble]);
  }
  await scene.store.append({ events: [], samples: blockOf(scene.store, rows) });
});

afterAll(() => scene.close());

const QUERY = `query ($metrics: [String!]!, $window: TrendWindow! = HOUR) {
  trends(service: "web", metrics: $metrics, window: $window) {
    metric verdict isRate isStalled coverage current p slopePerDay { value low high } growthPerMonth { value }
    changes { at levelBefore levelAfter } reversals { at from to } outliers { at value }
    seasons { periodHours strength p } gaps { from to lastValue } window { from to } } }`;

describe('trends', () => {
  it('judge the metrics of a service, with slope, interval and gaps', async () => {
    const metrics = ['kanban_latency_p99_ms', 'kanban_queue_depth', 'nothing'];
    const { data, errors } = await ask(scene.server, QUERY, { metrics });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      trends: [
        { metric: 'kanban_latency_p99_ms', verdict: 'DEGRADING', isStalled: false, coverage: 1, gaps: [] },
        {
          metric: 'kanban_queue_depth',
          isStalled: true,
          gaps: [{ from: '2026-01-05T10:09:00.000Z', to: null }],
        },
        { metric: 'nothing', verdict: 'NOT_ENOUGH_DATA', slopePerDay: null, current: null },
      ],
    });
    expect(data).toHaveProperty('trends.0.slopePerDay.value', expect.closeTo(1_440, -2));
  });

  it('refuse no metric, and more than are judged together', async () => {
    const many = Array.from({ length: 21 }, (_, item) => `m${item}`);
    for (const metrics of [[], many]) {
      const { errors } = await ask(scene.server, QUERY, { metrics });
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'bad-request' });
    }
  });

  it('refuse one request more metrics than it may ask for', async () => {
    const metrics = JSON.stringify(Array.from({ length: 20 }, (_, item) => `m${item}`));
    const fields = ['a', 'b', 'c', 'd'].map(
      (name) => `${name}: trends(service: "web", metrics: ${metrics}) { verdict }`,
    );
    const { errors } = await ask(scene.server, `{ ${fields.join(' ')} }`);
    expect(errors?.[0]?.message).toMatch(/at most 60 trends/);
  });
});

describe('weeks', () => {
  it('say when two weeks have too little in common', async () => {
    const { data, errors } = await ask(
      scene.server,
      `{ weeks(service: "web", metrics: ["kanban_queue_depth"]) { metric verdict hours shift { value } medianBefore } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      weeks: [
        {
          metric: 'kanban_queue_depth',
          verdict: 'NOT_ENOUGH_DATA',
          hours: 0,
          shift: null,
          medianBefore: null,
        },
      ],
    });
  });
});
