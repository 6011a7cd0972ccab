/** Attacks below HTTP: requests that are read in two ways, clients that are slow, connections without end. */
import { setTimeout as pause } from 'node:timers/promises';
import { answerOf, open, raw, send } from './send.mjs';

/** @typedef {import('./attack.mjs').Attack} Attack */
/** @typedef {import('./attack.mjs').Target} Target */

const GET = 'GET /-/healthy HTTP/1.1\r\nHost: a\r\n';
const POST = 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const SMUGGLED = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n';

/** Requests of which two readers could see different ones; one refusal may come of each, or a closed connection. */
const smuggled = {
  'a length and chunks': `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'chunks and a length': `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'two lengths': `${POST}Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  'a length with a sign': `${POST}Content-Length: +5\r\n\r\n${SMUGGLED}`,
  'a length in hexadecimal': `${POST}Content-Length: 0x5\r\n\r\n${SMUGGLED}`,
  'two lengths in one': `${POST}Content-Length: 0, 5\r\n\r\n${SMUGGLED}`,
  'a coding with a tab': `${POST}Transfer-Encoding:\tchunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'an unknown coding': `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a space before the colon': `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a folded coding': `${POST}Transfer-Encoding:\r\n chunked, x\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'lines that end with LF': `${GET.replaceAll('\r\n', '\n')}\n`,
  'a bare CR': `${GET}X: a\rTransfer-Encoding: chunked\r\n\r\n`,
  'a null byte': `${GET}X: a\0b\r\n\r\n`,
  'a chunk longer than 64 bits': `${POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`,
  'a chunk with a negative size': `${POST}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n`,
  'two hosts': `${GET}Host: b\r\n\r\n`,
  'no host': 'GET /-/healthy HTTP/1.1\r\n\r\n',
  'HTTP/9.9': 'GET /-/healthy HTTP/9.9\r\nHost: a\r\n\r\n',
  'no HTTP at all': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'a method without end': 'G'.repeat(100_000),
};

/** @type {readonly Attack[]} */
const smuggling = Object.entries(smuggled).map(([name, bytes]) => ({
  name: `HTTP: ${name}`,
  expect: { statuses: [0, 400], withinMs: 1_500, loopMs: 100 },
  run: async (/** @type {Target} */ { url }) => {
    const talk = open(url);
    talk.socket.write(bytes, 'latin1');
    const giveUp = setTimeout(() => talk.socket.destroy(), 5_000);
    const ms = await talk.closed;
    clearTimeout(giveUp);
    const answers = talk.said.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0;
    const told = answerOf(talk.said);
    // A second answer would be that of the smuggled request.
    return [{ ...told, status: answers > 1 ? 200 : told.status, ms, bytes: talk.bytes }];
  },
}));

/**
 * Sends a byte now and then until the server has enough.
 * @param {URL} url
 * @param {string} head
 * @param {string} drop
 */
async function trickle(url, head, drop) {
  const talk = open(url);
  talk.socket.write(head);
  const dropping = setInterval(() => talk.socket.write(drop), 1_000);
  const ms = await talk.closed;
  clearInterval(dropping);
  return { ...answerOf(talk.said), ms, bytes: talk.bytes };
}

