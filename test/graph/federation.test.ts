import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import oxigraph from 'oxigraph';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.js';
import type { RunningApp } from '../../src/cli/index.js';
import { type EvidenceStore, Recorder } from '../../src/evidence/index.js';
import { type Graph, openGraph, type ServiceEndpoint } from '../../src/graph/index.js';
import { formatInstant, type Instant, instantOf } from '../../src/model/index.js';
import { startEndpoints, TEAMS } from './endpoints.js';
import { eventOf, freshStore, iris, START, samplesOf } from './fixture.js';

const logger = pino({ level: 'silent' });
const TYPES = 'PREFIX t: <http://teams.test/> ';

let endpoints: Awaited<ReturnType<typeof startEndpoints>>;
let folder: string;
let other: RunningApp;
let store: EvidenceStore;
let remove: () => Promise<void>;
let graph: Graph;
/** Everything that the graph and the honest endpoint hold, in one store: what federated answers are held to. */
const everything = new oxigraph.Store();

const url = (path: string) => `${endpoints.origin}${path}`;
const service = (path: string) => `SERVICE <${url(path)}>`;

async function csv(text: string): Promise<string> {
  const { body } = await graph.query({ text, accept: 'text/csv' });
  return Buffer.from(body).toString();
}

async function rows(text: string): Promise<readonly string[]> {
  return (await csv(text)).trimEnd().split('\r\n').slice(1).sort();
}

/** A cell by its value: numbers and times may be written in more than one way. */
function byValue(cell: string): string {
  if (/^-?[\d.]+(e[+-]?\d+)?$/i.test(cell)) return String(Number(Number(cell).toPrecision(12)));
  if (/^\d{4}-\d\d-\d\dT/.test(cell)) return String(Date.parse(cell));
  return cell;
}

function values(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.split(',').map(byValue).join(',')).sort();
}

/** The same query over everything in one store: the endpoint's predicates are its own, so SERVICE only groups there. */
function expected(text: string): readonly string[] {
  const plain = text.replace(/SERVICE (SILENT )?<[^>]*>/g, '');
  const answer = String(
    everything.query(`PREFIX tps: <http://example.com/tps/> ${plain}`, { results_format: 'text/csv' }),
  );
  return answer.trimEnd().split(/\r?\n/).slice(1);
}

async function startOther(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'genchi-federation-'));
  other = await startApp({ port: 0, data: folder }, { logger });
  await other.ready;
  const deployments = [0, 1, 2].map((index) => ({
    kind: 'deployment',
    id: `deployment-${index}`,
    service: `service-${index}`,
    version: `v${index}`,
    time: formatInstant(instantOf(START + index * 60_000)),
  }));
  const answer = await fetch(`${other.url}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(deployments),
  });
  expect(answer.status).toBe(200);
}

async function startLocal(): Promise<void> {
  ({ store, remove } = await freshStore());
  const timeoutMs = 5_000;
  const listed = (name: string, path: string, more: Partial<ServiceEndpoint> = {}): ServiceEndpoint => ({
    ...{ name, url: url(path), headers: {}, timeoutMs },
    ...more,
  });
  const closed = await closedPort();
  graph = await openGraph({
    ...{ store, iris, clock: () => (START + 3_600_000) as Instant, workers: 1, deadlineMs: 20_000 },
    maxReceipts: 100,
    endpoints: [
      listed('teams', '/teams', { headers: { authorization: 'Bearer s3cret' } }),
      ...['garbage', 'truncated', 'broken', 'redirect', 'many', 'patient'].map((name) =>
        listed(name, name === 'patient' ? '/slow?patient' : `/${name}`),
      ),
      listed('slow', '/slow', { timeoutMs: 300 }),
      listed('stalled', '/stalled', { timeoutMs: 300 }),
      listed('other', '', { url: `${other.url}/sparql` }),
      listed('down', '', { url: closed }),
    ],
  });
  const recorder = new Recorder(store);
  recorder.subscribe((recorded) => graph.hear(recorded));
  const failures = [0, 1, 2, 3].map((index) =>
    eventOf('failure', START + 90_000 * index, {
      service: `service-${index % 2}`,
      component: `component-${index}`,
      reason: 'timeout',
      metricChangePercent: 12.5 * index,
    }),
  );
  const many = Array.from({ length: 120 }, (_, index) =>
    eventOf('queue_depth', START + 7_200_000 + index, { service: 'service-9', queue: 'q', depth: index }),
  );
  const samples = samplesOf(
    store,
    [1, 1.5, 1e-7, 100, 1e21].map((value, index) => ({
      labels: { __name__: 'latency', service: 'service-1' },
      at: START + index * 1_000,
      value,
    })),
  );
  await recorder.record({ events: [...failures, ...many], samples }, 'events');
}

/** The address of a port where nobody listens any more. */
async function closedPort(): Promise<string> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/sparql`;
}

