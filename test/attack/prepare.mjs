/** What is recorded before the attacks, so that there is something to ask about. */
import { encodeRemoteWrite } from '../../dist/cli/demo/remote-write.js';

const SERVICES = 40;
const SERIES = 500;
const STEPS = 120;
const STEP_MS = 15_000;
const FAILURES = 4_000;

/**
 * @param {URL} url
 * @param {string} path
 * @param {string} type
 * @param {BodyInit} body
 */
async function post(url, path, type, body) {
  const headers = {
    'content-type': type,
    ...(path.endsWith('write') ? { 'content-encoding': 'snappy' } : {}),
  };
  const response = await fetch(new URL(path, url), { method: 'POST', headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
}

/**
 * Half an hour of 500 series, 4,000 failures, and who calls whom among 40 services.
 * @param {URL} url
 */
export async function prepare(url) {
  const now = Date.now();
  const at = Array.from({ length: STEPS }, (_, step) => now - (STEPS - step) * STEP_MS);
  const series = Array.from({ length: SERIES }, (_, index) => ({
    labels: {
      __name__: index % 2 === 0 ? 'request_duration_seconds' : 'requests_total',
      service: `shop-${index % SERVICES}`,
      instance: `${index}`,
    },
    at,
    values: at.map((_, step) => step * index),
  }));
  await post(url, '/api/v1/write', 'application/x-protobuf', new Uint8Array(await encodeRemoteWrite(series)));
  const time = (/** @type {number} */ index) => new Date(now - index * 400).toISOString();
  const failures = Array.from({ length: FAILURES }, (_, index) => ({
    ...{ kind: 'failure', id: `f${index}`, time: time(index), service: `shop-${index % SERVICES}` },
    ...{ component: `db-${index % 7}`, reason: 'timeout' },
  }));
  const calls = Array.from({ length: SERVICES * 3 }, (_, index) => ({
    ...{ kind: 'dependency', id: `d${index}`, from: `shop-${index % SERVICES}` },
    to: `shop-${(index * 7 + 1) % SERVICES}`,
  }));
  for (const events of [failures, calls]) {
    await post(
      url,
      '/api/v1/events',
      'application/x-ndjson',
      events.map((one) => JSON.stringify(one)).join('\n'),
    );
  }
}
