import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/cli/demo/random.js';
import { HOUR_MS } from '../../src/model/index.js';
import { type KaizenServer, kaizenServer, type MetricLine } from './kaizen-server.js';

const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
let server: KaizenServer;

/** The guide's latency that rises from 120 to 185 ms in a week, and requests that grow by 15 % a month. */
function lines(): readonly MetricLine[] {
  const random = seededRandom(7);
  const at = (hoursAgo: number) => now - hoursAgo * HOUR_MS + 60_000;
  const week = Array.from({ length: 7 * 24 }, (_, hour) => 7 * 24 - hour);
  return [
    ...week.map((hoursAgo): MetricLine => {
      const value = 185 - (65 * hoursAgo) / (7 * 24) + random.normal();
      return { service: 'payment', metric: 'kanban_latency_p99_ms', at: at(hoursAgo), value };
    }),
    ...week.map((hoursAgo): MetricLine => {
      const value = 35_000 * 1.15 ** (-hoursAgo / 24 / (365.2425 / 12));
      return { service: 'payment', metric: 'requests_a_day', at: at(hoursAgo), value };
    }),
  ];
}

beforeAll(async () => {
  server = await kaizenServer();
  expect(await server.record(lines())).toMatchObject({ code: 0 });
});
afterAll(() => server.close());

describe('genchi trends', () => {
  it('calls a latency that rises degrading, with its slope and interval', async () => {
    const { code, out } = await server.ask('trends', '--service', 'payment', '--limit', '200');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^service +metric +verdict +current +mean +position % +slope per day +p +growth %\/month/,
    );
    expect(out).toMatch(
      /\npayment +kanban_latency_p99_ms +degrading +18\d\.?\d* +15\d\.?\d* +(19|2\d)\.\d +9\.\d+ \(9\.\d+ to 9\.\d+\)/,
    );
    expect(out).not.toMatch(/requests_a_day/);
  });

  it('projects growth: 35 k at +15 % a month comes to 187 k after a year', async () => {
    const asked = ['trends', '--service', 'payment', '--metric', 'requests_a_day', '--months', '12'];
    const [trend] = JSON.parse((await server.ask(...asked, '--limit', '70000', '--json')).out);
    expect(trend).toMatchObject({ service: 'payment', verdict: 'RISING' });
    expect(trend.growthPerMonth.value).toBeCloseTo(0.15, 6);
    expect(trend.projection.value / 187_259).toBeCloseTo(1, 2);
    // Doubling at +15 % takes 4.96 months.
    expect(trend.reach.expectedDays / (365.2425 / 12)).toBeCloseTo(4.96, 1);
    expect((await server.ask(...asked)).out).toMatch(/in 12 months\n.*\n.*18\d+/);
  });

  it('takes all services unless some are named, and the past', async () => {
    expect((await server.ask('trends', '--window', '24h')).out).toMatch(/\npayment +kanban_latency_p99_ms /);
    const past = new Date(now - 30 * 24 * HOUR_MS).toISOString();
    const before = await server.ask('trends', '--service', 'payment', '--at', past);
    expect(before.out).toMatch(/kanban_latency_p99_ms +not enough data/);
    const nobody = await server.ask('trends', '--service', 'nobody');
    expect([nobody.code, nobody.err]).toEqual([1, 'genchi: there is no service nobody\n']);
    expect((await server.ask('trends', '--window', '2d')).code).toBe(2);
    expect((await server.ask('trends', '--months', '0')).code).toBe(2);
  });
});