/** @type {readonly Attack[]} */
export const socketAttacks = [
  ...smuggling,
  {
    // The form that proxies use (RFC 9112, 3.2.2): its path counts, and asks for the same scope as ever.
    name: 'HTTP: an absolute address of another host',
    expect: { statuses: [200, 400, 404], withinMs: 1_500, loopMs: 100 },
    run: async ({ url }) => [
      await raw(url, 'GET http://evil.example/metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
      await raw(url, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n').then(
        (told) => ({
          ...told,
          // Closed without a word is as good.
          status: told.status === 0 ? 400 : told.status,
        }),
      ),
    ],
  },
  {
    name: 'HTTP: methods that do not exist here',
    expect: { statuses: [400, 404, 405, 501], withinMs: 1_000, loopMs: 100 },
    run: ({ url }) =>
      Promise.all(
        ['TRACE', 'DELETE', 'PUT', 'PATCH', 'PROPFIND', 'PURGE'].map((method) =>
          send(url, { method, path: '/sparql' }),
        ),
      ),
  },
  {
    name: 'HTTP: paths that climb, and that cannot be decoded',
    expect: { statuses: [400, 404], withinMs: 1_000, loopMs: 100 },
    run: ({ url }) =>
      Promise.all(
        [
          '/../../etc/passwd',
          '/%2e%2e/%2e%2e/etc/passwd',
          '/id/..%2f..%2fetc%2fpasswd',
          '/ontology/..%5c..%5cpackage.json',
          '/queries/../../package.json',
          '/id/%00',
          '/%ff%fe',
          `/id/${'a/'.repeat(8_000)}`,
          `/${'%25'.repeat(5_000)}`,
        ].map((path) => raw(url, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)),
      ),
  },
  {
    name: 'HTTP: sixteen thousand header lines',
    // The refusal is lost where the rest of the headers arrives on a connection that is closed.
    expect: { statuses: [0, 431], withinMs: 1_000, loopMs: 100 },
    run: async ({ url }) => [
      await raw(url, `${GET}${'a:\r\n'.repeat(15_000)}\r\n`),
      await raw(url, `${GET}X: ${'x'.repeat(200_000)}\r\n\r\n`),
    ],
  },
  {
    name: 'HTTP: ten thousand pipelined requests',
    expect: { statuses: [200, 503], withinMs: 3_000, loopMs: 150 },
    run: async ({ url }) => [
      await raw(url, 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(10_000), 2_500),
      await raw(
        url,
        `POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nContent-Length: 7\r\n\r\nASK {} `.repeat(
          5_000,
        ),
        2_500,
      ),
    ],
  },
  {
    name: 'sockets: a thousand connections of one address',
    expect: { statuses: [200, 503], withinMs: 5_000, loopMs: 200 },
    run: async ({ url }) => {
      const talks = Array.from({ length: 1_000 }, () => open(url));
      await pause(1_500);
      const refused = talks.filter(({ said }) => said.startsWith('HTTP/1.1 503 ')).length;
      for (const { socket } of talks) socket.destroy();
      const after = await send(url, { path: '/-/healthy' });
      // All of them taken would be no limit.
      return [after, { ...after, status: refused > 0 ? 503 : 0, text: `${refused} refused` }];
    },
  },
  {
    name: 'sockets: five thousand that are reset at once',
    expect: { statuses: [200], withinMs: 8_000, loopMs: 250 },
    run: async ({ url }) => {
      for (let round = 0; round < 50; round += 1) {
        const talks = Array.from({ length: 100 }, () => open(url));
        for (const { socket } of talks) {
          socket.write('POST /api/v1/write HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n');
          socket.once('connect', () => socket.resetAndDestroy());
        }
        await Promise.all(talks.map(({ closed }) => closed));
      }
      return [await send(url, { path: '/-/healthy' })];
    },
  },
];

/** Clients that are slow, which takes as long as they are let; run beside the others. @type {readonly Attack[]} */
export const slowAttacks = [
  {
    name: 'slow: a hundred connections that send headers by the byte',
    expect: { statuses: [408], withinMs: 21_000, loopMs: 0 },
    run: ({ url }) => Promise.all(Array.from({ length: 100 }, () => trickle(url, GET, 'X'))),
  },
  {
    name: 'slow: connections that say nothing',
    expect: { statuses: [0, 408], withinMs: 21_000, loopMs: 0 },
    run: ({ url }) => Promise.all(Array.from({ length: 50 }, () => trickle(url, '', ''))),
  },
];

/** Those that take over half a minute. @type {readonly Attack[]} */
export const slowestAttacks = [
  {
    name: 'slow: bodies sent by the byte',
    expect: { statuses: [0, 408], withinMs: 66_000, loopMs: 0 },
    run: ({ url }) =>
      Promise.all(
        Array.from({ length: 50 }, () =>
          trickle(
            url,
            'POST /api/v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n',
            ' ',
          ),
        ),
      ),
  },
  {
    name: 'slow: large answers that nobody reads',
    expect: { statuses: [0, 200, 503], withinMs: 60_000, loopMs: 0, memoryMib: 256 },
    run: ({ url }) =>
      Promise.all(
        Array.from({ length: 40 }, async () => {
          const talk = open(url);
          const query = encodeURIComponent(
            'PREFIX tps: <http://example.com/tps/> SELECT ?e ?at ?v WHERE { ?e a tps:Event ; tps:timestamp ?at ; tps:metricValue ?v }',
          );
          talk.socket.write(
            `GET /sparql?query=${query} HTTP/1.1\r\nHost: a\r\nAccept: application/sparql-results+json\r\n\r\n`,
          );
          talk.socket.pause();
          return { status: 0, ms: await talk.closed, bytes: 0, text: '', headers: {} };
        }),
      ),
  },
];
