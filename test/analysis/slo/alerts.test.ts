import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judgeSlos, SloAlerts, type SloHistory } from '../../../src/analysis/index.js';
import { type EvidenceStore, Recorder } from '../../../src/evidence/index.js';
import { DAY_MS, parsePath, pathOfEvent, shift } from '../../../src/model/index.js';
import { freshFolder, openStore, T0 } from '../../evidence/fixture.js';
import { at, latency, minutely, times } from './fixture.js';

let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, DAY_MS));
});
afterEach(async () => {
  await store.close();
  await remove();
});

const p99 = { __name__: 'kanban_latency_p99_ms', service: 'checkout' };
const slo = latency(0, { windowMinutes: 43_200 });

/** Alerts as a process that has just started evaluates them. */
const started = (): SloAlerts => new SloAlerts(store, new Recorder(store));

async function evaluate(alerts: SloAlerts, minutes: number, histories: readonly SloHistory[] = [[slo]]) {
  const events = await alerts.evaluate(await judgeSlos(store, histories, at(minutes)), at(minutes));
  return events.map(({ kind, severity, labels }) => [kind, severity, labels?.rule]);
}

describe('alerts of burn rules', () => {
  it('fire once and are cleared once, over restarts too', async () => {
    await minutely(store, p99, 1, [...times(60, 100), ...times(10, 900)]);
    const alerts = started();
    expect(await evaluate(alerts, 60)).toEqual([]);
    // 10 of 60 and 5 of 5 minutes are bad: 16.7 and 100 times; the six hours of the next rule are not known yet.
    expect(await evaluate(alerts, 70)).toEqual([['alert_fired', 'critical', 'page-fast']]);
    expect(await evaluate(alerts, 70)).toEqual([]);
    expect(await evaluate(started(), 70)).toEqual([]);
    await minutely(store, p99, 71, times(10, 100));
    const next = started();
    expect(await evaluate(next, 80)).toEqual([['alert_cleared', 'critical', 'page-fast']]);
    expect(await evaluate(next, 80)).toEqual([]);
    expect(await evaluate(started(), 80)).toEqual([]);
    await minutely(store, p99, 81, times(10, 900));
    expect(await evaluate(started(), 90)).toEqual([['alert_fired', 'critical', 'page-fast']]);
  });

  it('say whose budget burns, how fast, and cite the revision and the samples that show it', async () => {
    await minutely(store, p99, 1, [...times(50, 100), ...times(10, 900)]);
    await started().evaluate(await judgeSlos(store, [[slo]], at(60)), at(61));
    const [fired] = await store.events({ kinds: ['alert_fired'], order: 'oldest-first', limit: 10 });
    expect(fired).toMatchObject({
      ...{ door: 'slo', name: 'SloBudgetBurn', service: 'checkout', metric: 'kanban_latency_p99_ms' },
      ...{ at: at(60), startsAt: at(60), receivedAt: at(61), severity: 'critical' },
      labels: { slo: 'checkout-latency', long_window: '1h', short_window: '5m', factor: '14.4' },
    });
    if (fired?.kind !== 'alert_fired') throw new TypeError('one fired');
    expect(fired.summary).toBe(
      'checkout-latency uses up its error budget 16.7 times as fast as it may over 1h and 100 times over 5m; 14.4 times is too fast',
    );
    const [revision, ...samples] = fired.cites ?? [];
    expect(revision).toBe(pathOfEvent(slo));
    expect(samples.map((path) => parsePath(path))).toMatchObject([
      { type: 'sample', at: at(51) },
      { type: 'sample', at: at(60) },
    ]);
  });

  it('go on while nothing is known, and end with their objective', async () => {
    await minutely(store, p99, 1, [...times(50, 100), ...times(10, 900)]);
    const alerts = started();
    expect(await evaluate(alerts, 60)).toHaveLength(1);
    // Nothing came for half an hour: nobody knows.
    expect(await evaluate(alerts, 95)).toEqual([]);
    const retired = latency(96, { windowMinutes: 43_200, retired: true });
    expect(await evaluate(alerts, 97, [[slo, retired]])).toEqual([
      ['alert_cleared', 'critical', 'page-fast'],
    ]);
    expect(await evaluate(alerts, 98, [[slo, retired]])).toEqual([]);
  });
});
