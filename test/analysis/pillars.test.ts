import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assessAll, measure } from '../../src/analysis/index.js';
import type { EvidenceStore } from '../../src/evidence/index.js';
import {
  DAY_MS,
  type EventContent,
  type Instant,
  instantOf,
  MINUTE_MS,
  parseInstant,
  SECOND_MS,
  shift,
} from '../../src/model/index.js';
import { freshFolder, openStore, receiptFor } from '../evidence/fixture.js';

const from = parseInstant('2001-03-01T10:00:00Z') ?? instantOf(0);
const to = shift(from, 10 * MINUTE_MS);
const window = { from, to };

/** So many seconds after the window's start. */
const atSecond = (seconds: number): Instant => shift(from, seconds * SECOND_MS);

let remove: () => Promise<void>;
let store: EvidenceStore;
let told = 0;

beforeAll(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, instantOf(Date.parse('2026-01-01T00:00:00Z')));
});

afterAll(async () => {
  await store.close();
  await remove();
});

/** The same, as if it had happened so much later. */
function later(content: EventContent, byMs: number): EventContent {
  const moved = { ...content, at: shift(content.at, byMs) };
  if (moved.kind !== 'incident') return moved;
  const { startsAt, onsetAt } = moved;
  return {
    ...moved,
    startsAt: shift(startsAt, byMs),
    ...(onsetAt === undefined ? {} : { onsetAt: shift(onsetAt, byMs) }),
  };
}

/** What the window holds after these events alone: each time is a month further on in the same store. */
const measured = async (events: readonly EventContent[]) => {
  const byMs = 30 * DAY_MS * ++told;
  const receipts = events.map((content) => later(content, byMs)).map((content) => receiptFor(content));
  await store.append({ events: receipts.map((receipt) => ({ ...receipt, receivedAt: receipt.at })) });
  const moved = { from: shift(from, byMs), to: shift(to, byMs) };
  return Object.fromEntries((await measure(store, { window: moved })).readings);
};

const service = 'checkout';

