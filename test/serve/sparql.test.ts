import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Graph, openGraph } from '../../src/graph/index.js';
import type { Instant } from '../../src/model/index.js';
import { createHttp } from '../../src/serve/http.js';
import { registerSparql } from '../../src/serve/sparql.js';
import { eventOf, freshStore, iris, START } from '../graph/fixture.js';

const SELECT = 'SELECT ?c { ?f a tps:JidokaFailure ; tps:component ?c }';
const CONSTRUCT = 'CONSTRUCT WHERE { ?f tps:component ?c }';
const ENDLESS = 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const QUERY = { 'content-type': 'application/sparql-query' };
const UPDATE = { 'content-type': 'application/sparql-update' };

let server: FastifyInstance;
let graph: Graph;
let remove: () => Promise<void>;

beforeAll(async () => {
  const fresh = await freshStore();
  remove = fresh.remove;
  const { store } = fresh;
  await store.append({
    events: [eventOf('failure', START, { service: 's', component: 'cart', reason: 'r' })],
  });
  const clock = () => (START + 1_000) as Instant;
  graph = await openGraph({ store, iris, clock, workers: 1, deadlineMs: 3_000, maxReceipts: 100 });
  const logger = pino({ level: 'silent' });
  server = await createHttp({ logger, bodyBytes: 1_048_576, observeRequest: () => undefined });
  registerSparql(server, { graph, corsOrigin: '*' });
  await server.ready();
});
afterAll(async () => {
  await server?.close();
  await graph?.close();
  await remove?.();
});

const get = (query: Record<string, string>, headers: Record<string, string> = {}) =>
  server.inject({ method: 'GET', url: `/sparql?${new URLSearchParams(query)}`, headers });
const post = (payload: string, headers: Record<string, string>, url = '/sparql') =>
  server.inject({ method: 'POST', url, payload, headers });

describe('/sparql', () => {
  it.each<[string, InjectOptions]>([
    ['GET', { method: 'GET', url: `/sparql?query=${encodeURIComponent(SELECT)}` }],
    [
      'a form',
      { method: 'POST', url: '/sparql', headers: FORM, payload: `query=${encodeURIComponent(SELECT)}` },
    ],
    ['a direct POST', { method: 'POST', url: '/sparql', headers: QUERY, payload: SELECT }],
    [
      'a direct POST with parameters',
      { method: 'POST', url: '/sparql?timeout=2000', headers: QUERY, payload: SELECT },
    ],
  ])('answers a query by %s', async (_, request) => {
    const response = await server.inject(request);
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('application/sparql-results+json');
    expect(response.headers.vary).toContain('accept');
    expect(response.json().results.bindings).toEqual([{ c: { type: 'literal', value: 'cart' } }]);
  });

  it.each([
    [SELECT, 'application/sparql-results+xml', '<literal>cart</literal>'],
    [SELECT, 'text/csv', 'c\r\ncart\r\n'],
    [SELECT, 'text/tab-separated-values', '?c\n"cart"\n'],
    ['ASK {}', 'application/sparql-results+json', 'true'],
    [CONSTRUCT, 'text/turtle', '"cart"'],
    [CONSTRUCT, 'application/n-triples', '"cart" .'],
    [CONSTRUCT, 'application/ld+json', '"cart"'],
  ])('serves %s as %s', async (query, accept, part) => {
    const response = await get({ query }, { accept });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain(accept);
    expect(response.body).toContain(part);
    const short = { xml: 'xml', csv: 'csv', 'tab-separated-values': 'tsv' };
    const format = Object.entries(short).find(([end]) => accept.endsWith(end))?.[1];
    if (format !== undefined) expect((await get({ query, format })).body).toBe(response.body);
  });

  it.each([
    ['a GET without a query', 400, 'bad-request', () => get({})],
    ['an empty query', 400, 'query-malformed', () => get({ query: ' ' })],
    ['two queries', 400, 'bad-request', () => server.inject('/sparql?query=ASK{}&query=ASK{}')],
    ['a query that does not parse', 400, 'query-malformed', () => get({ query: 'SELECT * { ?s ?p }' })],
    [
      '700 braces',
      400,
      'query-too-complex',
      () => get({ query: `ASK ${'{'.repeat(700)}${'}'.repeat(700)}` }),
    ],
    ['an update as a query', 403, 'query-is-update', () => post('CLEAR ALL', QUERY)],
    ['an update in a form', 403, 'query-is-update', () => post('update=CLEAR+ALL', FORM)],
    ['an update by its media type', 403, 'query-is-update', () => post('CLEAR ALL', UPDATE)],
    [
      'SERVICE',
      403,
      'query-service-refused',
      () => get({ query: 'ASK { SERVICE <http://a/> { ?s ?p ?o } }' }),
    ],
    ['another graph', 400, 'bad-request', () => get({ query: SELECT, 'default-graph-uri': 'http://a/' })],
    ['a format that it does not have', 400, 'bad-request', () => get({ query: SELECT, format: 'xlsx' })],
    ['a timeout that is none', 400, 'bad-request', () => get({ query: SELECT, timeout: '-1' })],
    ['a table as Turtle', 406, 'not-acceptable', () => get({ query: SELECT }, { accept: 'text/turtle' })],
    [
      'a body of another type',
      415,
      'unsupported-media-type',
      () => post('{}', { 'content-type': 'application/json' }),
    ],
    ['a body that is too large', 413, 'body-too-large', () => post('x'.repeat(300_000), QUERY)],
    ['a query past its deadline', 503, 'query-timeout', () => get({ query: ENDLESS, timeout: '200' })],
  ])('answers %s with %i %s', async (_, status, code, ask) => {
    const response = await ask();
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({ status, code });
    expect(response.statusCode).toBe(status);
    expect((await get({ query: SELECT })).statusCode).toBe(200);
  });

  it('tells a reader how to ask', async () => {
    expect((await get({})).json().detail).toContain('GET /sparql?query=');
  });

  it('lets pages of the allowed origin ask', async () => {
    const response = await get({ query: SELECT });
    expect(response.headers['access-control-allow-origin']).toBe('*');
    const preflight = await server.inject({ method: 'OPTIONS', url: '/sparql' });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('content-type');
  });

  it('ends a query when its client goes away', async () => {
    const address = await server.listen({ port: 0, host: '127.0.0.1' });
    const gone = new AbortController();
    const asked = fetch(`${address}/sparql?query=${encodeURIComponent(ENDLESS)}`, { signal: gone.signal });
    asked.catch(() => undefined);
    await expect.poll(() => graph.figures().busyWorkers).toBe(1);
    gone.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => graph.figures().busyWorkers, { timeout: 2_000 }).toBe(0);
  });
});
