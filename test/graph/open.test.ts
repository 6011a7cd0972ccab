import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EvidenceStore, Recorder } from '../../src/evidence/index.js';
import { bindPack, type Explanation, type Graph, openGraph } from '../../src/graph/index.js';
import {
  type EventReceipt,
  formatInstant,
  type Instant,
  pathOf,
  pathOfEvent,
} from '../../src/model/index.js';
import { eventOf, freshStore, iris, START, samplesOf } from './fixture.js';

const SPIKE = START;
const clock = () => (START + 3_600_000) as Instant;

/** The guide's queries, as printed: the second and third use prefixes that nothing declares. */
const GUIDE_1 = `PREFIX tps: <http://example.com/tps/>

SELECT ?event ?timestamp ?value
WHERE {
    ?event a tps:Event ;
        tps:timestamp ?timestamp ;
        tps:metricValue ?value .

    # Within 5 minutes of spike
    FILTER (?timestamp > "2024-01-25T10:00:00Z"^^xsd:dateTime &&
            ?timestamp < "2024-01-25T10:05:00Z"^^xsd:dateTime)
}
ORDER BY ?timestamp`;
const GUIDE_2 = `SELECT ?component ?failureTime
WHERE {
    ?failure a tps:JidokaFailure ;
        tps:component ?component ;
        tps:timestamp ?failureTime .

    # 1 hour before spike
    FILTER (?failureTime > "2024-01-25T09:00:00Z"^^xsd:dateTime &&
            ?failureTime < "2024-01-25T10:00:00Z"^^xsd:dateTime)
}`;
const GUIDE_3 = `SELECT ?metric (COUNT(?event) as ?event_count) ?correlation
WHERE {
    ?event a tps:Event ;
        tps:correlatedMetric ?metric .
}
GROUP BY ?metric
ORDER BY DESC(?event_count)`;

/** A join of everything with everything, several times over: it would run for years. */
const ENDLESS = 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }';

