import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGaps, readMetricHygiene } from '../../../src/analysis/index.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { DAY_MS, HOUR_MS, type Labels, MINUTE_MS, shift } from '../../../src/model/index.js';
import { blockOf, freshFolder, openStore, type SampleRow, T0 } from '../../evidence/fixture.js';

let remove: () => Promise<void>;
let store: EvidenceStore;
const AT = shift(T0, 2 * HOUR_MS);

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, 2 * DAY_MS));
});
afterEach(async () => {
  await store.close();
  await remove();
});

/** A series with a sample each so many minutes, up to a minute after {@link T0}. */
function every(labels: Labels, minutes: number, until: number, from = 0): readonly SampleRow[] {
  const rows: SampleRow[] = [];
  for (let at = from; at <= until; at += minutes) rows.push([labels, at * MINUTE_MS, at]);
  return rows;
}

async function record(...rows: readonly (readonly SampleRow[])[]): Promise<void> {
  const all = rows.flat().toSorted(([, a], [, b]) => a - b);
  await store.append({ events: [], samples: blockOf(store, all) });
}

const of = (metric: string, more: Labels = {}): Labels => ({
  ...{ __name__: metric, service: 'checkout', instance: 'a:1' },
  ...more,
});

describe('a metric that is stalled', () => {
  it('is silent in all of its series for over five minutes, and for twice its own step', async () => {
    await record(
      every(of('silent'), 1, 114),
      every(of('just_now'), 1, 115),
      // The pods were replaced: the metric goes on.
      every(of('goes_on', { instance: 'a:1' }), 1, 60),
      every(of('goes_on', { instance: 'b:1' }), 1, 119, 61),
      // Sent every 20 minutes: silent for 30 minutes is less than twice that; every 15, for 45 more.
      every(of('seldom'), 20, 90, 10),
      every(of('seldom_silent'), 20, 75, 15),
      every(of('once'), 1, 100, 100),
      // Ended by a marker, which is no sample.
      [...every(of('ended'), 1, 90), [of('ended'), 119 * MINUTE_MS, null]],
      // Measured here from events: nothing happened lately.
      every({ __name__: 'kanban_latency_p99_ms', service: 'checkout' }, 1, 30),
      // The same metric as it is scraped.
      every(of('kanban_queue_depth'), 1, 30),
    );
    const { stalled, metrics } = await readMetricHygiene(store, AT);
    expect(stalled.map(({ metric, silentMs }) => [metric, silentMs / MINUTE_MS])).toEqual([
      ['kanban_queue_depth', 90],
      ['seldom_silent', 45],
      ['ended', 30],
      ['once', 20],
      ['silent', 6],
    ]);
    expect(metrics).toHaveLength(9);
    expect(stalled[0]).toMatchObject({
      service: 'checkout',
      stepMs: MINUTE_MS,
      lastAt: shift(T0, 30 * MINUTE_MS),
    });
  });

  it('is forgotten when it has not spoken for a day', async () => {
    await record(every(of('old'), 1, 10));
    const day = shift(T0, DAY_MS);
    expect((await readMetricHygiene(store, shift(day, 10 * MINUTE_MS))).stalled).toHaveLength(1);
    expect((await readMetricHygiene(store, shift(day, 10 * MINUTE_MS + 1))).metrics).toEqual([]);
  });
});

describe('a metric that is sent twice', () => {
  it('has series that differ in who sent them alone, and speak at the same time', async () => {
    await record(
      every(of('up', { prometheus_replica: 'a' }), 1, 119),
      every(of('up', { prometheus_replica: 'b' }), 1, 119),
      every(of('cpu', { prometheus_replica: 'a' }), 1, 119),
      every(of('cpu', { prometheus_replica: 'b' }), 1, 119),
      // Two pods are no two senders.
      every(of('mem', { pod: 'x' }), 1, 119),
      every(of('mem', { pod: 'y' }), 1, 119),
      // One sender took over from the other.
      every(of('disk', { replica: 'a' }), 1, 50),
      every(of('disk', { replica: 'b' }), 1, 119, 51),
      // One target, scraped by two jobs.
      every(of('net', { job: 'node' }), 1, 119),
      every(of('net', { job: 'shop' }), 1, 119),
      // Two jobs that measure a service without a target.
      every({ __name__: 'sum', service: 'checkout', job: 'x' }, 1, 119),
      every({ __name__: 'sum', service: 'checkout', job: 'y' }, 1, 119),
    );
    const { duplicated } = await readMetricHygiene(store, AT);
    expect(duplicated.map(({ how, metrics, told, surplus }) => [how, metrics, told, surplus])).toEqual([
      ['senders', ['cpu', 'up'], 'prometheus_replica: a, b', 2],
      ['senders', ['net'], 'job: node, shop', 1],
    ]);
  });

  it('has a name and an alias for one service', async () => {
    await record(
      every(of('jidoka_failure_rate'), 1, 119),
      every(of('jidoka_failure_rate_per_min'), 1, 119),
      every(of('kanban_queue_saturation'), 1, 119),
      every(of('kanban_queue_saturation_percent', { service: 'other' }), 1, 119),
    );
    const { duplicated } = await readMetricHygiene(store, AT);
    expect(duplicated).toMatchObject([
      {
        ...{ how: 'names', service: 'checkout', metrics: ['jidoka_failure_rate'] },
        ...{ told: 'jidoka_failure_rate and jidoka_failure_rate_per_min', surplus: 1 },
      },
    ]);
  });
});

it('tells of labels that hold what they must not, without their values', async () => {
  // Such samples are refused at the doors now, but older folders hold them.
  await record(
    every(of('calls', { user: 'someone@example.com' }), 1, 119),
    every(of('errors', { user: 'other@example.com' }), 1, 119),
    every(of('logins', { api_key: '0123456789' }), 1, 119),
  );
  const { sensitive } = await readMetricHygiene(store, AT);
  expect(sensitive).toMatchObject([
    { label: 'api_key', sensitivity: 'credential', metrics: ['logins'], seriesCount: 1 },
    { label: 'user', sensitivity: 'personal data', metrics: ['calls', 'errors'], seriesCount: 2 },
  ]);
});

it('tells where metrics were silent, of all their series together', async () => {
  await record(
    every(of('gap'), 1, 20),
    every(of('gap'), 1, 119, 40),
    every(of('held', { instance: 'a:1' }), 1, 20),
    every(of('held', { instance: 'b:1' }), 1, 119, 25),
    every(of('stopped'), 1, 100),
  );
  const { metrics, window } = await readMetricHygiene(store, AT);
  expect(await readGaps(store, metrics, window)).toEqual([
    { service: 'checkout', metric: 'gap', from: shift(T0, 20 * MINUTE_MS), until: shift(T0, 40 * MINUTE_MS) },
    { service: 'checkout', metric: 'stopped', from: shift(T0, 100 * MINUTE_MS), until: undefined },
  ]);
});
