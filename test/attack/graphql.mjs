/** Hostile GraphQL. */
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { answerOf, open, postJson, send } from './send.mjs';

/** @typedef {import('./attack.mjs').Attack} Attack */

const times = (/** @type {number} */ count, /** @type {(index: number) => string} */ make) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');

/** Callers of callers: the one relation of the schema that goes on for ever. */
const deep = (/** @type {number} */ depth) =>
  `{ service(name: "shop-1") { ${'callers { callees { '.repeat(depth / 2)} name ${'} } '.repeat(depth / 2)} } }`;

/** @type {Readonly<Record<string, () => unknown>>} */
const requests = {
  'deep fields': () => ({ query: deep(500) }),
  'deep lists in arguments': () => ({
    query: `{ events(kinds: ${'['.repeat(5_000)}${']'.repeat(5_000)}) { edges { node { id } } } }`,
  }),
  'a flood of aliases': () => ({ query: `{ ${times(1_000, (index) => `a${index}: health { score }`)} }` }),
  'the same field a thousand times': () => ({ query: `{ ${times(1_900, () => '__typename')} }` }),
  'a cycle of fragments': () => ({
    query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
  }),
  'fragments that double': () => ({
    query: `{ ...F0 } ${times(60, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)} fragment F60 on Query { __typename }`,
  }),
  'pages within pages': () => ({
    query:
      '{ services { callers { callees { callers { callees { callers { health { score metrics { name } } } } } } } } }',
  }),
  'directives without end': () => ({ query: `{ __typename ${times(900, () => '@include(if: true)')} }` }),
  'a flood of unknown directives': () => ({ query: `{ __typename ${times(900, () => '@a')} }` }),
  'introspection within introspection': () => ({
    query: `{ __schema { types { ${'fields { type { '.repeat(20)} name ${'} } '.repeat(20)} } } }`,
  }),
  'ten introspections': () => ({
    query: `{ ${times(18, (index) => `a${index}: __schema { types { fields { args { type { name } } type { name } } } }`)} }`,
  }),
  'a huge variable': () => ({
    query: 'query($a: [String!]) { events(first: 1, services: $a) { edges { node { id } } } }',
    variables: { a: Array.from({ length: 40_000 }, (_, index) => `${index}`) },
  }),
  'a deep variable': () =>
    `{"query":"query($a:X){__typename}","variables":{"a":${'['.repeat(60_000)}${']'.repeat(60_000)}}}`,
  'a poisoned prototype': () =>
    '{"query":"{__typename}","variables":{"__proto__":{"admin":true}},"__proto__":{"query":"{x}"}}',
  'a batch of requests': () => Array.from({ length: 100 }, () => ({ query: '{ health { score } }' })),
  'a batch of mutations': () => ({
    query: `mutation { ${times(50, (index) => `m${index}: recordEvent(input: {kind: "failure", service: "x", fields: {component: "x", reason: "y"}}) { receipt { id } }`)} }`,
  }),
  'many operations': () => ({
    query: times(400, (index) => `query Q${index} { __typename }`),
    operationName: 'Q1',
  }),
  'overlapping fields': () => ({
    query: `{ ${times(150, (index) => `health { score ...F${index % 20} }`)} } ${times(20, (index) => `fragment F${index} on Health { band score pillars { ...P } }`)} fragment P on PillarHealth { __typename }`,
  }),
  'a query that is a number': () => ({ query: 17 }),
  'a hint of every name': () => ({ query: '{ helth incidnts srvices }' }),
};

const SUBSCRIBERS = 200;
/** What a server takes unless it is told otherwise. */
const MOST_SUBSCRIBERS = 100;
const SUBSCRIPTION = '{"query":"subscription { healthChanged { __typename health { score } } }"}';
const LISTENING = { 'content-type': 'application/json', accept: 'text/event-stream' };

