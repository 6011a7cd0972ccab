/**
 * What the writers of the crash test send, by door. Every receipt carries a token of its own, so that each can be
 * looked for afterwards; a batch that is sent again is the same to the byte.
 */
import { encodeRemoteWrite } from '../../dist/cli/demo/remote-write.js';

/** @typedef {{ path: string, headers: Record<string, string>, body: string | Buffer, tokens: string[], at: number }} Batch */

const EVENTS = 10;
const RELEASES = 4;
const SERIES = 20;
const STEPS = 2;

/** @param {number} at */
const time = (at) => new Date(at).toISOString();

/**
 * @param {string} prefix
 * @param {number} count
 * @returns {string[]}
 */
function tokensOf(prefix, count) {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/**
 * Failures with ids of their own, as lines of JSON.
 * @param {string} prefix
 * @param {number} at
 * @returns {Batch}
 */
function events(prefix, at) {
  const tokens = tokensOf(prefix, EVENTS);
  const lines = tokens.map((token) =>
    JSON.stringify({
      kind: 'failure',
      id: token,
      time: time(at),
      service: 'crash-events',
      component: 'db',
      reason: token,
    }),
  );
  const headers = { 'content-type': 'application/x-ndjson' };
  return { path: '/api/v1/events', headers, body: lines.join('\n'), tokens, at };
}

/**
 * Releases as a batch of CloudEvents.
 * @param {string} prefix
 * @param {number} at
 * @returns {Batch}
 */
function cloudevents(prefix, at) {
  const tokens = tokensOf(prefix, RELEASES);
  const batch = tokens.map((token) => ({
    specversion: '1.0',
    id: token,
    source: '/crash',
    type: 'dev.cdevents.service.deployed.0.2.0',
    time: time(at),
    datacontenttype: 'application/json',
    data: {
      context: {
        version: '0.4.1',
        id: token,
        source: '/crash',
        type: 'dev.cdevents.service.deployed.0.2.0',
        timestamp: time(at),
      },
      subject: {
        id: 'crash-cloudevents',
        type: 'service',
        content: { environment: { id: 'test' }, artifactId: `pkg:oci/crash-cloudevents?tag=${token}` },
      },
    },
  }));
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  return { path: '/api/v1/cloudevents', headers, body: JSON.stringify(batch), tokens, at };
}

/**
 * One alert in a notification of Alertmanager.
 * @param {string} prefix
 * @param {number} at
 * @returns {Batch}
 */
function alertmanager(prefix, at) {
  const labels = { alertname: 'CrashAlert', service: 'crash-alertmanager', severity: 'warning' };
  const body = {
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'genchi',
    groupLabels: {},
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: 'http://127.0.0.1:9093',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations: { summary: prefix },
        startsAt: time(at),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: prefix,
      },
    ],
  };
  const headers = { 'content-type': 'application/json' };
  return { path: '/api/v1/alertmanager', headers, body: JSON.stringify(body), tokens: [prefix], at };
}

/**
 * Samples of a few series of the writer's own; each sample's value is its token.
 * @param {string} prefix
 * @param {number} at
 * @param {number} number how many batches this writer made before
 * @param {number} lane
 * @returns {Promise<Batch>}
 */
async function write(_prefix, at, number, lane) {
  const perBatch = SERIES * STEPS;
  const tokens = Array.from({ length: perBatch }, (_, index) => lane * 1e9 + number * perBatch + index);
  const series = Array.from({ length: SERIES }, (_, index) => ({
    labels: { __name__: 'crash_token', service: 'crash-write', lane: String(lane), series: String(index) },
    at: Array.from({ length: STEPS }, (_, step) => at + step),
    values: Array.from({ length: STEPS }, (_, step) => tokens[index * STEPS + step] ?? 0),
  }));
  return {
    path: '/api/v1/write',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: await encodeRemoteWrite(series),
    tokens: tokens.map(String),
    at,
  };
}

/** The doors, each with how its batches are made. */
export const doors = { events, cloudevents, alertmanager, write };
