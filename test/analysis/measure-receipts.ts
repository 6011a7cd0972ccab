/**
 * The figures of the pillars once more, receipt by receipt and as the rules say it in words: what the statement of the
 * store is held against.
 */
import type { PillarMetric, Readings } from '../../src/analysis/index.js';
import { clamp, deviation, mean, quantile } from '../../src/analysis/statistics.js';
import {
  DAY_MS,
  type EventKind,
  type EventReceipt,
  MINUTE_MS,
  SECOND_MS,
  type Window,
} from '../../src/model/index.js';

/** The receipts of a scope and the window that is measured. */
interface Facts {
  readonly window: Window;
  /** What happened in the window, oldest first. */
  readonly counted: readonly EventReceipt[];
  /** What happened in it and in the week before it. */
  readonly states: readonly EventReceipt[];
}

function ofKind<K extends EventKind>(
  events: readonly EventReceipt[],
  kind: K,
): readonly Extract<EventReceipt, { readonly kind: K }>[] {
  return events.filter((event): event is Extract<EventReceipt, { readonly kind: K }> => event.kind === kind);
}

type Reading = readonly [PillarMetric, number | undefined];

const minutesOf = (window: Window): number => (window.to - window.from) / MINUTE_MS;

const inside = (window: Window, at: number): boolean => at >= window.from && at < window.to;

/** A number, or undefined where nothing stands behind it. */
const onlyIf = (known: boolean, value: number): number | undefined => (known ? value : undefined);

/** One name for the parts of a key, whatever characters they hold. */
const keyOf = (...parts: readonly (string | undefined)[]): string => JSON.stringify(parts);

/** The latest of receipts in time order, by key. */
function latestBy<E extends EventReceipt>(events: readonly E[], key: (event: E) => string): readonly E[] {
  return [...new Map(events.map((event) => [key(event), event])).values()];
}

type CircuitEvent = EventReceipt<'circuit_opened' | 'circuit_closed'>;

const isCircuit = (event: EventReceipt): event is CircuitEvent =>
  event.kind === 'circuit_opened' || event.kind === 'circuit_closed';

/** How long each circuit that closed in the window had been open; one whose opening is not known has no answer. */
function recoveries(circuits: readonly CircuitEvent[], window: Window): readonly number[] {
  const openSince = new Map<string, number>();
  const seconds: number[] = [];
  for (const event of circuits) {
    const key = keyOf(event.service, event.component);
    const since = openSince.get(key);
    if (event.kind === 'circuit_opened') {
      if (since === undefined) openSince.set(key, event.at);
      continue;
    }
    if (since !== undefined && inside(window, event.at)) seconds.push((event.at - since) / SECOND_MS);
    openSince.delete(key);
  }
  return seconds;
}

function jidoka({ window, counted, states }: Facts): readonly Reading[] {
  const failed = ofKind(counted, 'failure').length;
  const completed = ofKind(counted, 'task_completed').length;
  const circuits = states.filter(isCircuit);
  const known = latestBy(circuits, (event) => keyOf(event.service, event.component));
  const open = known.filter((event) => event.kind === 'circuit_opened').length;
  const worked = failed + completed > 0;
  return [
    ['jidoka_circuit_open_percent', onlyIf(known.length > 0, (open / known.length) * 100)],
    ['jidoka_failure_rate', onlyIf(worked, failed / minutesOf(window))],
    ['jidoka_success_rate', onlyIf(worked, (completed / (completed + failed)) * 100)],
    ['jidoka_recovery_time_secs', mean(recoveries(circuits, window))],
  ];
}

function kanban({ window, counted }: Facts): readonly Reading[] {
  const tasks = ofKind(counted, 'task_completed');
  const latencies = tasks.map((task) => task.latencyMs).sort((a, b) => a - b);
  const waits = tasks.flatMap((task) =>
    task.waitMs !== undefined && task.at - task.latencyMs >= window.from ? [task.waitMs / SECOND_MS] : [],
  );
  const queues = latestBy(ofKind(counted, 'queue_depth'), (event) => keyOf(event.service, event.queue));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  const bounded = queues.filter((queue) => (queue.capacity ?? 0) > 0);
  const capacity = sum(bounded.map((queue) => queue.capacity ?? 0));
  return [
    ['kanban_queue_depth', onlyIf(queues.length > 0, sum(queues.map((queue) => queue.depth)))],
    ['kanban_latency_p50_ms', quantile(latencies, 0.5)],
    ['kanban_latency_p95_ms', quantile(latencies, 0.95)],
    ['kanban_latency_p99_ms', quantile(latencies, 0.99)],
    ['kanban_throughput_per_min', onlyIf(tasks.length > 0, tasks.length / minutesOf(window))],
    ['kanban_wait_time_secs', mean(waits)],
    [
      'kanban_queue_saturation',
      onlyIf(capacity > 0, (sum(bounded.map((queue) => queue.depth)) / capacity) * 100),
    ],
  ];
}

