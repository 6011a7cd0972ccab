/**
 * Normal clients, in a process of their own: what a team does all day. They come from another address than the
 * attackers. On `take` they tell what they measured since the last time.
 */
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeRemoteWrite } from '../../dist/cli/demo/remote-write.js';

/** @typedef {{ kind: string, ms: number, status: number }} Measured */

const url = new URL(process.argv[2] ?? '');
const token = process.argv[3];
const SERIES = 200;
const ADDRESS = '127.0.0.1';

const agent = new Agent({ keepAlive: true, maxSockets: 20 });
/** @type {Measured[]} */
let measured = [];
let stopped = false;

/**
 * @param {string} kind
 * @param {{ method: string, path: string, headers?: Record<string, string>, body?: string | Buffer }} message
 */
function ask(kind, { method, path, headers = {}, body }) {
  const startedAt = performance.now();
  const credentials = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const end = (/** @type {number} */ status) => {
      measured.push({ kind, ms: performance.now() - startedAt, status });
      resolve(undefined);
    };
    const options = { method, path, host: url.hostname, port: url.port, agent, localAddress: ADDRESS };
    const asking = request({ ...options, headers: { ...headers, ...credentials, ...length } }, (response) => {
      response.resume();
      response.once('end', () => end(response.statusCode ?? 0));
      response.once('error', () => end(0));
    });
    asking.once('error', () => end(0));
    asking.end(body);
  });
}

const ago = (/** @type {number} */ minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

const sparql = (/** @type {string} */ query) => ({
  method: 'POST',
  path: '/sparql',
  // An answer that is kept for others would say nothing.
  headers: { 'content-type': 'application/sparql-query', 'cache-control': 'no-cache' },
  body: `PREFIX tps: <http://example.com/tps/> ${query}`,
});

/** The queries of the guide, over the last minutes. */
const guide = [
  () =>
    `SELECT ?event ?timestamp ?value WHERE { ?event a tps:Event ; tps:timestamp ?timestamp ; tps:metricValue ?value ; tps:service "shop-1" .
     FILTER(?timestamp > "${ago(5)}"^^xsd:dateTime) } ORDER BY ?timestamp LIMIT 500`,
  () =>
    `SELECT ?component ?failureTime WHERE { ?failure a tps:JidokaFailure ; tps:component ?component ; tps:timestamp ?failureTime .
     FILTER(?failureTime > "${ago(60)}"^^xsd:dateTime) } LIMIT 500`,
  () =>
    `SELECT ?service (COUNT(?event) AS ?events) WHERE { ?event a tps:JidokaFailure ; tps:service ?service ; tps:timestamp ?at .
     FILTER(?at > "${ago(30)}"^^xsd:dateTime) } GROUP BY ?service ORDER BY DESC(?events)`,
];

const graphql = (/** @type {string} */ query) => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});

let turn = 0;
async function write() {
  turn += 1;
  const at = Date.now();
  const series = Array.from({ length: SERIES }, (_, index) => ({
    labels: {
      __name__: 'attack_load',
      service: `shop-${index % 10}`,
      instance: String(index),
    },
    at: [at],
    values: [Math.sin(turn / 10) * index],
  }));
  return {
    method: 'POST',
    path: '/api/v1/write',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: await encodeRemoteWrite(series),
  };
}

function alert() {
  const labels = { alertname: 'Slow', service: `shop-${turn % 10}`, severity: 'warning' };
  const one = { status: 'firing', labels, annotations: {}, startsAt: ago(1), fingerprint: `f${turn % 10}` };
  return {
    method: 'POST',
    path: '/api/v1/alertmanager',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ version: '4', groupKey: 'g', status: 'firing', receiver: 'g', alerts: [one] }),
  };
}

/** What is asked by whom, and with what pause between an answer and the next question, in milliseconds. */
const clients = [
  { kind: 'remote write', pauseMs: 200, make: write },
  { kind: 'alert', pauseMs: 1_000, make: alert },
  ...guide.map((query) => ({ kind: 'guide query', pauseMs: 250, make: () => sparql(query()) })),
  {
    kind: 'health page',
    pauseMs: 200,
    make: () => graphql('{ health { score } incidents(first: 5) { nodes { id } } }'),
  },
  { kind: 'probe', pauseMs: 200, make: () => ({ method: 'GET', path: '/-/healthy' }) },
  { kind: 'scrape', pauseMs: 1_000, make: () => ({ method: 'GET', path: '/metrics' }) },
];

process.on('message', (/** @type {string} */ message) => {
  if (message === 'stop') stopped = true;
  if (message === 'take') process.send?.({ measured });
  measured = [];
});

await Promise.all(
  clients.map(async ({ kind, pauseMs, make }) => {
    while (!stopped) {
      await ask(kind, await make());
      await pause(pauseMs);
    }
  }),
);
agent.destroy();
process.disconnect?.();
