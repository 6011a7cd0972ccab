/** Hostile evidence: bodies that grow, lie about their size, nest, or fill memory with names. */
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { compressSync } from 'snappy';
import { encodeWriteRequest } from '../../dist/cli/demo/remote-write.js';
import { ATTACKER, postJson, raw, send } from './send.mjs';

/** @typedef {import('./attack.mjs').Attack} Attack */
/** @typedef {import('./attack.mjs').Target} Target */

const MIB = 1_048_576;
const WRITE = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };

/**
 * @param {URL} url
 * @param {Buffer} body
 * @param {Record<string, string>} [headers]
 */
const write = (url, body, headers = WRITE) =>
  send(url, { method: 'POST', path: '/api/v1/write', headers, body });

/**
 * A body of remote write: so many series, each with so many samples, that end now.
 * @param {number} series
 * @param {number} samples
 * @param {(index: number) => Record<string, string>} labels
 */
function written(series, samples, labels) {
  const now = Date.now();
  const at = Array.from({ length: samples }, (_, index) => now - (samples - index) * 10);
  const values = at.map((_, index) => index);
  return compressSync(
    encodeWriteRequest(Array.from({ length: series }, (_, index) => ({ labels: labels(index), at, values }))),
  );
}

const failure = (/** @type {object} */ more) => ({
  kind: 'failure',
  service: 'shop-1',
  component: 'db',
  reason: 'attack',
  ...more,
});

/**
 * Sends a body without an end by chunks until the server has enough of it.
 * @param {URL} url
 * @param {string} path
 * @param {Record<string, string>} headers
 */
function endless(url, path, headers) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const options = { method: 'POST', host: url.hostname, port: url.port, path, headers, agent: false };
    let status = 0;
    const sending = request({ ...options, localAddress: ATTACKER }, (response) => {
      status = response.statusCode ?? 0;
      response.resume();
    });
    const end = () => resolve({ status, ms: performance.now() - startedAt, bytes: 0, text: '', headers: {} });
    sending.once('error', end);
    sending.once('close', end);
    const chunk = Buffer.alloc(65_536, ' ');
    const more = async () => {
      while (!sending.destroyed && status === 0) {
        if (!sending.write(chunk))
          await Promise.race([new Promise((go) => sending.once('drain', go)), pause(2_000)]);
      }
      sending.destroy();
    };
    more();
  });
}