type AlertEvent = EventReceipt<'alert_fired' | 'alert_cleared'>;

const isAlert = (event: EventReceipt): event is AlertEvent =>
  event.kind === 'alert_fired' || event.kind === 'alert_cleared';

/** What tells alerts apart: the sender's fingerprint, else the service and the name. */
const alertKey = (event: AlertEvent): string =>
  event.fingerprint === undefined ? keyOf(event.service, event.name) : keyOf(event.fingerprint);

/** Seconds from onset to detection of the incidents whose onset was first told in the window. */
function detectionTimes({ window, states }: Facts): readonly number[] {
  const told = ofKind(states, 'incident').filter((incident) => incident.onsetAt !== undefined);
  const first = new Map([...told].reverse().map((incident) => [incident.incident, incident]));
  return [...first.values()]
    .filter((incident) => inside(window, incident.at) && incident.startsAt >= window.from - 7 * DAY_MS)
    .map(({ incident, startsAt }) => {
      const onsets = told
        .filter((each) => each.incident === incident)
        .map((each) => each.onsetAt ?? startsAt);
      return Math.max(0, startsAt - Math.min(...onsets)) / SECOND_MS;
    });
}

function andon(facts: Facts): readonly Reading[] {
  // A scope of which no alert was ever heard may have no alerting at all: its silence is not a good reading.
  const alerts = facts.states.filter(isAlert);
  const heard = alerts.length > 0;
  const fired = ofKind(alerts, 'alert_fired').filter((alert) => inside(facts.window, alert.at));
  const firing = latestBy(alerts, alertKey).filter((alert) => alert.kind === 'alert_fired');
  const critical = firing.filter((alert) => alert.severity.toLowerCase() === 'critical').length;
  return [
    ['andon_alerts_per_min', onlyIf(heard, fired.length / minutesOf(facts.window))],
    ['andon_mttd_secs', mean(detectionTimes(facts))],
    ['andon_alert_types_total', onlyIf(heard, new Set(fired.map((alert) => alert.name)).size)],
    ['andon_critical_alerts', onlyIf(heard, critical)],
  ];
}

type WorkerEvent = EventReceipt<'worker_activated' | 'worker_deactivated'>;

const isWorker = (event: EventReceipt): event is WorkerEvent =>
  event.kind === 'worker_activated' || event.kind === 'worker_deactivated';

/** 1 - deviation / mean of the loads, within 0..1; undefined without loads or when all are 0. */
function balanceOf(loads: readonly number[]): number | undefined {
  const middle = mean(loads);
  if (middle === undefined || middle === 0) return undefined;
  return clamp(1 - (deviation(loads) ?? 0) / middle, 0, 1);
}

function heijunka({ counted, states }: Facts): readonly Reading[] {
  const workers = latestBy(states.filter(isWorker), (event) => keyOf(event.service, event.worker));
  const active = workers.filter((worker) => worker.kind === 'worker_activated');
  const loads = active.flatMap((worker) => (worker.load === undefined ? [] : [worker.load]));
  const known = workers.length > 0;
  return [
    ['heijunka_load_balance_coeff', balanceOf(loads)],
    ['heijunka_worker_utilization', onlyIf(known, (active.length / workers.length) * 100)],
    ['heijunka_queue_variance', deviation(ofKind(counted, 'queue_depth').map((reading) => reading.depth))],
    ['heijunka_workers_active', onlyIf(known, active.length)],
    ['heijunka_workers_idle', onlyIf(known, workers.length - active.length)],
  ];
}

/** Measures a window from receipts in the order of time and identity. */
export function measureReceipts(receipts: readonly EventReceipt[], window: Window): Readings {
  const states = receipts.filter(({ at }) => at >= window.from - 7 * DAY_MS && at < window.to);
  const facts: Facts = { window, states, counted: states.filter(({ at }) => inside(window, at)) };
  const readings = new Map<PillarMetric, number>();
  for (const [metric, value] of [...jidoka(facts), ...kanban(facts), ...andon(facts), ...heijunka(facts)]) {
    if (value !== undefined) readings.set(metric, value);
  }
  return readings;
}
