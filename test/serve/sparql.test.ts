import type { FastifyInstance, InjectOptions } from 'fastify';
import { Store, type Term } from 'oxigraph';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Graph, openGraph } from '../../src/graph/index.js';
import type { Instant } from '../../src/model/index.js';
import { openAccess } from '../../src/serve/auth/index.js';
import { createHttp } from '../../src/serve/http.js';
import { registerVoid } from '../../src/serve/service-description.js';
import { registerSparql } from '../../src/serve/sparql.js';
import { statisticsOf } from '../../src/serve/statistics.js';
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
  server = await createHttp({
    logger,
    bodyBytes: 1_048_576,
    access: openAccess,
    observeRequest: () => undefined,
  });
  const description = {
    ...{ iris, deadlineMs: 3_000, maxReceipts: 100, federates: false },
    statistics: statisticsOf({
      store,
      graph,
      iris,
      clock,
      incidents: { counts: () => ({ all: 0, open: 0, openBySeverity: new Map() }) },
    }),
  };
  registerSparql(server, { graph, iris, description });
  registerVoid(server, description);
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
    ['a form without a query', 400, 'bad-request', () => post('timeout=1', FORM)],
    ['an update in a URL', 403, 'query-is-update', () => get({ update: 'CLEAR ALL' })],
    ['an explain that is neither', 400, 'bad-request', () => get({ query: SELECT, explain: 'maybe' })],
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
    expect((await post('', FORM)).json().detail).toContain('GET /sparql?query=');
    expect((await post('update=CLEAR+ALL', FORM)).json().detail).toContain('only ever appended');
  });

  it('takes no longer than the configured maximum, whatever is asked for', async () => {
    const response = await get({ query: ENDLESS, timeout: '60000' });
    expect(response.json()).toMatchObject({ code: 'query-timeout' });
  });

  it('tells how a query was answered instead of what, by GET and by POST', async () => {
    const asked = [
      get({ query: SELECT, explain: 'true' }),
      post(`query=${encodeURIComponent(SELECT)}&explain=true`, FORM),
      post(SELECT, QUERY, '/sparql?explain=true'),
    ];
    for (const response of await Promise.all(asked)) {
      expect(response.headers['content-type']).toContain('application/json');
      const { parts } = response.json();
      expect(parts[0].rows).toBe(1);
    }
    expect((await get({ query: SELECT, explain: 'false' })).json().results.bindings).toHaveLength(1);
  });

  it('ends a query when its client goes away', async () => {
    const address = await server.listen({ port: 0, host: '127.0.0.1' });
    const gone = new AbortController();
    const asked = fetch(`${address}/sparql?query=${encodeURIComponent(ENDLESS)}`, { signal: gone.signal });
    asked.catch(() => undefined);
    await expect.poll(() => graph.figures().busyWorkers, { timeout: 2_500, interval: 10 }).toBe(1);
    gone.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => graph.figures().busyWorkers, { timeout: 2_000 }).toBe(0);
  });
});

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('/sparql in a browser', () => {
  it('is a form, and sends it nowhere else', async () => {
    const page = await get({}, BROWSER);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("form-action 'self'");
    expect(page.body).toContain('<form action="/sparql" method="get">');
  });

  it('answers in a table with links to the evidence, below the query', async () => {
    const query =
      'SELECT ?f ?class ?at ?c { ?f a ?class ; tps:timestamp ?at ; tps:component ?c } ORDER BY ?class';
    const { body } = await get({ query, timeout: '' }, BROWSER);
    expect(body).toContain(`>${query.replaceAll('"', '&quot;')}</textarea>`);
    expect(body).toMatch(/<td><a href="\/id\/failure\/[^"]+">failure, [^<]+<\/a><\/td>/);
    expect(body).toContain('<td><a href="/ontology#JidokaFailure">tps:JidokaFailure</a></td>');
    expect(body).toContain('<td><time datetime="2024-01-25T10:00:00.000Z">');
    expect(body).toContain('<td>cart</td>');
    expect(body).toContain('format=csv');
  });

  it('shows a yes, a graph and an explanation', async () => {
    expect((await get({ query: 'ASK {}' }, BROWSER)).body).toContain('<strong>yes</strong>');
    expect((await get({ query: CONSTRUCT }, BROWSER)).body).toMatch(/<pre>[^<]*&quot;cart&quot;/);
    expect((await get({ query: SELECT, explain: 'true' }, BROWSER)).body).toMatch(/<pre>\{/);
  });

  it('tells what is wrong beside the query, as text', async () => {
    const query = 'SELECT * { ?s <script> }';
    const page = await get({ query }, BROWSER);
    expect(page.statusCode).toBe(400);
    expect(page.body).toContain('<h2>Query malformed</h2>');
    expect(page.body).toContain('&lt;script&gt; }</textarea>');
  });

  it('gives the format that is asked for all the same', async () => {
    const csv = await get({ query: SELECT, format: 'csv' }, BROWSER);
    expect(csv.body).toBe('c\r\ncart\r\n');
  });
});

describe('the description of the service', () => {
  /** Asks a question of the description itself. */
  async function told(question: string, path = '/sparql'): Promise<readonly Map<string, Term>[]> {
    const response = await server.inject({ url: path, headers: { accept: 'text/turtle' } });
    expect(response.statusCode).toBe(200);
    const description = new Store();
    description.load(response.body, { format: 'text/turtle' });
    const prefixes = `PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#>
      PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX hydra: <http://www.w3.org/ns/hydra/core#> PREFIX tps: <http://example.com/tps/>`;
    const answer = description.query(`${prefixes} ${question}`);
    if (!Array.isArray(answer)) throw new TypeError('expected rows');
    return answer.filter((row) => row instanceof Map);
  }
  const values = (rows: readonly Map<string, Term>[], name: string) =>
    rows.map((row) => row.get(name)?.value).sort();

  it('names the endpoint, its language and every format that it really answers in', async () => {
    const [service] = await told('SELECT * { ?s a sd:Service ; sd:endpoint ?e ; sd:supportedLanguage ?l }');
    expect(service?.get('e')?.value).toBe(`${iris.base}/sparql`);
    expect(service?.get('l')?.value).toBe('http://www.w3.org/ns/sparql-service-description#SPARQL11Query');
    const formats = values(await told('SELECT ?f { ?s sd:resultFormat ?f }'), 'f');
    expect(formats.map((iri) => iri?.replace('http://www.w3.org/ns/formats/', ''))).toEqual([
      ...['JSON-LD', 'N-Triples', 'SPARQL_Results_CSV', 'SPARQL_Results_JSON', 'SPARQL_Results_TSV'],
      ...['SPARQL_Results_XML', 'Turtle'],
    ]);
    expect(values(await told('SELECT ?v { ?m hydra:variable ?v }'), 'v')).toEqual([
      ...['explain', 'format', 'query', 'timeout'],
    ]);
  });

  it('counts what is in the graph, as a query does', async () => {
    const rows = await told(
      'SELECT ?class ?n { ?d void:classPartition [ void:class ?class ; void:entities ?n ] }',
    );
    for (const row of rows) {
      const query = `SELECT (COUNT(?s) AS ?n) { ?s a <${row.get('class')?.value}> }`;
      const [counted] = (await get({ query })).json().results.bindings;
      expect([row.get('class')?.value, row.get('n')?.value]).toEqual([
        row.get('class')?.value,
        counted.n.value,
      ]);
    }
    expect(values(rows, 'class')).toEqual(
      ['Event', 'JidokaFailure', 'Service'].map((name) => `http://example.com/tps/${name}`),
    );
    const [all] = (await get({ query: 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }' })).json().results.bindings;
    const [set] = await told(
      'SELECT * { ?d void:triples ?t ; void:uriSpace ?u . ?p dcat:startDate ?from ; dcat:endDate ?to }',
    );
    expect(set?.get('t')?.value).toBe(all.n.value);
    expect(set?.get('u')?.value).toBe(iris.prefix);
    expect(set?.get('from')?.value).toBe('2024-01-25T10:00:00Z');
  });

  it('stands at /.well-known/void too, in every format, and is 406 in others', async () => {
    expect(await told('SELECT * { ?d a void:Dataset }', '/.well-known/void')).toHaveLength(1);
    for (const accept of ['application/n-triples', 'application/ld+json']) {
      const response = await server.inject({ url: '/.well-known/void', headers: { accept } });
      expect(response.headers['content-type']).toContain(accept);
      expect(response.body).toContain('http://rdfs.org/ns/void#Dataset');
    }
    expect((await get({}, { accept: 'image/png' })).json()).toMatchObject({ status: 406 });
  });
});