/**
 * Subscribes, reads the head of the answer and nothing after it.
 * @param {URL} url
 */
function deafSubscriber(url) {
  const talk = open(url);
  const headers = Object.entries({ host: 'a', ...LISTENING, 'content-length': SUBSCRIPTION.length });
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  talk.socket.write(`POST /graphql HTTP/1.1\r\n${head}\r\n${SUBSCRIPTION}`);
  talk.socket.once('data', () => talk.socket.pause());
  return talk;
}

/**
 * Subscribes from another address, and leaves with the answer's head.
 * @param {URL} url
 * @returns {Promise<import('./send.mjs').Answer>}
 */
function subscribeOnce(url) {
  const startedAt = performance.now();
  const options = { method: 'POST', path: '/graphql', host: url.hostname, port: url.port, agent: false };
  return new Promise((resolve) => {
    const end = (/** @type {number} */ status) =>
      resolve({ status, ms: performance.now() - startedAt, bytes: 0, text: '', headers: {} });
    const asking = request({ ...options, headers: LISTENING, localAddress: '127.0.0.67' }, (response) => {
      end(response.statusCode ?? 0);
      response.on('error', () => undefined);
      asking.destroy();
    });
    asking.once('error', () => end(0));
    asking.end(SUBSCRIPTION);
  });
}

/** Answers of GraphQL over HTTP carry errors with 200 or 400; either way nothing is computed. */
const STATUSES = [200, 400, 413];

/** @type {readonly Attack[]} */
export const graphqlAttacks = [
  ...Object.entries(requests).map(([name, make]) => ({
    name: `GraphQL: ${name}`,
    expect: { statuses: STATUSES, withinMs: 1_000, loopMs: 100 },
    run: async (/** @type {import('./attack.mjs').Target} */ { url }) => [
      await postJson(url, '/graphql', make()),
    ],
  })),
  {
    name: 'GraphQL: a mutation by GET',
    expect: { statuses: [405], withinMs: 500, loopMs: 100 },
    run: async ({ url }) => [
      await send(url, {
        path: `/graphql?query=${encodeURIComponent('mutation { retireSlo(input: {name: "x"}) { __typename } }')}`,
      }),
    ],
  },
  {
    name: 'GraphQL: a mutation as a form of another site',
    expect: { statuses: [415], withinMs: 500, loopMs: 100 },
    run: ({ url }) =>
      Promise.all(
        ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'].map((type) =>
          send(url, {
            method: 'POST',
            path: '/graphql',
            headers: { 'content-type': type, origin: 'https://evil.example' },
            body: '{"query":"mutation{__typename}"}',
          }),
        ),
      ),
  },
  {
    name: 'GraphQL: two hundred subscribers that never read',
    // Half of the places are the most that one address gets; who listens from elsewhere finds one.
    expect: { statuses: [200, 503], withinMs: 5_000, loopMs: 150, retryAfter: true },
    run: async ({ url }) => {
      const talks = Array.from({ length: SUBSCRIBERS }, () => deafSubscriber(url));
      const startedAt = performance.now();
      const admitted = () => talks.filter(({ said }) => said.startsWith('HTTP/1.1 200 ')).length;
      const refused = () => talks.filter(({ said }) => said.startsWith('HTTP/1.1 503 ')).length;
      while (admitted() + refused() < SUBSCRIBERS && performance.now() - startedAt < 4_000) await pause(50);
      const other = await subscribeOnce(url);
      for (const { socket } of talks) socket.destroy();
      const answers = talks.map(({ said }) => ({
        ...answerOf(said),
        ms: performance.now() - startedAt,
        bytes: 0,
      }));
      // All of them taken would be no limit, and none left to others no fairness.
      const isBounded = admitted() > 0 && admitted() < MOST_SUBSCRIBERS;
      return [...answers, { ...other, status: isBounded ? other.status : 0, text: `${admitted()} admitted` }];
    },
  },
];
