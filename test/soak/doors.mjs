/** The doors of the soak: every protocol by which evidence comes in, each with the bodies that a real sender would send. */

import { BATCH, labelsOf } from '../../bench/stream.mjs';
import { seededRandom } from '../../dist/cli/demo/random.js';
import { encodeRemoteWrite } from '../../dist/cli/demo/remote-write.js';
import { alertsAt, deploymentAt, SERVICES, time } from './scene.mjs';

/** @typedef {import('./client.mjs').Client} Client */
/** @typedef {import('./loops.mjs').Loop} Loop */

/** Connections of a sending Prometheus, each with a part of the series. */
const SHARDS = 4;
const EVENTS = 20;
const REMOTE_WRITE = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};

/**
 * Samples of all series in turn, a request a part of them, with the time they are sent at.
 * @param {Client} client
 * @param {{ series: number, seed: number }} options
 * @returns {Loop}
 */
function remoteWrite(client, { series, seed }) {
  const random = seededRandom(seed);
  const perShard = Math.ceil(series / SHARDS);
  const shards = Array.from({ length: SHARDS }, (_, shard) => ({
    next: 0,
    lastAt: 0,
    labels: Array.from({ length: perShard }, (_, index) => labelsOf(shard * perShard + index)),
    values: new Float64Array(perShard),
  }));
  return {
    name: 'remote write',
    lanes: SHARDS,
    ask: async (lane) => {
      const shard = shards[lane];
      if (shard === undefined) throw new TypeError(`no shard ${lane}`);
      // A series' times only grow, however fast its turn comes round.
      if (shard.next === 0) shard.lastAt = Math.max(Date.now(), shard.lastAt + 1);
      const span = shard.labels.slice(shard.next, shard.next + BATCH);
      const body = await encodeRemoteWrite(
        span.map((labels, index) => {
          const place = shard.next + index;
          const value = (shard.values[place] ?? 0) + Math.floor(random.between(0, 200));
          shard.values[place] = value;
          return { labels, at: [shard.lastAt], values: [value] };
        }),
      );
      shard.next = shard.next + span.length >= perShard ? 0 : shard.next + span.length;
      await client.ask('/api/v1/write', { method: 'POST', headers: REMOTE_WRITE, body });
      return span.length;
    },
  };
}

/**
 * What happens all the time, a batch of it; `prefix` tells batches apart.
 * @param {string} prefix
 * @param {number} number
 */
function dailyEvents(prefix, number) {
  return Array.from({ length: EVENTS }, (_, index) => {
    const service = SERVICES[(number + index) % SERVICES.length];
    const head = { id: `${prefix}-${number}-${index}`, time: time(Date.now()), service };
    if (index === 0)
      return { ...head, kind: 'queue_depth', queue: 'orders', depth: number % 50, capacity: 100 };
    if (index === 1) return { ...head, kind: 'log_volume', count: 100 + (number % 40), level: 'error' };
    // A service that was just deployed fails most.
    if (index < 4) {
      const failing = deploymentAt(Date.now()).service;
      return { ...head, kind: 'failure', service: failing, component: 'db', reason: 'timeout' };
    }
    return { ...head, kind: 'task_completed', latencyMs: 20 + ((number * 31 + index) % 160) };
  });
}

/** @param {Client} client @param {string} run @returns {Loop} */
function nativeEvents(client, run) {
  let batches = 0;
  return {
    name: 'native events',
    lanes: 2,
    ask: async () => {
      const lines = dailyEvents(`${run}-native`, batches++).map((event) => JSON.stringify(event));
      const headers = { 'content-type': 'application/x-ndjson' };
      await client.ask('/api/v1/events', { method: 'POST', headers, body: lines.join('\n') });
      return lines.length;
    },
  };
}

/**
 * @param {import('./scene.mjs').Deployment} deployment
 * @param {string} run
 */
function deploymentEvent({ round, service, at }, run) {
  const id = `${run}-deployment-${round}`;
  const head = { id, source: '/soak', type: 'dev.cdevents.service.deployed.0.2.0' };
  const content = {
    environment: { id: 'production' },
    artifactId: `pkg:oci/${service}?tag=1.0.${round % 1_000}`,
  };
  const data = {
    context: { ...head, version: '0.4.1', timestamp: time(at) },
    subject: { id: service, type: 'service', content },
  };
  return { ...head, specversion: '1.0', time: time(at), datacontenttype: 'application/json', data };
}

/** Deliveries of a broker, which delivers what it has again and again, and each time something new. */
/** @param {Client} client @param {string} run @returns {Loop} */
function cloudEvents(client, run) {
  let batches = 0;
  return {
    name: 'CloudEvents',
    lanes: 2,
    ask: async () => {
      const daily = dailyEvents(`${run}-cloud`, batches++).map(({ id, time, kind, ...data }) => ({
        ...{ specversion: '1.0', id, source: '/soak', type: `tps.${kind}`, time },
        datacontenttype: 'application/json',
        data,
      }));
      const body = JSON.stringify([deploymentEvent(deploymentAt(Date.now()), run), ...daily]);
      const headers = { 'content-type': 'application/cloudevents-batch+json' };
      await client.ask('/api/v1/cloudevents', { method: 'POST', headers, body });
      return daily.length + 1;
    },
  };
}

/** @param {import('./scene.mjs').Alert} alert */
function alertOf({ round, service, startsAt, endsAt }) {
  return {
    status: endsAt === undefined ? 'firing' : 'resolved',
    labels: { alertname: 'ManyErrors', service, severity: 'critical' },
    annotations: { summary: `${service} fails` },
    startsAt: time(startsAt),
    endsAt: endsAt === undefined ? '0001-01-01T00:00:00Z' : time(endsAt),
    generatorURL: '',
    fingerprint: `soak-${round}`,
  };
}

/** Notifications, which are repeated for as long as an alert fires. */
/** @param {Client} client @returns {Loop} */
function alertmanager(client) {
  return {
    name: 'Alertmanager',
    lanes: 1,
    ask: async () => {
      const alerts = alertsAt(Date.now()).map(alertOf);
      const body = {
        ...{ version: '4', groupKey: '{}:{}', truncatedAlerts: 0, receiver: 'genchi', groupLabels: {} },
        ...{ commonLabels: {}, commonAnnotations: {}, externalURL: 'http://127.0.0.1:9093', alerts },
        status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
      };
      const headers = { 'content-type': 'application/json' };
      await client.ask('/api/v1/alertmanager', { method: 'POST', headers, body: JSON.stringify(body) });
      return alerts.length;
    },
  };
}

/**
 * Every door.
 * @param {Client} client
 * @param {{ series: number, seed: number, run: string }} options `run` keeps the events of one run apart from others
 * @returns {Loop[]}
 */
export function doorsOf(client, { series, seed, run }) {
  return [
    remoteWrite(client, { series, seed }),
    nativeEvents(client, run),
    cloudEvents(client, run),
    alertmanager(client),
  ];
}