beforeAll(async () => {
  endpoints = await startEndpoints();
  await startOther();
  await startLocal();
  const local = await graph.query({
    text: `CONSTRUCT { ?s ?p ?o } { ?s ?p ?o . ?s tps:timestamp ?t FILTER(?t < "2024-01-25T11:00:00Z"^^xsd:dateTime) }`,
    accept: 'application/n-triples',
  });
  const knowledge = await graph.query({
    text: 'CONSTRUCT { ?s tps:name ?n } { ?s a tps:Service ; tps:name ?n }',
    accept: 'application/n-triples',
  });
  for (const { body } of [local, knowledge]) everything.load(body, { format: 'application/n-triples' });
  everything.load(TEAMS, { format: 'application/n-triples' });
});
afterAll(async () => {
  await graph?.close();
  await remove?.();
  await other?.close();
  await endpoints?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => void endpoints.asked.splice(0));

const FAILURES = '?f a tps:JidokaFailure ; tps:component ?component ; tps:service ?s . ?s tps:name ?name . ';

describe('a query with SERVICE to a listed endpoint', () => {
  it("joins failures here with another Genchi's deployments", async () => {
    const found = await rows(
      `SELECT ?component ?version { ${FAILURES} SERVICE <${other.url}/sparql> {
        ?d a tps:Deployment ; tps:version ?version ; tps:service ?o . ?o tps:name ?name } }`,
    );
    expect(found).toEqual(['component-0,v0', 'component-1,v1', 'component-2,v0', 'component-3,v1']);
  });

  it('asks by POST alone, with the headers of the setting, and for nothing but the clause', async () => {
    await rows(`${TYPES} SELECT * { ${FAILURES} ${service('/teams')} { ?team t:owns ?name } }`);
    expect(endpoints.asked.length).toBeGreaterThan(0);
    for (const { method, headers, path, query } of endpoints.asked) {
      expect([method, path, headers.authorization]).toEqual(['POST', '/teams', 'Bearer s3cret']);
      expect(query).toContain('http://teams.test/owns');
      expect(query).not.toContain('JidokaFailure');
    }
  });

  it.each([
    ['a join', () => `SELECT ?component ?team { ${FAILURES} ${service('/teams')} { ?team t:owns ?name } }`],
    [
      'SERVICE first',
      () => `SELECT ?component ?team { ${service('/teams')} { ?team t:owns ?name } ${FAILURES} }`,
    ],
    [
      'two clauses',
      () =>
        `SELECT ?component ?n { ${FAILURES} ${service('/teams')} { ?team t:owns ?name } ${service('/teams')} { ?team t:size ?n } }`,
    ],
    [
      'OPTIONAL',
      () =>
        `SELECT ?component ?team { ${FAILURES} OPTIONAL { ${service('/teams')} { ?team t:owns ?name ; t:size 3 } } }`,
    ],
    [
      'UNION',
      () =>
        `SELECT ?component ?team { { ${FAILURES} } UNION { ${service('/teams')} { ?team t:owns "service-2" } } }`,
    ],
    [
      'MINUS',
      () => `SELECT ?component { ${FAILURES} MINUS { ${service('/teams')} { ?x t:owns ?name ; t:size 3 } } }`,
    ],
    [
      'NOT EXISTS',
      () =>
        `SELECT ?component { ${FAILURES} FILTER NOT EXISTS { ${service('/teams')} { ?x t:owns ?name ; t:size 3 } } }`,
    ],
    [
      'a subquery',
      () =>
        `SELECT ?name (COUNT(?f) AS ?n) { ${FAILURES} { SELECT ?name { ${service('/teams')} { ?x t:owns ?name } } } } GROUP BY ?name`,
    ],
    [
      'a subquery within',
      () =>
        `SELECT ?component ?most { ${FAILURES} ${service('/teams')} { SELECT (MAX(?n) AS ?most) { ?x t:size ?n } } }`,
    ],
    [
      'FILTER on both sides',
      () =>
        `SELECT ?component ?n { ${FAILURES} ?f tps:timestamp ?at . ${service('/teams')} { ?team t:owns ?name ; t:since ?since ; t:size ?n FILTER(?n > 1) } FILTER(?at > ?since) }`,
    ],
    [
      'OPTIONAL, BIND and a path within',
      () =>
        `SELECT ?component ?lead ?b { ${FAILURES} ${service('/teams')} { ?team t:owns ?name OPTIONAL { ?team t:lead ?l BIND(LANG(?l) AS ?lead) } BIND(STR(?team) AS ?b) ?team t:owns|t:lead ?any } }`,
    ],
  ])('%s means what it means over all of it in one store', async (_, query) => {
    const text = TYPES + query();
    const found = values(await rows(text));
    expect(found).toEqual(values(expected(text)));
    expect(found.length).toBeGreaterThan(0);
  });

  it.each([
    'SELECT ?v { ?m a tps:MetricSample ; tps:metricValue ?v ONE FILTER(?v >= 1) } ORDER BY ?v',
    'SELECT (SUM(?v) AS ?sum) (AVG(?v) AS ?avg) (MIN(?v) AS ?min) (MAX(?v) AS ?max) { ?m a tps:MetricSample ; tps:metricValue ?v ONE }',
    'SELECT ?t (HOURS(?t) AS ?h) { ?m a tps:JidokaFailure ; tps:timestamp ?t ONE }',
    'SELECT (?p * 2 AS ?q) (?p / 3 AS ?r) { ?m a tps:JidokaFailure ; tps:metricChangePercent ?p ONE }',
    'SELECT (COUNT(*) AS ?n) { ?m a tps:JidokaFailure ; tps:timestamp ?t FILTER(?t >= "2024-01-25T12:00:00+02:00"^^xsd:dateTime) ONE }',
    'SELECT ?c (STRLEN(?c) AS ?l) (UCASE(?c) AS ?u) { ?f tps:component ?c FILTER REGEX(?c, "[12]$") ONE }',
  ])('gives the values of the engine of all other queries: %s', async (template) => {
    const one = `${service('/teams')} { <http://teams.test/0> <http://teams.test/owns> ?own }`;
    const found = values(await rows(template.replace('ONE', `. ${one}`)));
    expect(found).toEqual(values(await rows(template.replace('ONE', ''))));
    expect(found.length).toBeGreaterThan(0);
  });

  it('reads names with escapes and prefixes as the planner does', async () => {
    const text = `PREFIX t: <http://teams.test/> PREFIX e: <${endpoints.origin}/>
      SELECT ?n { SERVICE e:teams { <http://teams.test/1> t:size ?n } FILTER(t:a\\.b = <http://teams.test/a.b>) }`;
    expect(await rows(text)).toEqual(['3']);
  });

  it.each([
    'application/sparql-results+json',
    'application/sparql-results+xml',
    'text/tab-separated-values',
    'text/csv',
  ])('answers SELECT and ASK in %s as other queries do', async (accept) => {
    const parts = [
      'OPTIONAL { ?f tps:no ?no }',
      '?f a tps:JidokaFailure ; tps:component ?c ; tps:timestamp ?t',
    ];
    const select = (clause: string) =>
      `SELECT ?c ?t ?no { ${parts[1]} ${clause} ${parts[0]} } ORDER BY ?c LIMIT 2`;
    const clause = `${service('/teams')} { <http://teams.test/1> <http://teams.test/size> ?n }`;
    for (const text of [select, (extra: string) => `ASK { ${parts[1]} ${extra} }`]) {
      const [one, two] = await Promise.all([
        graph.query({ text: text(clause), accept }),
        graph.query({ text: text(''), accept }),
      ]);
      expect(one.contentType).toBe(two.contentType);
      const [a, b] = [one, two].map(({ body }) => Buffer.from(body).toString());
      if (accept.endsWith('json')) expect(JSON.parse(a ?? '')).toEqual(JSON.parse(b ?? ''));
      else expect(a?.split(/\r?\n/).map(sortedCells)).toEqual(b?.split(/\r?\n/).map(sortedCells));
    }
  });

  /** XML may name the cells of a row in any order. */
  function sortedCells(line: string): string {
    return line
      .split(/(?=<binding|<\/result>)/)
      .sort()
      .join('');
  }

  it('carries hostile texts and languages through every format', async () => {
    const text = `SELECT ?lead { ${service('/teams')} { <http://teams.test/0> <http://teams.test/lead> ?lead } }`;
    const plain = 'Ada "L" & <co>, one\ttab';
    const answer = async (accept: string) =>
      Buffer.from((await graph.query({ text, accept })).body).toString();
    expect(JSON.parse(await answer('application/json')).results.bindings).toEqual([
      { lead: { type: 'literal', value: plain, 'xml:lang': 'en' } },
    ]);
    expect(await answer('text/csv')).toBe(`lead\r\n"${plain.replaceAll('"', '""')}"\r\n`);
    expect(await answer('text/tab-separated-values')).toBe('?lead\n"Ada \\"L\\" & <co>, one\\ttab"@en\n');
    expect(await answer('application/sparql-results+xml')).toContain(
      '<literal xml:lang="en">Ada &quot;L&quot; &amp; &lt;co&gt;, one\ttab</literal>',
    );
  });

  it('constructs a graph, each triple once', async () => {
    const text = `${TYPES} CONSTRUCT { ?team t:saw "failure" } { ${FAILURES} ${service('/teams')} { ?team t:owns ?name } }`;
    const { contentType, body } = await graph.query({ text, accept: 'application/n-triples' });
    expect(contentType).toBe('application/n-triples');
    expect(Buffer.from(body).toString().trim().split('\n').sort()).toEqual([
      '<http://teams.test/0> <http://teams.test/saw> "failure" .',
      '<http://teams.test/1> <http://teams.test/saw> "failure" .',
    ]);
  });
});

describe('a join of many rows with an endpoint', () => {
  it('sends them along by the hundred, in requests that another Genchi can read', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `"service-${index}"`).join(' ');
    const clause = `{ ?team <http://teams.test/owns> ?name }`;
    const text = (where: string) => `SELECT ?name { VALUES ?name { ${names} } ${where} }`;
    expect(await rows(text(`${service('/teams')} ${clause}`))).toEqual([
      'service-0',
      'service-1',
      'service-2',
    ]);
    expect(endpoints.asked.length).toBeLessThanOrEqual(3);
    for (const { query } of endpoints.asked) expect(query.length).toBeLessThan(65_536);
  });
});

