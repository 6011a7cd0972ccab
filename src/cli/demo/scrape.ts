import type { Instant, Labels } from '../../model/index.js';
import { type Latency, meanMs, shareWithin } from './physics.js';
import { STEP_MS } from './plan.js';
import { instanceOf } from './shop.js';
import type { InstanceState, ShopState } from './simulate.js';

/** One series over the whole play; value `i` was scraped at time `i` of {@link Scrapes}. */
export interface ScrapedSeries {
  /** All labels, `__name__` among them. */
  readonly labels: Labels;
  readonly values: readonly number[];
}

/** What a Prometheus would have scraped from the shop. */
export interface Scrapes {
  readonly at: readonly Instant[];
  readonly series: readonly ScrapedSeries[];
}

type Reading = readonly [name: string, value: number, labels?: Labels];

/** The gauges of an instance: what its exporter says at the end of a step. */
function gauges(state: InstanceState): readonly Reading[] {
  const { pool } = state;
  const readings: Reading[] = [
    ['http_requests_in_flight', Math.round(state.inFlight)],
    ['process_resident_memory_bytes', Math.round(state.memoryMb * 1_048_576)],
  ];
  if (pool === undefined) return readings;
  const { component } = pool;
  return [
    ...readings,
    ['db_pool_connections_in_use', Math.round(pool.inUse), { component }],
    ['db_pool_connections_max', pool.size, { component }],
    ['db_pool_connections_pending', Math.round(pool.waiting), { component }],
    ['db_pool_acquire_duration_seconds', pool.waitMs / 1_000, { component }],
  ];
}

/** The upper bounds of the buckets of latency, in seconds. */
const BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5];

/** What requests of a latency add to its histogram. */
function observed(latency: Latency, requests: number): readonly Reading[] {
  const metric = 'http_request_duration_seconds';
  return [
    ...BOUNDS.map(
      (bound): Reading => [
        `${metric}_bucket`,
        requests * shareWithin(latency, 1_000 * bound),
        { le: String(bound) },
      ],
    ),
    [`${metric}_bucket`, requests, { le: '+Inf' }],
    [`${metric}_sum`, (requests * meanMs(latency)) / 1_000],
    [`${metric}_count`, requests],
  ];
}

/** What a step adds to the counters of an instance. */
function increments(state: InstanceState): readonly Reading[] {
  const seconds = STEP_MS / 1_000;
  const requests = state.requestsPerSecond * seconds;
  const { pool } = state;
  const counted: Reading[] = [
    ...observed(state.latency, requests),
    ['http_requests_total', requests * (1 - state.errorRatio), { code: '200' }],
    ['http_requests_total', requests * state.errorRatio, { code: '500' }],
    ['process_cpu_seconds_total', state.cpu * seconds],
  ];
  if (pool === undefined) return counted;
  return [
    ...counted,
    ['db_pool_acquire_timeouts_total', requests * pool.timedOut, { component: pool.component }],
  ];
}

/** Keeps series by their labels, in the order in which they first appear. */
class SeriesBook {
  readonly #series = new Map<string, { readonly labels: Labels; readonly values: number[] }>();

  put([name, value, more]: Reading, target: Labels, asCounter: boolean): void {
    const key = JSON.stringify([name, target, more]);
    const known = this.#series.get(key);
    const values = known?.values ?? [];
    if (known === undefined)
      this.#series.set(key, { labels: { __name__: name, ...target, ...more }, values });
    values.push(asCounter ? (values.at(-1) ?? 0) + value : value);
  }

  all(): readonly ScrapedSeries[] {
    return [...this.#series.values()];
  }
}

/** Scrapes the states of the shop: every instance of every service, and the queue, at every step. */
export function scrape(states: readonly ShopState[]): Scrapes {
  const book = new SeriesBook();
  for (const state of states) {
    for (const { service, instances } of state.services.values()) {
      for (const [index, instance] of instances.entries()) {
        const target = { service, instance: instanceOf(service, index), job: 'shop' };
        for (const reading of gauges(instance)) book.put(reading, target, false);
        for (const reading of increments(instance)) book.put(reading, target, true);
      }
    }
    const queue = { service: 'notifications', component: 'order-events', job: 'shop' };
    book.put(['queue_messages_ready', state.queueDepth], queue, false);
  }
  return { at: states.map((state) => state.at), series: book.all() };
}