describe('measure', () => {
  it('has no reading at all without evidence', async () => {
    expect(await measured([])).toEqual({});
  });

  it('counts failures against completed tasks', async () => {
    const tasks = [0, 1, 2].map(
      (second): EventContent => ({ kind: 'task_completed', at: atSecond(second), latencyMs: 10 }),
    );
    const failure: EventContent = { kind: 'failure', at: atSecond(9), component: 'db', reason: 'timeout' };
    expect(await measured([...tasks, failure])).toMatchObject({
      jidoka_failure_rate: 0.1,
      jidoka_success_rate: 75,
    });
    expect(await measured(tasks)).toMatchObject({ jidoka_failure_rate: 0, jidoka_success_rate: 100 });
  });

  it('knows circuits that last changed before the window, and how long those that closed were open', async () => {
    const circuit = (
      kind: 'circuit_opened' | 'circuit_closed',
      component: string,
      second: number,
    ): EventContent => ({
      kind,
      at: atSecond(second),
      service,
      component,
    });
    const readings = await measured([
      circuit('circuit_opened', 'payments', -3_600),
      circuit('circuit_opened', 'stock', -30),
      circuit('circuit_opened', 'stock', 10),
      circuit('circuit_closed', 'stock', 60),
      circuit('circuit_opened', 'mail', -500),
      circuit('circuit_closed', 'mail', -400),
      circuit('circuit_closed', 'search', 5),
    ]);
    expect(readings).toEqual({ jidoka_circuit_open_percent: 25, jidoka_recovery_time_secs: 90 });
  });

  it('takes quantiles of all latencies, the last reading of each queue, and waits of tasks that started inside', async () => {
    const latencies = Array.from({ length: 101 }, (_, index) => index * 10);
    const tasks = latencies.map(
      (latencyMs, index): EventContent => ({
        kind: 'task_completed',
        at: atSecond(index + 1),
        latencyMs,
        waitMs: 2_000,
      }),
    );
    const early: EventContent = { kind: 'task_completed', at: atSecond(1), latencyMs: 5_000, waitMs: 90_000 };
    const depth = (queue: string, second: number, reading: number, capacity?: number): EventContent => ({
      kind: 'queue_depth',
      at: atSecond(second),
      queue,
      depth: reading,
      ...(capacity === undefined ? {} : { capacity }),
    });
    const readings = await measured([
      ...tasks,
      depth('a', 1, 90, 100),
      depth('a', 2, 30, 100),
      depth('b', 1, 12),
    ]);
    expect(readings).toMatchObject({
      kanban_latency_p50_ms: 500,
      kanban_latency_p95_ms: 950,
      kanban_latency_p99_ms: 990,
      kanban_throughput_per_min: 10.1,
      kanban_wait_time_secs: 2,
      kanban_queue_depth: 42,
      kanban_queue_saturation: 30,
    });
    expect(readings.heijunka_queue_variance).toBeCloseTo(Math.sqrt((46 ** 2 + 14 ** 2 + 32 ** 2) / 3), 10);
    expect((await measured([...tasks, early])).kanban_wait_time_secs).toBe(2);
    expect(await measured([depth('b', 1, 12)])).not.toHaveProperty('kanban_queue_saturation');
  });

  it('counts alerts by fingerprint, and stays silent where no alert was ever heard', async () => {
    const alert = (
      kind: 'alert_fired' | 'alert_cleared',
      fingerprint: string,
      second: number,
      severity = 'critical',
    ): EventContent => ({ kind, at: atSecond(second), name: `alert ${fingerprint}`, severity, fingerprint });
    expect(
      await measured([
        alert('alert_fired', 'a', -5_000),
        alert('alert_fired', 'b', 10),
        alert('alert_cleared', 'b', 20),
        alert('alert_fired', 'c', 30, 'Critical'),
        alert('alert_fired', 'd', 30, 'warning'),
      ]),
    ).toEqual({ andon_alerts_per_min: 0.3, andon_alert_types_total: 3, andon_critical_alerts: 2 });
    expect(await measured([alert('alert_cleared', 'a', -5_000)])).toEqual({
      andon_alerts_per_min: 0,
      andon_alert_types_total: 0,
      andon_critical_alerts: 0,
    });
  });

  it('measures detection from the earliest onset, when the onset of an incident was first told', async () => {
    const incident = (id: string, second: number, startsAt: Instant, onsetAt?: Instant): EventContent => ({
      kind: 'incident',
      at: atSecond(second),
      incident: id,
      state: 'open',
      title: 'slow',
      severity: 'critical',
      startsAt,
      analysis: 1,
      cites: [],
      ...(onsetAt === undefined ? {} : { onsetAt }),
    });
    expect(
      await measured([
        incident('one', 60, atSecond(60)),
        incident('one', 65, atSecond(60), atSecond(20)),
        incident('one', 70, atSecond(60), atSecond(0)),
        incident('two', 90, atSecond(90), atSecond(60)),
        incident('earlier', -30, atSecond(-60), atSecond(-600)),
        incident('earlier', 5, atSecond(-60), atSecond(-700)),
      ]),
    ).toEqual({ andon_mttd_secs: 45 });
  });

  it('balances the loads of active workers', async () => {
    const worker = (
      kind: 'worker_activated' | 'worker_deactivated',
      name: string,
      load?: number,
    ): EventContent => ({
      kind,
      at: atSecond(1),
      service,
      worker: name,
      ...(load === undefined ? {} : { load }),
    });
    const readings = await measured([
      worker('worker_activated', 'a', 4),
      worker('worker_activated', 'b', 6),
      worker('worker_activated', 'c'),
      worker('worker_deactivated', 'd', 90),
    ]);
    expect(readings).toEqual({
      heijunka_load_balance_coeff: 0.8,
      heijunka_worker_utilization: 75,
      heijunka_workers_active: 3,
      heijunka_workers_idle: 1,
    });
    expect(await measured([worker('worker_activated', 'a', 0)])).not.toHaveProperty(
      'heijunka_load_balance_coeff',
    );
  });
});

describe('assessAll', () => {
  const settings = { targetThroughputPerMin: 10 };

  const event = (second: number, name = service): EventContent => ({
    kind: 'failure',
    at: atSecond(second),
    service: name,
    component: 'db',
    reason: 'x',
  });
  const opened = (daysAgo: number, component: string): EventContent => ({
    kind: 'circuit_opened',
    at: shift(from, -daysAgo * DAY_MS),
    service,
    component,
  });

  beforeAll(async () => {
    const events = [...[-1, 0, 599, 600].map((second) => event(second)), event(1, 'cart'), opened(8, 'old')];
    await store.append({ events: [...events, opened(6, 'new')].map((content) => receiptFor(content)) });
  });

  it('takes the window half-open, one service or all, and states from a week before it', async () => {
    const [all, ...services] = await assessAll(store, window, settings);
    const one = services.find((health) => health.service === service);
    expect(one?.readings.get('jidoka_failure_rate')).toBe(0.2);
    expect(one?.readings.get('jidoka_circuit_open_percent')).toBe(100);
    expect(one?.receipts).toBe(3);
    expect(all?.service).toBeUndefined();
    expect(all?.readings.get('jidoka_failure_rate')).toBeCloseTo(0.3, 12);
    expect(one?.pillars[0]).toMatchObject({ score: 0, band: 'RED', costMost: 'jidoka_circuit_open_percent' });
  });

  it('refuses a window that ends before it starts', async () => {
    await expect(assessAll(store, { from, to: from }, settings)).rejects.toMatchObject({
      code: 'bad-window',
    });
  });

  it('has nothing to say of a time of which nobody spoke', async () => {
    const long = { from: shift(from, -90 * DAY_MS), to: shift(from, -89 * DAY_MS) };
    const [all, ...services] = await assessAll(store, long, settings);
    expect(all).toMatchObject({ service: undefined, score: undefined, band: undefined, receipts: 0 });
    expect(services).toEqual([]);
  });
});