describe('what would reach anyone else is refused before a connection is made', () => {
  const to = () => endpoints.forbiddenUrl;

  it.each([
    ['an endpoint that is not listed', () => `SELECT * { SERVICE <${to()}> { ?s ?p ?o } }`],
    ['SILENT hides no refusal', () => `SELECT * { SERVICE SILENT <${to()}> { ?s ?p ?o } }`],
    ['one of two', () => `SELECT * { ${service('/teams')} { ?s ?p ?o } SERVICE <${to()}> { ?s ?p ?o } }`],
    ['a longer URL', () => `SELECT * { SERVICE <${url('/teams')}/x> { ?s ?p ?o } }`],
    ['by prefix', () => `PREFIX e: <${to().slice(0, -6)}> SELECT * { SERVICE e:sparql { ?s ?p ?o } }`],
    ['within SERVICE', () => `SELECT * { ${service('/teams')} { ?s ?p ?o SERVICE <${to()}> { ?s ?p ?o } } }`],
    ['within EXISTS', () => `SELECT * { ?s a tps:Service FILTER EXISTS { SERVICE <${to()}> { ?s ?p ?o } } }`],
    ['within a subquery', () => `SELECT * { { SELECT * { SERVICE <${to()}> { ?s ?p ?o } } } }`],
    ['a variable', () => `SELECT * { VALUES ?e { <${to()}> } SERVICE ?e { ?s ?p ?o } }`],
    [
      'a variable, SILENT',
      () => `SELECT * { BIND(<${url('/teams')}> AS ?e) SERVICE SILENT ?e { ?s ?p ?o } }`,
    ],
    ['a relative IRI', () => `BASE <${to()}> SELECT * { SERVICE <sparql> { ?s ?p ?o } }`],
  ])('%s', async (_, text) => {
    await expect(graph.query({ text: text() })).rejects.toMatchObject({
      code: 'query-service-refused',
      status: 403,
    });
    expect([endpoints.reached(), endpoints.asked]).toEqual([0, []]);
  });

  it('says which endpoint it was, and which setting lists those that may be asked', async () => {
    const text = `SELECT * { SERVICE SILENT <${to()}> { ?s ?p ?o } }`;
    await expect(graph.query({ text })).rejects.toThrow(
      new RegExp(`SERVICE <${to()}> .*setting federation\\.endpoints .*<${url('/teams')}>`),
    );
  });

  it('FROM and FROM NAMED fetch no document, beside SERVICE or without', async () => {
    for (const from of ['FROM', 'FROM NAMED']) {
      const text = `SELECT * ${from} <${to()}> { ${service('/teams')} { ?s ?p ?o } }`;
      await expect(graph.query({ text })).rejects.toMatchObject({ code: 'query-malformed' });
    }
    expect([endpoints.reached(), endpoints.asked]).toEqual([0, []]);
  });

  it('GRAPH, property paths and IRIs of the data are looked up here alone', async () => {
    const one = `${service('/teams')} { <http://teams.test/0> <http://teams.test/size> ?n }`;
    expect(await rows(`SELECT * { GRAPH <${to()}> { ?s ?p ?o } ${one} }`)).toEqual([]);
    expect(await rows(`SELECT ?o { ${one} <${to()}> tps:dependsOn* ?o }`)).toEqual([to()]);
    expect(endpoints.reached()).toBe(0);
  });

  it('a redirect of a listed endpoint is not followed', async () => {
    const text = `SELECT * { ${service('/redirect')} { ?s ?p ?o } }`;
    await expect(graph.query({ text })).rejects.toMatchObject({ code: 'query-endpoint-failed', status: 502 });
    expect(endpoints.reached()).toBe(0);
    expect(endpoints.asked.length).toBe(1);
  });
});

