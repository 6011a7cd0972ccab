import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricTableOf, readTrends, readWeeks, type SubjectTrend } from '../../../src/analysis/index.js';
import { seededRandom, wanderer } from '../../../src/cli/demo/random.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { readOntologyTerms } from '../../../src/graph/index.js';
import { DAY_MS, HOUR_MS, type Labels, MINUTE_MS, shift } from '../../../src/model/index.js';
import { blockOf, freshFolder, openStore, type SampleRow, T0 } from '../../evidence/fixture.js';

const metrics = metricTableOf(await readOntologyTerms());
const AT = shift(T0, 14 * DAY_MS);
const labels = (metric: string, pod: string): Labels => ({ __name__: metric, service: 'shop', pod });

let remove: () => Promise<void>;
let store: EvidenceStore;

/** Two weeks of a sample every ten minutes, and a last hour of one every 15 s. */
function rowsOf(series: Labels, value: (afterMs: number) => number | undefined): readonly SampleRow[] {
  const times: number[] = [];
  for (let time = 0; time < 14 * DAY_MS - HOUR_MS; time += 10 * MINUTE_MS) times.push(time);
  for (let time = 14 * DAY_MS - HOUR_MS; time < 14 * DAY_MS; time += 15_000) times.push(time);
  return times.flatMap((time): SampleRow[] => {
    const one = value(time);
    return one === undefined ? [] : [[series, time, one]];
  });
}

beforeAll(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, AT);
  const noise = wanderer(seededRandom(4), 1, 0);
  const lastHour = (time: number): number => Math.max(0, time - (14 * DAY_MS - HOUR_MS)) / HOUR_MS;
  const week = (time: number): number => (time < 7 * DAY_MS ? 0 : 5);
  let requests = 0;
  const rows = [
    ...rowsOf(
      labels('kanban_latency_p99_ms', 'a'),
      (time) => 100 + 30 * lastHour(time) + week(time) + noise(),
    ),
    ...rowsOf(
      labels('kanban_latency_p99_ms', 'b'),
      (time) => 100 + 30 * lastHour(time) + week(time) + noise(),
    ),
    // A restart in the last hour, which is no fall.
    ...rowsOf(labels('http_requests_total', 'a'), (time) => {
      requests = time === 14 * DAY_MS - HOUR_MS / 2 ? 0 : requests + 30;
      return requests;
    }),
    ...rowsOf(labels('kanban_queue_depth', 'a'), (time) =>
      time < 14 * DAY_MS - 6 * MINUTE_MS ? 20 + noise() : undefined,
    ),
  ];
  await store.append({ events: [], samples: blockOf(store, rows) });
});
afterAll(async () => {
  await store.close();
  await remove();
});

const subject = (metric: string) => ({ service: 'shop', metric });

async function lastHour(metric: string): Promise<SubjectTrend> {
  const sources = { store, metrics, random: seededRandom(1).uniform };
  const [trend] = await readTrends(sources, [subject(metric)], '1h', AT);
  return trend ?? expect.unreachable('no trend');
}

describe('readTrends', () => {
  it('judges the median of all series by the direction that the ontology declares', async () => {
    const { trend, series, isStalled, isRate } = await lastHour('kanban_latency_p99_ms');
    expect([trend.verdict, trend.points, trend.coverage]).toEqual(['degrading', 60, 1]);
    expect(trend.slopePerDay?.value).toBeCloseTo(30 * 24, -2);
    expect([series.length, isStalled, isRate]).toEqual([2, false, false]);
  });

  it('takes counters by their increase per minute, over a restart too', async () => {
    const { trend, isRate } = await lastHour('http_requests_total');
    expect(isRate).toBe(true);
    expect(trend.current).toBe(120);
    expect(trend.verdict).toBe('steady');
  });

  it('says where a metric stalled, and what it said last', async () => {
    const { isStalled, gaps } = await lastHour('kanban_queue_depth');
    expect(isStalled).toBe(true);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ to: undefined, from: shift(AT, -6 * MINUTE_MS - 15_000) });
  });

  it('has not enough data of what never spoke, and keeps the order asked for', async () => {
    const sources = { store, metrics, random: seededRandom(1).uniform };
    const asked = [subject('nothing'), subject('kanban_latency_p99_ms'), subject('http_requests_total')];
    const trends = await readTrends(sources, asked, '7d', AT);
    expect(trends.map(({ metric }) => metric)).toEqual(asked.map(({ metric }) => metric));
    expect(trends[0]).toMatchObject({ isStalled: false, trend: { verdict: 'not-enough-data', points: 0 } });
  });

  it('answers the same for the same time', async () => {
    expect(await lastHour('kanban_latency_p99_ms')).toEqual(await lastHour('kanban_latency_p99_ms'));
  });
});

describe('readWeeks', () => {
  it('compares this week with the one before', async () => {
    const [found] = await readWeeks({ store, metrics }, [subject('kanban_latency_p99_ms')], AT);
    expect(found?.weeks.verdict).toBe('degrading');
    expect(found?.weeks.shift?.value).toBeCloseTo(5, 0);
    expect(found?.weeks.hours).toBe(168);
  });
});
