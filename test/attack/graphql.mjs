/** Hostile GraphQL. */
import { postJson, send } from './send.mjs';

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
    expect: { statuses: [0, 200, 503], withinMs: 3_000, loopMs: 150, retryAfter: true },
    run: ({ url }) =>
      Promise.all(
        Array.from({ length: 200 }, () =>
          send(url, {
            method: 'POST',
            path: '/graphql',
            headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
            body: '{"query":"subscription { incidentChanged { __typename } }"}',
            timeoutMs: 1_500,
          }),
        ),
      ),
  },
];