describe('an endpoint that fails', () => {
  it.each([
    ['garbage', /The endpoint garbage answered what are no SPARQL results in JSON/],
    ['truncated', /The endpoint truncated answered what are no SPARQL results in JSON/],
    ['broken', /The endpoint broken answered 500: out of tapes/],
    ['slow', /The endpoint slow did not answer within 300 ms/],
    ['stalled', /The endpoint stalled did not answer within 300 ms/],
  ])('%s: its name and what happened are told', async (name, message) => {
    const text = `SELECT * { ${FAILURES} ${service(`/${name}`)} { ?s <http://x/p> ?name } }`;
    const failing = graph.query({ text });
    await expect(failing).rejects.toMatchObject({ code: 'query-endpoint-failed', status: 502 });
    await expect(failing).rejects.toThrow(message);
  });

  it('is told of when nobody listens there', async () => {
    const text = `SELECT * { SERVICE <${await listedDown()}> { ?s ?p ?o } }`;
    await expect(graph.query({ text })).rejects.toThrow(/The endpoint down cannot be asked: .*ECONNREFUSED/);
  });

  it('answers a million rows: they are not taken, SILENT or not', async () => {
    for (const silent of ['', 'SILENT ']) {
      const text = `SELECT * { SERVICE ${silent}<${url('/many')}> { ?s <http://x/p> ?t } }`;
      await expect(graph.query({ text })).rejects.toMatchObject({
        code: 'query-result-too-large',
        message: expect.stringContaining('The endpoint many answered more than 16777216 bytes'),
      });
    }
  });

  it.each(['garbage', 'truncated', 'broken', 'slow', 'redirect'])(
    'SILENT leaves one solution without bindings: %s',
    async (name) => {
      const clause = `SERVICE SILENT <${url(`/${name}`)}> { ?x <http://x/p> ?name }`;
      expect(await rows(`SELECT ?component ?x { ${FAILURES} ${clause} }`)).toEqual(
        [0, 1, 2, 3].map((index) => `component-${index},`),
      );
      expect(await rows(`SELECT (COUNT(*) AS ?n) { ${clause} }`)).toEqual(['1']);
      expect(
        await rows(`SELECT ?component { ${FAILURES} OPTIONAL { ${clause} } FILTER(!BOUND(?x)) }`),
      ).toEqual([0, 1, 2, 3].map((index) => `component-${index}`));
      expect(await rows(`SELECT ?component { { ${FAILURES} } UNION { ${clause} } }`)).toHaveLength(5);
      expect(await rows(`SELECT ?component { ${FAILURES} ${clause} FILTER(BOUND(?x)) }`)).toEqual([]);
    },
  );

  it('SILENT of one clause hides no failure of another, and asks the others once', async () => {
    const ok = `${service('/teams')} { ?team <http://teams.test/owns> ?name }`;
    const silent = `SERVICE SILENT <${url('/broken')}> { ?x <http://x/p> ?name }`;
    expect(await rows(`SELECT ?component ?team { ${FAILURES} ${silent} ${ok} }`)).toHaveLength(4);
    expect(endpoints.asked.filter(({ path }) => path === '/teams')).toHaveLength(1);
    const loud = `${service('/broken')} { ?y <http://x/p> ?name }`;
    await expect(graph.query({ text: `SELECT * { ${FAILURES} ${silent} ${loud} }` })).rejects.toMatchObject({
      code: 'query-endpoint-failed',
    });
  });

  /** The URL of the endpoint that is down, from the list of those that may be asked. */
  async function listedDown(): Promise<string> {
    const refusal = await graph.query({ text: 'SELECT * { SERVICE <http://x/> {} }' }).catch(String);
    return /<([^>]*)>\.$/.exec(String(refusal))?.[1] ?? '';
  }
});

