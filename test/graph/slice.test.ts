import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceStore } from '../../src/evidence/index.js';
import { anyStar } from '../../src/graph/bounds.js';
import { compile } from '../../src/graph/compile.js';
import { fetchRows } from '../../src/graph/compiled-rows.js';
import { Deadline } from '../../src/graph/deadline.js';
import { GraphError } from '../../src/graph/errors.js';
import { Knowledge } from '../../src/graph/knowledge.js';
import { mappingOf } from '../../src/graph/mapping.js';
import { QueryParser } from '../../src/graph/parse.js';
import { planOf } from '../../src/graph/plan.js';
import { Slicer } from '../../src/graph/slice.js';
import { EVERY_PREDICATE } from '../../src/graph/stars.js';
import { suppliedPrefixes } from '../../src/graph/vocabulary.js';
import { WorkerPool } from '../../src/graph/workers.js';
import { type EventReceipt, formatInstant, type Instant, pathOfEvent } from '../../src/model/index.js';
import { compilableQuery } from './compilable-queries.js';
import { eventOf, freshStore, iris, START, samplesOf } from './fixture.js';
import { anyQuery, type Constants } from './queries.js';

/** More for a run by hand: `SLICE_QUERIES=5000 npx vitest run test/graph/slice.test.ts`. */
const QUERIES = Number(process.env.SLICE_QUERIES ?? 150);
const rules = mappingOf(iris);
const parser = new QueryParser(suppliedPrefixes(iris.prefix));
const minute = (n: number) => START + n * 60_000;

// Numbers are multiples of 1/8, so that their sums are the same in whatever order they are added.
function scene(): readonly EventReceipt[] {
  const deployment = eventOf('deployment', minute(1), {
    service: 'db',
    version: 'v2',
    labels: { env: 'prod' },
  });
  const failure = eventOf('failure', minute(3) + 250, {
    service: 'shop',
    component: 'cart',
    reason: 'timeout',
    correlatedMetric: 'latency',
  });
  const alert = eventOf('alert_fired', minute(4), { service: 'shop', name: 'Slow', severity: 'critical' });
  const cites = [alert, failure].map(pathOfEvent);
  const incident = {
    service: 'shop',
    incident: 'i1',
    state: 'open',
    title: 'Slow shop',
    severity: 'critical',
  };
  const candidate = {
    incident: 'i1',
    rejected: false,
    causeKind: 'deployment',
    title: 'v2',
    reasoning: '{}',
  };
  const opened = eventOf('incident', minute(4), {
    ...incident,
    analysis: 0,
    startsAt: minute(4) as Instant,
    cites,
  });
  return [
    deployment,
    failure,
    alert,
    eventOf('failure', minute(8), { service: 'db', component: 'disk', reason: 'full "\\u0041\\" é\n' }),
    eventOf('alert_fired', minute(9), {
      service: 'db',
      name: 'shop',
      severity: 'warning',
      startsAt: minute(8) as Instant,
    }),
    eventOf('alert_cleared', minute(10), { service: 'shop', name: 'Slow', severity: 'critical' }),
    eventOf('queue_depth', minute(2), { service: 'shop', queue: 'orders', depth: 7 }),
    eventOf('queue_depth', minute(5), { queue: 'orders', depth: 70, labels: { pod: 'p1' } }),
    eventOf('task_completed', minute(2), { service: 'shop', latencyMs: 12.5 }),
    eventOf('config_change', minute(6), { service: 'cache', key: 'ttl' }),
    eventOf('dependency', minute(0), { service: 'shop', callee: 'db' }),
    eventOf('dependency', minute(0) + 1, { service: 'db', callee: 'disk' }),
    opened,
    eventOf('candidate', minute(5), {
      ...candidate,
      service: 'db',
      analysis: 1,
      rank: 1,
      score: 0.875,
      cause: pathOfEvent(deployment),
      cites: [pathOfEvent(deployment), pathOfEvent(opened)],
    }),
    eventOf('candidate', minute(5), {
      ...candidate,
      service: 'shop',
      analysis: 0,
      rank: 1,
      score: 0.25,
      cites: [pathOfEvent(failure)],
    }),
    eventOf('incident', minute(5), { ...incident, analysis: 1, startsAt: minute(4) as Instant, cites }),
  ];
}

async function within<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new Deadline(timeoutMs, undefined);
  try {
    return await work(deadline.signal);
  } finally {
    deadline.end();
  }
}

