import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/cli/demo/random.js';
import { MINUTE_MS } from '../../src/model/index.js';
import { type KaizenServer, kaizenServer, type MetricLine } from './kaizen-server.js';

const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const iso = (minutesAgo: number) => new Date(now - minutesAgo * MINUTE_MS).toISOString();
let server: KaizenServer;

/** Two hours of a canary, of which the second has the change in it. */
function lines(): readonly MetricLine[] {
  const random = seededRandom(7);
  return ['canary', 'stable'].flatMap((track) =>
    Array.from({ length: 120 }, (_, item): MetricLine => {
      const level = track === 'canary' && item >= 60 ? 120 : 200;
      const at = now - (120 - item) * MINUTE_MS + 5_000;
      const value = level + 8 * random.normal();
      return { service: 'payment', metric: 'latency_ms', at, value, labels: { track } };
    }),
  );
}

const START = [
  ...['experiment', 'start', 'cache-1', '--service', 'payment', '--metric', 'latency_ms'],
  ...['--expect', '-30', '--action', 'add caching', '--because', 'fewer queries reach the database'],
  ...['--canary', 'track=canary', '--control', 'track!=canary', '--plan', '1h', '--started-at', iso(60)],
];

beforeAll(async () => {
  server = await kaizenServer();
  expect(await server.record(lines())).toMatchObject({ code: 0 });
});
afterAll(() => server.close());

describe('genchi experiment', () => {
  it('starts with a baseline, has a verdict at any time, and ends with what it showed', async () => {
    const started = await server.ask(...START);
    expect(started).toMatchObject({ code: 0, err: '' });
    expect(started.out).toMatch(
      /^experiment {2}cache-1 \(running\)\nhypothesis {2}If we add caching, latency_ms will/,
    );
    expect(started.out).toMatch(/\ncanary {6}\{track="canary"\}\ncontrol {5}\{track!="canary"\}\n/);
    expect(started.out).toMatch(/\nverdict {5}success: roll it out\n/);
    expect(started.out).toMatch(/\nreceipt {5}http:\S+\/id\/experiment_started\//);

    const early = await server.ask('experiment', 'status', 'cache-1', '--at', iso(55));
    expect(early.out).toMatch(/\nverdict {5}undecided: not enough data\n/);
    expect(early.out).toMatch(/\nmissing {5}Not enough data: about 5 more minutes would decide it/);

    const stopped = await server.ask(
      'experiment',
      'stop',
      'cache-1',
      '--surprise',
      'memory doubled',
      '--json',
    );
    expect(JSON.parse(stopped.out)).toMatchObject({
      state: 'ENDED',
      outcome: 'success',
      surprise: expect.stringMatching(/^memory doubled\nIt did more than expected/),
      status: { verdict: 'SUCCESS', minutes: 60, baseline: { p99: expect.any(Number) } },
    });
    const listed = await server.ask('experiment', 'list', '--state', 'ended');
    expect(listed.out).toMatch(/\ncache-1 +success +payment +latency_ms +-30 +20/);
    expect((await server.ask('experiment', '--state', 'running')).out).toBe('No experiments.\n');
  });

  it('says what is wrong, and what there is not', async () => {
    const nothing = await server.ask('experiment', 'status', 'other');
    expect(nothing).toMatchObject({ code: 1, err: 'genchi: there is no experiment other\n' });
    const gone = await server.ask('experiment', 'stop', 'other');
    expect(gone).toMatchObject({ code: 1, err: 'genchi: there is no experiment other\n' });
    const silent = await server.ask(
      ...START.map((word) => (word === 'latency_ms' ? 'nothing' : word)).with(2, 'x'),
    );
    expect(silent.err).toMatch(/^genchi: nothing of payment has no samples from .*: no baseline\n/);
    const odd = await server.ask('experiment', 'start', 'y', '--expect', 'much');
    expect([odd.code, odd.err]).toEqual([2, expect.stringMatching(/expected a change in % such as -30/)]);
  });
});