describe('the limits of queries hold for those with SERVICE', () => {
  it('a slice over the limit is refused with its pattern; patterns within SERVICE are no part of it', async () => {
    const within = `${service('/teams')} { ?q a tps:QueueReading ; ?p ?o }`;
    expect(await rows(`SELECT * { ${within} }`)).toEqual([]);
    await expect(
      graph.query({
        text: `SELECT * { ?q a tps:QueueReading ; tps:metricValue ?d . ${service('/teams')} { ?x ?y ?z } }`,
      }),
    ).rejects.toMatchObject({ code: 'query-unbounded', status: 422 });
    expect(endpoints.asked.length).toBe(1);
  });

  it('a variable that SERVICE binds bounds nothing here', async () => {
    const text = `SELECT ?component { ${service('/teams')} { ?team <http://teams.test/owns> ?name } OPTIONAL { ${FAILURES} } }`;
    expect(await rows(text)).toEqual(['', 'component-0', 'component-1', 'component-2', 'component-3']);
  });

  it('the deadline ends it, and so does its client; the next one is answered', async () => {
    const text = `SELECT * { SERVICE <${url('/slow?patient')}> { ?s ?p ?o } }`;
    await expect(graph.query({ text, timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'query-timeout' });
    const client = new AbortController();
    const given = graph.query({ text, signal: client.signal });
    client.abort();
    await expect(given).rejects.toMatchObject({ code: 'query-timeout' });
    expect(
      await rows(`SELECT ?n { ${service('/teams')} { <http://teams.test/0> <http://teams.test/size> ?n } }`),
    ).toEqual(['2']);
  });
});

describe('a server with endpoints in its settings', () => {
  it('answers SERVICE at /sparql, and fills headers from the environment', async () => {
    const data = mkdtempSync(join(tmpdir(), 'genchi-federated-'));
    const headers = { Authorization: `Token \${TEAMS_TOKEN}` };
    const listed = { name: 'teams', url: url('/teams'), headers, timeoutMs: 5_000 };
    const app = await startApp(
      { port: 0, data, federation: { endpoints: [listed] } },
      { logger, env: { TEAMS_TOKEN: 'from-the-environment' } },
    );
    try {
      await app.ready;
      const query = `SELECT ?n { ${service('/teams')} { <http://teams.test/2> <http://teams.test/size> ?n } }`;
      const body = new URLSearchParams({ query });
      const answer = await fetch(`${app.url}/sparql`, {
        method: 'POST',
        body,
        headers: { accept: 'text/csv' },
      });
      expect([answer.status, await answer.text()]).toEqual([200, 'n\r\n4\r\n']);
      expect(endpoints.asked.map(({ headers: { authorization } }) => authorization)).toEqual([
        'Token from-the-environment',
      ]);
      const refused = new URLSearchParams({ query: `ASK { SERVICE <${url('/other')}> {} }` });
      const problem = await fetch(`${app.url}/sparql`, { method: 'POST', body: refused });
      expect(problem.status).toBe(403);
      expect(await problem.json()).toMatchObject({ code: 'query-service-refused' });
    } finally {
      await app.close();
      rmSync(data, { recursive: true, force: true });
    }
  });
});