describe('openGraph', () => {
  let store: EvidenceStore;
  let remove: () => Promise<void>;
  let graph: Graph;
  let recorder: Recorder;
  const failure = eventOf('failure', SPIKE - 600_000, {
    service: 'checkout',
    component: 'db-pool',
    reason: 'timeout',
    correlatedMetric: 'latency',
    metricChangePercent: 40,
  });
  const late = eventOf('failure', SPIKE + 60_000, { service: 'checkout', component: 'cart', reason: 'x' });
  const queue = eventOf('queue_depth', SPIKE + 90_000, { service: 'checkout', queue: 'orders', depth: 61 });

  const open = () => openGraph({ store, iris, clock, workers: 2, deadlineMs: 5_000, maxReceipts: 10_000 });
  const record = (...events: readonly EventReceipt[]) => recorder.record({ events }, 'events');

  async function table(text: string): Promise<readonly string[]> {
    const { body } = await graph.query({ text, accept: 'text/csv' });
    return Buffer.from(body).toString().trim().split(/\r?\n/).slice(1);
  }

  beforeAll(async () => {
    ({ store, remove } = await freshStore());
    recorder = new Recorder(store);
    graph = await open();
    recorder.subscribe((recorded) => graph.hear(recorded));
    const labels = { __name__: 'latency', service: 'checkout' };
    await record(failure, late, queue);
    const at = [0, 1, 2, 5].map((minute) => SPIKE + minute * 60_000);
    const samples = samplesOf(
      store,
      at.map((time, index) => ({ labels, at: time, value: 100 + index })),
    );
    await recorder.record({ events: [], samples }, 'write');
  });
  afterAll(async () => {
    await graph?.close();
    await remove();
  });

  it("runs the guide's first query as printed: samples and readings within the five minutes", async () => {
    const rows = await table(GUIDE_1);
    expect(rows.map((row) => row.split(',').slice(1).join(' '))).toEqual([
      '2024-01-25T10:01:00Z 101',
      '2024-01-25T10:01:30Z 61',
      '2024-01-25T10:02:00Z 102',
    ]);
    expect(rows[1]).toContain(pathOfEvent(queue));
  });

  it("runs the guide's second query as printed, without any prefix declared", async () => {
    expect(await table(GUIDE_2)).toEqual(['db-pool,2024-01-25T09:50:00Z']);
  });

  it("says what is wrong with the guide's third query, and runs its corrected form", async () => {
    await expect(graph.query({ text: GUIDE_3 })).rejects.toMatchObject({
      code: 'query-malformed',
      status: 400,
      message: expect.stringContaining('neither grouped nor aggregated'),
    });
    const pack = graph.packs().find(({ name }) => name === 'guide/correlation');
    expect(await table(pack?.text ?? '')).toEqual(['latency,1,40']);
  });

  it('explains how it answered a query instead of answering it, when asked to', async () => {
    const { contentType, body } = await graph.query({ text: GUIDE_1, accept: 'text/csv', explain: true });
    expect(contentType).toBe('application/json');
    const explanation: Explanation = JSON.parse(Buffer.from(body).toString());
    expect(explanation.parts.map(({ rows }) => rows).reduce((sum, rows) => sum + rows)).toBe(3);
    expect(explanation.parts[0]?.bounds[0]).toMatchObject({
      since: '2024-01-25T10:00:00.000Z',
      until: '2024-01-25T10:05:00.001Z',
    });
    expect(explanation.ms).toBeGreaterThan(0);
  });

  it('ends a query that would run for years at its deadline, and answers the next one at once', async () => {
    // A worker that is still starting would spend the query's time on that.
    await Promise.all([1, 2].map((n) => table(`SELECT ?s (${n} AS ?n) { ?s a tps:Service ; ?p ?o }`)));
    const before = graph.figures().workerRestarts;
    const started = performance.now();
    await expect(graph.query({ text: ENDLESS, timeoutMs: 1_500 })).rejects.toMatchObject({
      code: 'query-timeout',
    });
    const ended = performance.now();
    expect(ended - started).toBeLessThan(5_000);
    expect(await table('SELECT (COUNT(*) AS ?n) { ?s a tps:Service }')).toEqual(['1']);
    expect(performance.now() - ended).toBeLessThan(5_000);
    expect(graph.figures().workerRestarts).toBe(before + 1);
  });

  it('ends a query whose client goes away', async () => {
    const gone = new AbortController();
    const asked = graph.query({ text: ENDLESS, signal: gone.signal });
    setImmediate(() => gone.abort());
    await expect(asked).rejects.toMatchObject({ code: 'query-timeout' });
    expect(graph.figures().busyWorkers).toBe(0);
  });

  it('keeps the event loop free while queries run, and refuses more than it can hold', async () => {
    const many = Array.from({ length: 80 }, () =>
      graph.query({ text: ENDLESS, timeoutMs: 700 }).catch((error: { code: string }) => error.code),
    );
    const asked = performance.now();
    // One client asks all of that; another one is answered meanwhile.
    const other = await graph.query({ text: 'ASK {}', client: 'another', timeoutMs: 600 });
    expect(Buffer.from(other.body).toString()).toContain('true');
    const ends = await Promise.all(many);
    expect(ends.filter((code) => code === 'query-overloaded').length).toBeGreaterThanOrEqual(10);
    expect(ends.filter((code) => code === 'query-timeout').length).toBeGreaterThanOrEqual(30);
    expect(performance.now() - asked).toBeLessThan(15_000);
    expect(await table('ASK {}')).toEqual([]);
  });

  it.each([
    ['query-too-complex', 400, `SELECT * { ${'{'.repeat(700)}${'}'.repeat(700)} }`],
    ['query-too-complex', 400, `SELECT * { FILTER(${'('.repeat(700)}1${')'.repeat(700)}) }`],
    ['query-too-complex', 400, `SELECT * { ${'\\u007B'.repeat(700)}${'}'.repeat(700)} }`],
    ['query-too-complex', 400, `SELECT * { ?s ?p "${'x'.repeat(70_000)}" }`],
    ['query-is-update', 403, 'INSERT DATA { tps:a tps:b tps:c }'],
    ['query-is-update', 403, 'DELETE WHERE { ?s ?p ?o }'],
    ['query-is-update', 403, 'CLEAR ALL'],
    ['query-is-update', 403, 'LOAD <http://example.com/x>'],
    ['query-service-refused', 403, 'SELECT * { SERVICE <http://example.com/sparql> { ?s ?p ?o } }'],
    ['query-malformed', 400, 'SELECT * FROM <http://example.com/g> { ?s ?p ?o }'],
    ['query-malformed', 400, 'SELECT * WHERE { ?s ?p }'],
    ['query-malformed', 400, ''],
    ['query-unbounded', 422, 'SELECT * { ?s ?p ?o }'],
  ])('refuses with %s (%i): %.40s', async (code, status, text) => {
    const small = code === 'query-unbounded';
    const asked = small
      ? await openGraph({ store, iris, clock, workers: 1, deadlineMs: 5_000, maxReceipts: 3 })
      : graph;
    await expect(asked.query({ text })).rejects.toMatchObject({ code, status });
    if (small) await asked.close();
    expect(await table('SELECT ?c { ?f a tps:JidokaFailure ; tps:component ?c } ORDER BY ?c')).toEqual([
      'cart',
      'db-pool',
    ]);
  });

  it('says in which line and column a query stumbled, the supplied prefixes left out', async () => {
    await expect(graph.query({ text: 'SELECT * { ?s ! ?o }' })).rejects.toThrow('line 1, column 17');
    await expect(graph.query({ text: 'SELECT *\n{ ?s ! ?o }' })).rejects.toThrow('line 2, column 8');
  });

  it('refuses an answer that is too large', async () => {
    const small = await openGraph({
      store,
      iris,
      clock,
      workers: 1,
      deadlineMs: 5_000,
      maxReceipts: 100,
      maxResultBytes: 100,
    });
    const asked = small.query({ text: 'SELECT * { ?e tps:timestamp ?t }' });
    await expect(asked).rejects.toMatchObject({ code: 'query-result-too-large' });
    await small.close();
  });

  it('lets a query see what was recorded just before, and services of new series', async () => {
    const alert = eventOf('alert_fired', SPIKE + 120_000, {
      service: 'new',
      name: 'N',
      severity: 'critical',
    });
    await record(alert);
    expect(await table('SELECT ?n { ?a a tps:Alert ; tps:service/tps:name ?n }')).toEqual(['new']);
    const labels = { __name__: 'up', service: 'newer' };
    await recorder.record(
      { events: [], samples: samplesOf(store, [{ labels, at: SPIKE, value: 1 }]) },
      'write',
    );
    expect(await table('SELECT ?s { ?s a tps:Service ; tps:name "newer" }')).toEqual([
      `${iris.prefix}service/newer`,
    ]);
  });

  it('reads a time relative to now', async () => {
    const near = `SELECT ?c { ?f a tps:JidokaFailure ; tps:component ?c ; tps:timestamp ?t
      FILTER(?t > "${formatInstant((SPIKE + 1) as Instant)}"^^xsd:dateTime && ?t < NOW()) }`;
    expect(await table(near)).toEqual(['cart']);
  });

  it.each([
    ['an event', () => pathOfEvent(failure), 'tps/component> "db-pool"'],
    [
      'a sample',
      () =>
        pathOf({
          type: 'sample',
          at: SPIKE,
          series: store.findSeries({ metrics: ['latency'] })[0]?.key ?? ('' as never),
        }),
      'tps/metric> "latency"',
    ],
    [
      'a series',
      () =>
        pathOf({
          type: 'series',
          series: store.findSeries({ metrics: ['latency'] })[0]?.key ?? ('' as never),
        }),
      'label#service> "checkout"',
    ],
    ['a service', () => pathOf({ type: 'service', name: 'checkout' }), 'tps/name> "checkout"'],
  ])('describes %s', async (_, path, fact) => {
    const answer = await graph.describe(path(), 'application/n-triples');
    expect(answer?.contentType).toBe('application/n-triples');
    const text = Buffer.from(answer?.body ?? []).toString();
    expect(text).toContain(fact);
    expect(
      new Set(
        text
          .trim()
          .split('\n')
          .map((line) => line.split(' ')[0]),
      ),
    ).toEqual(new Set([`<${iris.ofPath(path())}>`]));
    expect((await graph.describe(path()))?.contentType).toBe('text/turtle');
    const json = await graph.describe(path(), 'application/ld+json');
    expect(JSON.parse(Buffer.from(json?.body ?? []).toString())).toBeInstanceOf(Array);
  });

  it.each([
    'failure/20240125T095000.000Z/00000000000000000000000000000000',
    'sample/20240125T095000.000Z/00000000000000000000000000000000',
    'series/00000000000000000000000000000000',
    'service/nobody',
    'incident/none',
    'nothing/at/all',
    '../x',
  ])('describes nothing at %s', async (path) => {
    expect(await graph.describe(path)).toBeUndefined();
  });

  it('finds the knowledge again after it was closed', async () => {
    await record(eventOf('dependency', SPIKE, { service: 'checkout', callee: 'db' }));
    const again = await open();
    expect(again.topology().callees('checkout')).toEqual(['db']);
    expect(again.topology().services).toEqual(graph.topology().services);
    expect(again.figures().knowledgeTriples).toBe(graph.figures().knowledgeTriples);
    await again.close();
  });

  it('runs every query of the packs, with their examples as parameters', async () => {
    expect(graph.packs().length).toBeGreaterThanOrEqual(6);
    for (const pack of graph.packs()) {
      const values = Object.fromEntries(pack.parameters.map(({ name, example }) => [name, example]));
      await expect(table(bindPack(pack, values)), pack.name).resolves.toBeDefined();
    }
  });
});
