import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DEFAULT_SIGNALS,
  matchSignals,
  measureSteps,
  mergedSources,
  readSignalFile,
  readSignals,
  type SignalSource,
} from '../../../src/analysis/index.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { type Labels, MINUTE_MS, SECOND_MS, shift } from '../../../src/model/index.js';
import { blockOf, freshFolder, openStore, receiptFor, type SampleRow, T0 } from '../../evidence/fixture.js';

const shipped = await readSignalFile(DEFAULT_SIGNALS);

let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, 10 * MINUTE_MS));
});

afterEach(async () => {
  await store.close();
  await remove();
});

const put = async (rows: readonly SampleRow[]) => {
  await store.append({ events: [], samples: blockOf(store, rows) });
};

/** A counter read at -10 s, and at 20 s and 50 s of the minute, that grows by so much each time. */
const counter = (labels: Labels, by: number): readonly SampleRow[] =>
  [-10, 20, 50].map((second, index): SampleRow => [labels, second * SECOND_MS, 1_000 + index * by]);

const gauge = (labels: Labels, ...values: readonly number[]): readonly SampleRow[] =>
  values.map((value, index): SampleRow => [labels, (5 + index * 20) * SECOND_MS, value]);

/** The readings of the first minute of each scope. */
async function readings(sources: readonly SignalSource[] = shipped.sources) {
  const window = { from: T0, to: shift(T0, MINUTE_MS) };
  const signals = matchSignals(store, sources).map(({ signal }) => signal);
  const steps = await measureSteps(store, { window, stepMs: MINUTE_MS, signals });
  return Object.fromEntries(
    steps.map((step) => [step.service ?? 'system', Object.fromEntries(step.readings)]),
  );
}

const otel = (service: string, status: string, suffix = 'count'): Labels => ({
  __name__: `http_server_request_duration_seconds_${suffix}`,
  service,
  http_response_status_code: status,
});

/** Buckets of a latency histogram that grow by so many, at -10 s and twice in the minute. */
const buckets = (service: string, counts: Readonly<Record<string, number>>): readonly SampleRow[] =>
  Object.entries(counts).flatMap(([le, by]) => counter({ ...otel(service, '200', 'bucket'), le }, by));

describe('the signals that come with Genchi', () => {
  it('are without fault', () => {
    expect(shipped.faults).toEqual([]);
    expect(shipped.sources.length).toBeGreaterThan(15);
  });

  it('read requests of OpenTelemetry as tasks, with failures and quantiles as histogram_quantile has them', async () => {
    await put([
      ...counter(otel('cart', '200'), 30),
      ...counter(otel('cart', '503'), 10),
      ...buckets('cart', { '0.1': 20, '0.5': 36, '+Inf': 40 }),
    ]);
    const { cart, system } = await readings();
    expect(cart).toMatchObject({
      jidoka_failure_rate: 20,
      jidoka_success_rate: 75,
      kanban_throughput_per_min: 60,
      kanban_latency_p50_ms: 100,
      kanban_latency_p99_ms: 500,
    });
    expect(cart?.kanban_latency_p95_ms).toBe(500);
    expect(system).toMatchObject({ jidoka_success_rate: 75, kanban_latency_p50_ms: 100 });
  });

  it('read queues, circuits, workers and alerts', async () => {
    const circuit = (name: string, state: string): Labels => ({
      ...{ __name__: 'resilience4j_circuitbreaker_state', service: 'cart' },
      ...{ name, state },
    });
    const replicas = (metric: string): Labels => ({
      __name__: metric,
      deployment: 'cart',
      job: 'kube-state-metrics',
    });
    const alert = (alertname: string, severity: string): Labels => ({
      ...{ __name__: 'ALERTS', alertstate: 'firing', service: 'cart' },
      ...{ alertname, severity },
    });
    await put([
      ...gauge({ __name__: 'rabbitmq_queue_messages_ready', service: 'cart', queue: 'a' }, 7, 9),
      ...gauge({ __name__: 'rabbitmq_queue_messages_ready', service: 'cart', queue: 'b' }, 1),
      ...gauge(circuit('db', 'open'), 0, 1),
      ...gauge(circuit('mail', 'open'), 0),
      ...gauge(circuit('mail', 'closed'), 1),
      ...gauge(replicas('kube_deployment_status_replicas_available'), 3),
      ...gauge(replicas('kube_deployment_spec_replicas'), 4),
      ...gauge(alert('Slow', 'critical'), 1, 1),
      ...gauge(alert('Full', 'warning'), 1),
    ]);
    expect((await readings()).cart).toEqual({
      kanban_queue_depth: 10,
      jidoka_circuit_open_percent: 50,
      heijunka_worker_utilization: 75,
      heijunka_workers_active: 3,
      heijunka_workers_idle: 1,
      andon_alerts_per_min: 2,
      andon_alert_types_total: 2,
      andon_critical_alerts: 1,
    });
  });
});

