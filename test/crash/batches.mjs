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
 * @param {string} service
 * @returns {Batch}
 */
function failures(prefix, at, service) {
  const tokens = tokensOf(prefix, EVENTS);
  const lines = tokens.map((token) =>
    JSON.stringify({
      kind: 'failure',
      id: token,
      time: time(at),
      service,
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
 * Failures of now.
 * @param {string} prefix
 * @param {number} at
 */
function events(prefix, at) {
  return failures(prefix, at, 'crash-events');
}

const DAY_MS = 86_400_000;
/** How far back the samples lie that are only sorted, and the evidence that is due for the archive at once. */
const SORTED_MS = 3 * DAY_MS;
const DUE_MS = 800 * DAY_MS;

/**
 * Failures that are older than they are kept: they go to the archive as soon as retention comes to them.
 * @param {string} prefix
 * @param {number} at
 * @returns {Batch}
 */
function dueEvents(prefix, at) {
  return failures(prefix, at - DUE_MS, 'crash-due');
}

/**
 * A mutation of GraphQL.
 * @param {string} token
 * @param {number} at
 * @param {string} query
 * @param {object} input
 * @returns {Batch}
 */
function mutation(token, at, query, input) {
  const headers = { 'content-type': 'application/json' };
  return {
    path: '/graphql',
    headers,
    body: JSON.stringify({ query, variables: { input } }),
    tokens: [token],
    at,
  };
}

/**
 * A failure by GraphQL.
 * @param {string} token
 * @param {number} at
 */
function graphql(token, at) {
  return mutation(
    token,
    at,
    'mutation ($input: RecordEventInput!) { recordEvent(input: $input) { isNew receipt { iri } } }',
    {
      kind: 'failure',
      id: token,
      time: time(at),
      service: 'crash-graphql',
      fields: { component: 'db', reason: token },
    },
  );
}

/**
 * Changes an objective of the lane; each change is a receipt with a reason of its own.
 * @param {string} token
 * @param {number} at
 * @param {number} number
 * @param {number} lane
 */
function slo(token, at, number, lane) {
  return mutation(
    token,
    at,
    'mutation ($input: RegisterSloInput!) { registerSlo(input: $input) { isNew revision { receipt { iri } } } }',
    {
      slo: `crash-slo-${lane}`,
      service: 'crash-slo',
      metric: 'crash_token',
      target: 1_000 + number,
      direction: 'AT_MOST',
      windowMinutes: 60,
      reason: token,
    },
  );
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
  return await samples('crash_token', at - SORTED_MS, number, lane);
}

/**
 * Samples that are older than they are kept. A day of them that has gone to the archive takes no more, so that `day`
 * counts up to one that does.
 * @param {string} _prefix
 * @param {number} at
 * @param {number} number
 * @param {number} lane
 * @param {number} day
 * @returns {Promise<Batch>}
 */
async function due(_prefix, at, number, lane, day) {
  const today = at % DAY_MS;
  return await samples('crash_due', at - today - DUE_MS + day * DAY_MS + number * STEPS, number, lane);
}

/**
 * @param {string} metric
 * @param {number} at
 * @param {number} number
 * @param {number} lane
 * @returns {Promise<Batch>}
 */
async function samples(metric, at, number, lane) {
  const perBatch = SERIES * STEPS;
  const tokens = Array.from({ length: perBatch }, (_, index) => lane * 1e9 + number * perBatch + index);
  const series = Array.from({ length: SERIES }, (_, index) => ({
    labels: { __name__: metric, service: 'crash-write', lane: String(lane), series: String(index) },
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
export const doors = { events, cloudevents, alertmanager, write, graphql, slo, due, dueEvents };
