import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/cli/demo/random.js';
import { HOUR_MS } from '../../src/model/index.js';
import { type KaizenServer, kaizenServer, type MetricLine } from './kaizen-server.js';

const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const iso = (hoursAgo: number) => new Date(now - hoursAgo * HOUR_MS).toISOString();
let server: KaizenServer;

/** Eleven days by the hour; for the last four of them the metric is a quarter lower. */
function lines(): readonly MetricLine[] {
  const random = seededRandom(7);
  return Array.from({ length: 11 * 24 }, (_, item): MetricLine => {
    const hoursAgo = 11 * 24 - item;
    const value = (hoursAgo > 96 ? 200 : 150) + 5 * random.normal();
    return {
      service: 'payment',
      metric: 'kanban_latency_p99_ms',
      at: now - hoursAgo * HOUR_MS + 60_000,
      value,
    };
  });
}

beforeAll(async () => {
  server = await kaizenServer();
  expect(await server.record(lines())).toMatchObject({ code: 0 });
});
afterAll(() => server.close());

const LOG = [
  ...['improvement', 'log', 'pool-20', '--title', 'A pool of 20 connections', '--service', 'payment'],
  ...[
    '--metric',
    'kanban_latency_p99_ms',
    '--expect',
    '-20',
    '--effort',
    'small',
    '--owner',
    'payments team',
  ],
];

describe('genchi improvement', () => {
  it('logs an improvement, says what became of it, and measures whether it holds', async () => {
    const logged = await server.ask(...LOG, '--at', iso(120));
    expect(logged).toMatchObject({ code: 0, err: '' });
    expect(logged.out).toMatch(/^improvement {2}pool-20 \(proposed\)\ntitle {8}A pool of 20 connections\n/);
    const done = ['improvement', 'update', 'pool-20', '--state', 'done', '--message', 'on all pods'];
    expect(await server.ask(...done, '--at', iso(96))).toMatchObject({ code: 0 });

    const shown = await server.ask('improvement', 'show', 'pool-20');
    expect(shown.out).toMatch(/\nsaid {9}on all pods\n/);
    expect(shown.out).toMatch(/\nbefore {7}(200|199|201)\.?\d*\nafter {8}(150|149|151)\.?\d*\n/);
    expect(shown.out).toMatch(/\nchange {7}-(4|5)\d\.?\d* \(-5\d.* to -4\d.*\), -2[45]\.\d+ %\n/);
    expect(shown.out).toMatch(/\nexpected {5}-20 %, which is reached\nholds {8}held\n/);
    expect(shown.out).toMatch(/\nreceipt {6}http:\S+\/id\/improvement\//);

    const json = await server.ask('improvement', 'list', '--owner', 'payments team', '--json');
    expect(JSON.parse(json.out)).toMatchObject([
      { name: 'pool-20', state: 'DONE', measure: { holding: 'HELD' } },
    ]);
    const listed = await server.ask('improvement', '--state', 'done');
    expect(listed.out).toMatch(
      /^id +state +holds +service +metric +before +after +change % +effort +owner +title\n/,
    );
    expect((await server.ask('improvement', 'list', '--service', 'other')).out).toBe('No improvements.\n');
  });

  it('says what is wrong, and what there is not', async () => {
    const gone = { code: 1, err: 'genchi: there is no improvement other\n' };
    expect(await server.ask('improvement', 'show', 'other')).toMatchObject(gone);
    expect(await server.ask('improvement', 'update', 'other', '--state', 'done')).toMatchObject(gone);
    const future = ['improvement', 'log', 'x', '--title', 'y', '--at', '2100-01-01T00:00:00Z'];
    expect((await server.ask(...future)).err).toMatch(
      /^genchi: at: expected a time that is not in the future\n/,
    );
    expect((await server.ask('improvement', 'log', 'x')).code).toBe(2);
  });
});
