/** What the benchmark of the pages is fed with: an incident with 200 series, and services whose health moves. */
import { encodeRemoteWrite } from '../../dist/cli/demo/remote-write.js';

const [STEP_MS, STEPS] = [15_000, 160];
const METRICS = ['request_latency_seconds', 'queue_wait_seconds', 'pool_wait_seconds', 'gc_pause_seconds'];
const INSTANCES = 50;

/** @param {string} url @param {string} path @param {BodyInit} body @param {Record<string, string>} headers */
async function post(url, path, body, headers) {
  const response = await fetch(url + path, { method: 'POST', body, headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** @param {string} url @param {readonly object[]} events */
export const sendEvents = (url, events) =>
  post(url, '/api/v1/events', JSON.stringify(events), { 'content-type': 'application/json' });

/**
 * Four metrics of fifty instances, which all rise ten minutes ago, and an alert of it.
 * @param {string} url
 */
export async function sendWideIncident(url) {
  const now = Date.now();
  const at = Array.from({ length: STEPS }, (_, step) => now - (STEPS - step) * STEP_MS);
  // Prometheus spreads its scrapes over the interval: no two instances are read at the same time.
  const scrapedAt = (place) => at.map((time) => time - Math.floor((place * STEP_MS) / INSTANCES));
  const series = METRICS.flatMap((metric) =>
    Array.from({ length: INSTANCES }, (_, place) => ({
      labels: { __name__: metric, service: 'wide', instance: `wide-${place}:8080` },
      at: scrapedAt(place),
      values: at.map((time, step) => (time > now - 600_000 ? 5 : 1) * (0.2 + 0.02 * Math.sin(step + place))),
    })),
  );
  await post(url, '/api/v1/write', await encodeRemoteWrite(series), {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  });
  await sendEvents(url, [
    { kind: 'alert_fired', service: 'wide', name: 'WideSlow', severity: 'critical', metric: METRICS[0] },
  ]);
}

/**
 * Failures of so many services, of each another number, so that the health of all of them moves.
 * @param {string} url @param {number} services @param {number} round
 */
export const sendFailures = (url, services, round) =>
  sendEvents(
    url,
    Array.from({ length: services }, (_, place) =>
      Array.from({ length: 1 + ((place + round) % 3) }, (_, one) => ({
        ...{ kind: 'failure', service: `live-${place}`, component: 'api', reason: `round ${round}, ${one}` },
      })),
    ).flat(),
  );