/** @type {readonly Attack[]} */
export const doorAttacks = [
  {
    name: 'bodies: a gzip bomb of 1 GiB',
    expect: { statuses: [413], withinMs: 3_000, loopMs: 100 },
    run: async ({ url }) => [
      await send(url, {
        method: 'POST',
        path: '/api/v1/events',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body: gzipSync(Buffer.alloc(1_024 * MIB, ' ')),
      }),
    ],
  },
  {
    name: 'bodies: twenty gzip bombs at once',
    expect: { statuses: [413, 503], withinMs: 15_000, loopMs: 150, retryAfter: true },
    run: ({ url }) => {
      const body = gzipSync(Buffer.alloc(256 * MIB, ' '));
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      return Promise.all(
        Array.from({ length: 20 }, () =>
          send(url, { method: 'POST', path: '/api/v1/events', headers, body }),
        ),
      );
    },
  },
  {
    name: 'bodies: a snappy block that claims 4 GiB',
    expect: { statuses: [400, 413], withinMs: 500, loopMs: 100 },
    run: async ({ url }) => [
      await write(url, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00])),
      await write(url, Buffer.from([0xff, 0xff, 0xff, 0x1f, 0x00])),
    ],
  },
  {
    name: 'bodies: a snappy bomb of 60 MiB',
    expect: { statuses: [400], withinMs: 2_000, loopMs: 250 },
    run: async ({ url }) => [await write(url, compressSync(Buffer.alloc(60 * MIB)))],
  },
  {
    name: 'bodies: encodings that nobody asked for',
    expect: { statuses: [415], withinMs: 500, loopMs: 100 },
    run: ({ url }) =>
      Promise.all(
        ['zstd', 'br', 'deflate', 'snappy, gzip', 'gzip, gzip'].flatMap((encoding) => [
          write(url, Buffer.alloc(100), { ...WRITE, 'content-encoding': encoding }),
          postJson(url, '/api/v1/events', '[]', { 'content-encoding': encoding }),
        ]),
      ).then((answers) => answers.filter((_, index) => index !== 6)),
  },
  {
    name: 'bodies: one without a length that never ends',
    expect: { statuses: [0, 413], withinMs: 5_000, loopMs: 100 },
    run: async ({ url }) => [
      await endless(url, '/api/v1/events', { 'content-type': 'application/json' }),
      await endless(url, '/graphql', { 'content-type': 'application/json' }),
      await endless(url, '/sparql', { 'content-type': 'application/sparql-query' }),
    ],
  },
  {
    name: 'bodies: a length of 1 TiB',
    expect: { statuses: [413], withinMs: 500, loopMs: 100 },
    run: ({ url }) =>
      Promise.all(
        ['/api/v1/write', '/api/v1/events', '/api/v1/alertmanager', '/graphql', '/sparql'].map((path) =>
          raw(
            url,
            `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${path === '/sparql' ? 'application/sparql-query' : path.endsWith('write') ? 'application/x-protobuf\r\nContent-Encoding: snappy' : 'application/json'}\r\nContent-Length: 1099511627776\r\n\r\n{`,
          ),
        ),
      ),
  },
  {
    name: 'bodies: many chunks of one byte, with extensions',
    expect: { statuses: [200, 400, 413, 0], withinMs: 3_000, loopMs: 150 },
    run: async ({ url }) => [
      await raw(
        url,
        `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${`1;${'e'.repeat(60)}\r\n \r\n`.repeat(20_000)}0\r\n\r\n`,
        3_000,
      ),
    ],
  },
  {
    name: 'JSON: nests deep',
    expect: { statuses: [400], withinMs: 1_000, loopMs: 100 },
    run: ({ url }) =>
      Promise.all(
        ['/api/v1/events', '/api/v1/alertmanager'].map((path) =>
          postJson(url, path, `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`),
        ),
      ),
  },
  {
    name: 'JSON: is wide',
    expect: { statuses: [400, 413], withinMs: 3_000, loopMs: 250 },
    run: async ({ url }) => [await postJson(url, '/api/v1/events', `[${'{},'.repeat(4_000_000)}{}]`)],
  },
  {
    name: 'JSON: a hundred thousand lines',
    expect: { statuses: [413], withinMs: 3_000, loopMs: 350 },
    run: async ({ url }) => [
      await postJson(url, '/api/v1/events', `${JSON.stringify(failure({}))}\n`.repeat(100_000), {
        'content-type': 'application/x-ndjson',
      }),
    ],
  },
  {
    name: 'JSON: poisons prototypes',
    expect: { statuses: [400], withinMs: 500, loopMs: 100 },
    run: async ({ url }) => [
      await postJson(url, '/api/v1/events', '{"kind":"failure","__proto__":{"service":"x"}}'),
      await postJson(url, '/api/v1/events', '{"kind":"failure","constructor":{"prototype":{"x":1}}}'),
    ],
  },
  {
    name: 'labels: too many, too long, twice, and of secrets',
    expect: { statuses: [400], withinMs: 1_000, loopMs: 100 },
    run: ({ url }) =>
      Promise.all(
        [
          Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`l${index}`, 'x'])),
          { l: 'x'.repeat(100_000) },
          { ['l'.repeat(10_000)]: 'x' },
          { password: 'correct horse' },
          { l: 'AKIAIOSFODNN7EXAMPLE' },
        ].map((labels) => postJson(url, '/api/v1/events', failure({ labels }))),
      ),
  },
  {
    name: 'series: fifty thousand new ones, over the limit',
    expect: { statuses: [400], withinMs: 10_000, loopMs: 300 },
    run: async ({ url }) => {
      const answers = [];
      for (let part = 0; part < 10; part += 1) {
        const labels = (/** @type {number} */ index) => ({ __name__: 'flood', id: `${part}-${index}` });
        answers.push(await write(url, written(5_000, 1, labels)));
      }
      // The first of them still found room.
      return answers.slice(4);
    },
  },
  {
    name: 'series: each a metric of its own',
    expect: { statuses: [204, 400], withinMs: 5_000, loopMs: 300 },
    run: async ({ url }) => [
      await write(
        url,
        written(5_000, 1, (index) => ({ __name__: `flood_${index}_${Date.now()}` })),
      ),
    ],
  },
  {
    name: 'series: thrown away by a body that breaks off',
    expect: { statuses: [400], withinMs: 5_000, loopMs: 300 },
    run: async ({ url }) => {
      const series = Array.from({ length: 5_000 }, (_, index) => ({
        labels: { __name__: 'broken', id: `${index}` },
        at: [Date.now()],
        values: [1],
      }));
      return [
        await write(
          url,
          compressSync(Buffer.concat([encodeWriteRequest(series), Buffer.from([0x0a, 0x7f])])),
        ),
      ];
    },
  },
  {
    name: 'samples: a million in one request',
    expect: { statuses: [204, 400, 503], withinMs: 10_000, loopMs: 600, retryAfter: true },
    run: async ({ url }) => [
      await write(
        url,
        written(10, 100_000, (index) => ({ __name__: 'many', id: `${index}` })),
      ),
    ],
  },
  {
    // The first of them find room, and all others are refused by name.
    name: 'events: of ten thousand services',
    expect: { statuses: [207], withinMs: 15_000, loopMs: 200, memoryMib: 96 },
    run: async ({ url, random }) => {
      const run = Math.floor(random.uniform() * 1e9);
      const lines = Array.from({ length: 10_000 }, (_, index) =>
        JSON.stringify(failure({ service: `service-${run}-${index}` })),
      );
      return [
        await postJson(url, '/api/v1/events', lines.join('\n'), { 'content-type': 'application/x-ndjson' }),
      ];
    },
  },
  {
    name: 'alerts: a thousand names in one notification',
    expect: { statuses: [400], withinMs: 15_000, loopMs: 200 },
    run: async ({ url }) => {
      const alerts = Array.from({ length: 1_000 }, (_, index) => ({
        status: 'resolved',
        labels: { alertname: `Flood${index}`, service: `flood-${index}` },
        annotations: {},
        startsAt: new Date(Date.now() - 60_000).toISOString(),
        endsAt: new Date().toISOString(),
        fingerprint: `flood-${index}`,
      }));
      const group = { version: '4', groupKey: 'g', status: 'resolved', receiver: 'g', alerts };
      return [await postJson(url, '/api/v1/alertmanager', group)];
    },
  },
  {
    name: 'events: texts that break out of HTML, RDF and SQL',
    expect: { statuses: [200], withinMs: 2_000, loopMs: 100 },
    run: async ({ url }) => {
      const reason = `<script>alert(1)</script>" . <a> <b> <c> . '); DROP TABLE event; -- \u2028 \\u0022`;
      const told = await postJson(url, '/api/v1/events', failure({ reason }));
      const [iri = ''] = JSON.parse(told.text).receipts ?? [];
      const { pathname } = new URL(iri);
      const page = await send(url, { path: pathname, headers: { accept: 'text/html' } });
      const turtle = await send(url, { path: pathname, headers: { accept: 'text/turtle' } });
      const isOut = page.text.includes('<script>alert(1)') || /^<a> <b> <c>/m.test(turtle.text);
      return [told, isOut ? { ...page, status: 0 } : page, turtle];
    },
  },
];