describe('a service', () => {
  it('is read from the first source with data, and from none where its events tell more', async () => {
    const requests: Labels = { __name__: 'http_requests_total', service: 'cart', code: '200' };
    await put([...counter(otel('cart', '200'), 30), ...counter(requests, 500)]);
    expect((await readings()).cart?.kanban_throughput_per_min).toBe(60);
    const task = receiptFor({ kind: 'task_completed', at: shift(T0, 1), service: 'cart', latencyMs: 5 });
    await store.append({ events: [task] });
    expect((await readings()).cart).toMatchObject({ kanban_throughput_per_min: 1, kanban_latency_p99_ms: 5 });
  });

  it('has failures told as events beside those of its requests', async () => {
    await put([...counter(otel('cart', '200'), 30)]);
    const failure = receiptFor({
      kind: 'failure',
      at: shift(T0, 1),
      service: 'cart',
      component: 'db',
      reason: 'timeout',
    });
    await store.append({ events: [failure] });
    expect((await readings()).cart).toMatchObject({
      jidoka_failure_rate: 1,
      jidoka_success_rate: (60 / 61) * 100,
    });
  });

  it('that sends metrics of the pillars, by their names or others, is taken at its word', async () => {
    await put([
      ...gauge({ __name__: 'jidoka_failure_rate_per_min', service: 'cart', instance: 'a' }, 2, 4),
      ...gauge({ __name__: 'kanban_latency_p99_ms', service: 'cart' }, 100, 200),
      ...gauge({ __name__: 'kanban_latency_p99_ms', service: 'mail' }, 50),
      ...gauge(
        { __name__: 'kanban_latency_p99_ms', service: 'stock', computed_by: 'genchi', job: 'genchi' },
        999,
      ),
    ]);
    const failures = [1, 2, 3].map((second) =>
      receiptFor({
        ...{ kind: 'failure', at: shift(T0, second * SECOND_MS), service: 'cart' },
        ...{ component: 'db', reason: 'timeout' },
      }),
    );
    await store.append({
      events: [
        ...failures,
        receiptFor({ kind: 'failure', at: T0, service: 'mail', component: 'db', reason: 'x' }),
      ],
    });
    const found = await readings();
    expect(found.cart).toMatchObject({ jidoka_failure_rate: 3, kanban_latency_p99_ms: 150 });
    expect(found.stock).toBeUndefined();
    expect(found.system).toMatchObject({ jidoka_failure_rate: 4, kanban_latency_p99_ms: 100 });
  });
});

describe('a file of signals', () => {
  it('is read with every fault and its line, and what is sound is taken', () => {
    const text = [
      'signals:',
      '  - name: sound',
      '    queues: { depth: my_queue }',
      '  - name: Loud',
      '    queues: { depth: 3 }',
      '  - name: wrong-pattern',
      '    where:',
      '      state: "(open"',
      '    circuits: { open: my_circuit }',
      '  - name: sound',
      '    queues: { depth: other }',
      '  - name: empty',
    ].join('\n');
    const { sources, faults } = readSignals(text, 'mine.yaml');
    expect(sources.map(({ name }) => name)).toEqual(['sound']);
    expect(faults.map(({ line }) => line)).toEqual([4, 5, 8, 10, 12]);
    expect(faults[2]?.message).toContain('expected a regular expression');
    expect(readSignals('signals: [', 'x').faults).toHaveLength(1);
    expect(readSignals('other: 1', 'x').faults).toMatchObject([{ line: 1 }]);
  });

  it('takes the place of what it names, and comes before the rest', () => {
    const own = readSignals('signals:\n  - { name: kafka-lag, queues: { depth: lag } }', 'x').sources;
    const merged = mergedSources(own, shipped.sources);
    expect(merged[0]).toEqual(own[0]);
    expect(merged).toHaveLength(shipped.sources.length);
  });
});