describe('slices', () => {
  let store: EvidenceStore;
  let remove: () => Promise<void>;
  let knowledge: Knowledge;
  let slicer: Slicer;
  let pool: WorkerPool;
  let constants: Constants;
  const events = scene();
  beforeAll(async () => {
    ({ store, remove } = await freshStore());
    const series = [
      { __name__: 'latency', service: 'shop', pod: 'p1' },
      { __name__: 'latency', service: 'db', component: 'disk' },
      { __name__: 'up', env: 'prod' },
    ];
    const rows = series.flatMap((labels, index) =>
      [1, 4, 9].map((n) => ({
        labels,
        at: minute(n),
        value: index === 2 && n === 9 ? undefined : n + index / 2,
      })),
    );
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, -0, Number.NEGATIVE_INFINITY].map((value, n) => ({
      labels: { __name__: 'latency', service: n < 2 ? "odd'$1\\u0041" : 'cache', component: `c"${n}` },
      at: minute(n + 2) + 7,
      value,
    }));
    await store.append({ events, samples: samplesOf(store, [...rows, ...odd]) });
    knowledge = await Knowledge.open({ store, iris, rules, ontology: [] });
    slicer = new Slicer(store, rules, iris, 100_000);
    pool = new WorkerPool(2);
    const sample = (n: number) => {
      const [first] = store.findSeries({ metrics: ['latency'] });
      return iris.of({ type: 'sample', at: minute(n) as Instant, series: first?.key ?? ('' as never) });
    };
    constants = {
      times: [1, 3, 4, 6, 9]
        .flatMap((n) => {
          const text = formatInstant(minute(n) as Instant);
          return [text, text.replace('Z', '+00:00'), text.replace('T10:', 'T12:').replace('Z', '+02:00')];
        })
        .concat(
          '2024-01-25T10:03:00.2501Z',
          '2024-01-25T10:04:00',
          '2024-01-24T12:00:00',
          '2024-01-25T10:04:00Z',
        ),
      services: ['shop', 'db', 'cache', 'nowhere'],
      texts: ['cart', 'disk', 'Slow', 'shop', 'latency', 'critical', 'v2', 'events', 'p1'],
      receipts: [
        ...events.map((event) => iris.ofPath(pathOfEvent(event))),
        sample(1),
        sample(2),
        ...store.findSeries({}).map(({ key }) => iris.of({ type: 'series', series: key })),
      ],
      incidents: ['i1', 'i2'],
    };
  });
  afterAll(async () => {
    await pool?.close();
    await remove();
  });

  async function cut(text: string) {
    const { algebra } = parser.parse(text);
    const { triples } = knowledge.snapshot();
    return await slicer.cut(planOf(algebra, { rules, knowledge: triples, now: minute(60) as Instant }));
  }

  async function rowsOf(text: string) {
    const compiled = compile(parser.parse(text), { rules, iris, topology: knowledge.topology() });
    return { compiled, fetched: compiled && (await fetchRows(store, compiled, iris)) };
  }

  async function answer(
    text: string,
    chunks: readonly Uint8Array[],
    query?: string,
  ): Promise<readonly string[]> {
    const parsed = parser.parse(text);
    const { version, triples } = knowledge.snapshot();
    const format = parsed.answers === 'graph' ? 'application/n-triples' : 'text/tab-separated-values';
    const job = {
      query: query ?? parsed.text,
      chunks,
      format,
      knowledge: { version, text: triples.text },
      maxResultBytes: 4e6,
    };
    const body = await within(3_000, (signal) => pool.run(job, signal));
    return Buffer.from(body).toString().split('\n').sort();
  }

  it(`give the same answers as everything does, for ${QUERIES} queries of every shape`, async () => {
    const all = await slicer.cut([{ star: anyStar, predicates: new Set([EVERY_PREDICATE]), pattern: '' }]);
    const tally = { asked: 0, tooLong: 0, found: 0, smaller: 0, compiled: 0 };
    await fc.assert(
      fc.asyncProperty(anyQuery(constants), async (text) => {
        tally.asked += 1;
        try {
          const expected = await answer(text, all.chunks);
          const slice = await cut(text);
          expect(await answer(text, slice.chunks), text).toEqual(expected);
          const { fetched } = await rowsOf(text);
          if (fetched !== undefined) {
            expect(await answer(text, fetched.chunks, fetched.query), text).toEqual(expected);
            tally.compiled += 1;
          }
          if (expected.length > 2) tally.found += 1;
          if (slice.bytes < all.bytes) tally.smaller += 1;
        } catch (error) {
          // Joins without anything in common, which neither way answers in time.
          const tooLong = ['query-timeout', 'query-result-too-large', 'query-crashed'];
          if (!(error instanceof GraphError) || !tooLong.includes(error.code)) throw error;
          tally.tooLong += 1;
        }
      }),
      {
        numRuns: QUERIES,
        seed: Number(process.env.SLICE_SEED ?? 7),
        endOnFailure: process.env.SLICE_SHRINK === undefined,
      },
    );
    if (process.env.SLICE_QUERIES !== undefined) console.info(tally);
    expect(tally.tooLong).toBeLessThan(tally.asked / 20);
    expect(tally.found).toBeGreaterThan(tally.asked / 10);
    expect(tally.smaller).toBeGreaterThan(tally.asked / 2);
  }, 3_600_000);

  it(`and compiled queries give the same answers as everything does, for ${QUERIES} compilable ones`, async () => {
    const all = await slicer.cut([{ star: anyStar, predicates: new Set([EVERY_PREDICATE]), pattern: '' }]);
    const tally = { asked: 0, tooLong: 0, compiled: 0, fetched: 0, found: 0 };
    const bySize = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(compilableQuery(constants), async (text) => {
        tally.asked += 1;
        const { compiled, fetched } = await rowsOf(text);
        if (compiled !== undefined) tally.compiled += 1;
        if (fetched === undefined) return;
        try {
          const expected = await answer(text, all.chunks);
          expect(await answer(text, fetched.chunks, fetched.query), text).toEqual(expected);
          tally.fetched += 1;
          if (expected.length > 2) tally.found += 1;
          const kind = `${/GROUP BY|COUNT/.test(text) ? 'groups' : 'rows'}${/dependsOn/.test(text) ? ' with reach' : ''}`;
          bySize.set(kind, (bySize.get(kind) ?? 0) + (expected.length > 2 ? 1 : 0));
        } catch (error) {
          const tooLong = ['query-timeout', 'query-result-too-large', 'query-crashed'];
          if (!(error instanceof GraphError) || !tooLong.includes(error.code)) throw error;
          tally.tooLong += 1;
        }
      }),
      {
        numRuns: QUERIES,
        seed: Number(process.env.SLICE_SEED ?? 7),
        endOnFailure: process.env.SLICE_SHRINK === undefined,
      },
    );
    if (process.env.SLICE_QUERIES !== undefined) console.info(tally, bySize);
    expect(tally.tooLong).toBeLessThan(tally.asked / 20);
    expect(tally.compiled).toBeGreaterThan(tally.asked / 2);
    expect(tally.fetched).toBeGreaterThan(tally.asked / 3);
    expect(tally.found).toBeGreaterThan(tally.asked / 8);
  }, 3_600_000);

  it.each([
    ['LIMIT', '?a a tps:Alert . { SELECT DISTINCT ?a { ?a tps:timestamp ?t } ORDER BY DESC(?a) LIMIT 5 }'],
    [
      'a grouping',
      '?e a tps:Alert . { SELECT ?s (COUNT(?t) AS ?n) { ?e tps:service ?s ; tps:timestamp ?t } GROUP BY ?s }',
    ],
    ['a projection', '?e a tps:Alert . { SELECT ?s { ?e tps:service ?s } }'],
    [
      'an OPTIONAL whose variable may be unbound',
      '?x a tps:JidokaFailure . { ?a a tps:Alert OPTIONAL { ?a tps:nothing ?x } OPTIONAL { ?x a tps:Change } }',
    ],
    [
      'a MINUS whose variable may be unbound',
      '?x a tps:JidokaFailure . { ?a a tps:Alert OPTIONAL { ?a tps:nothing ?x } MINUS { ?a tps:name ?n . ?x a tps:Change } }',
    ],
    [
      'an OPTIONAL',
      '?a tps:service ?s OPTIONAL { ?a a tps:Alert ; tps:timestamp ?t FILTER(?t > "2024-01-25T10:05:00Z"^^xsd:dateTime) }',
    ],
    [
      'one side of an OR',
      '?a tps:timestamp ?t FILTER(?t > "2024-01-25T10:08:30Z"^^xsd:dateTime || EXISTS { ?a a tps:Change })',
    ],
    ['one side of a UNION', '{ ?a a tps:Alert } UNION { ?a a tps:Change } ?a tps:service ?s'],
    ['a negation', '?a tps:timestamp ?t FILTER(!(?t > "2024-01-25T10:03:00Z"^^xsd:dateTime))'],
    [
      'one side of a UNION into a field',
      '{ ?a a tps:Alert ; tps:service service:shop } UNION { ?a a tps:Change } ?a tps:service ?s',
    ],
    [
      'one choice of IN',
      '?a tps:timestamp ?t FILTER(?t IN ("2024-01-25T10:03:00Z"^^xsd:dateTime, "2024-01-25T10:09:00Z"^^xsd:dateTime))',
    ],
    ['one table', '?a a tps:QueueReading ; tps:metricValue ?v'],
    ['an empty path', '?x tps:nothing* ?y'],
    ['a closed path', '?c a tps:Candidate . ?c (tps:cites|tps:cause)+ ?x'],
    ['an escaped name', '?a tps:service service:sh\\u006fp . ?b tps:severity "critical"'],
  ])('let no bound cross %s', async (_, pattern) => {
    const text = `SELECT * { ${pattern} }`;
    const all = await slicer.cut([{ star: anyStar, predicates: new Set([EVERY_PREDICATE]), pattern: '' }]);
    const { chunks } = await cut(text);
    expect(await answer(text, chunks)).toEqual(await answer(text, all.chunks));
  });

  it.each([
    [
      'the class and the time',
      '?e a tps:Alert ; tps:timestamp ?t FILTER(?t < "2024-01-25T10:05:00Z"^^xsd:dateTime)',
      1,
    ],
    [
      'a time on the left',
      '?e a tps:Event ; tps:timestamp ?t FILTER("2024-01-25T10:09:30Z"^^xsd:dateTime < ?t)',
      1,
    ],
    ['a service by its IRI', '?e a tps:JidokaFailure ; tps:service service:db', 1],
    [
      'a service by its name',
      '?e a tps:JidokaFailure ; tps:service ?s . ?s a tps:Service ; tps:name "db"',
      1,
    ],
    ['a text', '?e tps:name "Slow" ; a tps:Alert', 1],
    ['the type of a group around', '?e a tps:Alert . OPTIONAL { ?e tps:service ?s }', 2],
    ['a filter around EXISTS', '?e a tps:Alert . FILTER NOT EXISTS { ?e tps:startsAt ?s }', 2],
    ['VALUES', 'VALUES ?s { service:db } ?e a tps:JidokaFailure ; tps:service ?s', 1],
    ['what incidents cite', 'incident:i1 tps:cites ?e . ?e a ?type', 2],
    ['what candidates cite', 'incident:i1 tps:candidate ?c . ?c tps:cites ?e . ?e tps:timestamp ?t', 2],
    ['a metric', '?e tps:metric "up" ; tps:timestamp ?t', 3],
    [
      'nothing, where only knowledge is asked',
      '?s tps:dependsOn+ ?o . ?i a tps:Incident ; tps:title ?title',
      0,
    ],
  ])('are bounded by %s', async (_, pattern, receipts) => {
    expect((await cut(`SELECT * { ${pattern} }`)).receipts).toBe(receipts);
  });

  it('hold only the predicates that a query can see', async () => {
    const { chunks } = await cut('SELECT * { ?e a tps:Alert ; tps:name ?n }');
    const predicates = Buffer.concat(chunks)
      .toString()
      .matchAll(/> <([^>]*)> /g);
    expect(new Set([...predicates].map(([, iri]) => iri?.replace(/.*[/#]/, '')))).toEqual(
      new Set(['type', 'name']),
    );
  });

  it('that are too large are refused with the pattern to bound and a filter that would', async () => {
    const small = new Slicer(store, rules, iris, 5);
    const { algebra } = parser.parse('SELECT * { ?e tps:timestamp ?t . ?f a tps:Alert }');
    const plan = planOf(algebra, { rules, knowledge: knowledge.snapshot().triples, now: START });
    await expect(small.cut(plan)).rejects.toMatchObject({
      code: 'query-unbounded',
      message: expect.stringMatching(
        /"\?e tps:timestamp \?t" can touch more than 5 receipts.*FILTER\(\?time >= "2024/,
      ),
    });
  });
});
