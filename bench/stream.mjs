/**
 * The stream of samples that the benchmark sends: 2,000 series with the labels of a scraped service, and the requests
 * that carry them.
 */

import { seededRandom } from '../dist/cli/demo/random.js';
import { encodeRemoteWrite } from '../dist/cli/demo/remote-write.js';

/** How many series the stream has, how many samples a request carries, and the time between two samples of a series. */
export const SERIES = 2_000;
export const BATCH = 2_000;
export const STEP_MS = 15_000;

/** The label that all series of the stream share, and the names of their metrics. */
export const CLUSTER = 'eu-west-1a';
export const METRICS = [
  'http_requests_total',
  'http_request_duration_seconds_sum',
  'http_requests_in_flight',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'db_pool_connections_in_use',
  'queue_messages_ready',
  'cache_hits_total',
];
const ROUTES = ['/', '/cart', '/checkout', '/products/:id', '/search'];
const CODES = ['200', '302', '404', '500', '503'];

/**
 * The labels of series `index`, eight beside the name.
 * @param {number} index
 * @returns {Record<string, string>}
 */
export function labelsOf(index) {
  const pod = Math.floor(index / 40);
  const service = `service-${pod % 10}`;
  return {
    __name__: METRICS[index % METRICS.length] ?? '',
    cluster: CLUSTER,
    namespace: 'shop',
    job: 'kubernetes-pods',
    service,
    pod: `${service}-7c9f6d5b8-${(pod * 7919).toString(36)}`,
    instance: `10.42.${pod % 7}.${pod}:8080`,
    route: ROUTES[Math.floor(index / METRICS.length) % ROUTES.length] ?? '',
    code: CODES[index % CODES.length] ?? '',
  };
}

const labels = Array.from({ length: SERIES }, (_, index) => labelsOf(index));

/**
 * The values of a span of steps, by step: counters that grow by whole numbers and gauges that wander, half and half.
 * @param {number} steps
 * @param {number} seed
 * @returns {Float64Array[]}
 */
function valuesOf(steps, seed) {
  const random = seededRandom(seed);
  let last = Float64Array.from({ length: SERIES }, () => 1_000 * random.uniform());
  return Array.from({ length: steps }, () => {
    last = last.map((value, index) =>
      index % 2 === 0
        ? Math.floor(value) + Math.floor(random.between(0, 200))
        : value * random.between(0.98, 1.02),
    );
    return last;
  });
}

/**
 * The ways to cut the stream into requests of {@link BATCH} samples. In each, a series keeps to one connection, so
 * its samples arrive in order.
 * `queue`: as the queue of a sending Prometheus does it: each connection has a part of the series, and every sample
 * brings its labels along.
 * `scrape`: one connection, and a request is one sample of every series.
 * `grouped`: as `queue`, but the samples of a series share its labels, as backfilling tools do it. Prometheus never
 * sends this, so it is shown and decides nothing.
 */
export const shapes = {
  queue: { connections: 4, stepsPerRequest: 4, together: false, decides: true },
  scrape: { connections: 1, stepsPerRequest: 1, together: true, decides: true },
  grouped: { connections: 4, stepsPerRequest: 4, together: true, decides: false },
};

/**
 * The bodies of a span of the stream, by connection and in the order in which they have to be sent.
 * @param {{ shape: keyof typeof shapes, from: number, steps: number, seed: number }} span
 * @returns {Promise<Buffer[][]>}
 */
export async function encodeSpan({ shape, from, steps, seed }) {
  const { connections, stepsPerRequest, together } = shapes[shape];
  const values = valuesOf(steps, seed);
  const perConnection = SERIES / connections;
  const at = Array.from({ length: steps }, (_, step) => from + step * STEP_MS);
  /** @type {Buffer[][]} */
  const bodies = [];
  for (let connection = 0; connection < connections; connection++) {
    const indexes = Array.from({ length: perConnection }, (_, index) => connection * perConnection + index);
    const row = [];
    for (let first = 0; first < steps; first += stepsPerRequest) {
      const span = Array.from({ length: stepsPerRequest }, (_, step) => first + step);
      const parts = together ? [span] : span.map((step) => [step]);
      const series = parts.flatMap((part) =>
        indexes.map((index) => ({
          labels: labels[index] ?? {},
          at: part.map((step) => at[step] ?? 0),
          values: part.map((step) => values[step]?.[index] ?? 0),
        })),
      );
      row.push(await encodeRemoteWrite(series));
    }
    bodies.push(row);
  }
  return bodies;
}
