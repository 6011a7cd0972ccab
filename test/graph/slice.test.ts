import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphError } from '../../src/graph/errors.js';
import { planOf } from '../../src/graph/plan.js';
import { Planning } from '../../src/graph/planning.js';
import { Slicer } from '../../src/graph/slice.js';
import type { Instant } from '../../src/model/index.js';
import { iris, START } from './fixture.js';
import { anyQuery } from './queries.js';
import { openScene, parser, rules, type Scene } from './scene.js';

/** More for a run by hand: `SLICE_QUERIES=5000 npx vitest run test/graph/slice.test.ts`. */
const QUERIES = Number(process.env.SLICE_QUERIES ?? 150);
const minute = (n: number) => START + n * 60_000;

describe('slices', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(async () => {
    await scene.remove();
  });

  async function cut(text: string) {
    const { algebra } = parser.parse(text);
    const { store, knowledge, slicer } = scene;
    const { triples } = knowledge.snapshot();
    const planning = new Planning({ iris, rules, knowledge: triples, now: minute(60) as Instant });
    const plan = await planning.plan(algebra, store);
    const slice = await slicer.cut(store, plan);
    const incidents = Buffer.from(triples.incidents(plan.needs));
    const bytes = slice.bytes + incidents.byteLength;
    return { ...slice, chunks: [incidents, ...slice.chunks], bytes };
  }

  it(`give the same answers as everything does, for ${QUERIES} queries of every shape`, async () => {
    const { all, plain: answer, constants } = scene;
    const tally = { asked: 0, tooLong: 0, found: 0, smaller: 0 };
    await fc.assert(
      fc.asyncProperty(anyQuery(constants), async (text) => {
        tally.asked += 1;
        try {
          const expected = await answer(text, all.chunks);
          const slice = await cut(text);
          expect(await answer(text, slice.chunks), text).toEqual(expected);
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
    const { chunks } = await cut(text);
    expect(await scene.plain(text, chunks)).toEqual(await scene.plain(text, scene.all.chunks));
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
    ['what candidates cite', 'incident:i1 tps:candidate ?c . ?c tps:cites ?e . ?e tps:timestamp ?t', 3],
    ['a metric', '?e tps:metric "up" ; tps:timestamp ?t', 3],
    ['what calls a service', '?s tps:dependsOn+ service:disk . ?e a tps:Alert ; tps:service ?s', 2],
    ['what a service calls', 'service:db tps:dependsOn* ?s . ?e a tps:Alert ; tps:service ?s', 1],
    [
      'what the service of an incident calls',
      'incident:i1 tps:service/tps:dependsOn* ?s . ?e a tps:JidokaFailure ; tps:service ?s . ?s tps:name ?n',
      2,
    ],
    ['nothing, where services are named', '?s tps:dependsOn* service:disk . ?s tps:name ?n', 0],
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

  it.each([
    ['SELECT * { ?s ?p ?o }', 12, 5],
    ['SELECT ?type ?s { ?s a ?type }', 7, 0],
    ['CONSTRUCT { ?s a ?type } { ?s a ?type }', 9, 0],
    ['SELECT * { ?s ?p ?o }', 1_000_000, 3],
  ])('hold a few receipts where any answer %s with a LIMIT', async (query, limit, offset) => {
    const text = `${query} LIMIT ${limit} OFFSET ${offset}`;
    const { chunks, receipts } = await cut(text);
    expect(receipts).toBeLessThanOrEqual(3 * (limit + offset));
    const everything = new Set(await scene.plain(query, scene.all.chunks));
    const some = await scene.plain(text, chunks);
    expect(some.length).toBe((await scene.plain(text, scene.all.chunks)).length);
    expect(some.filter((line) => !everything.has(line))).toEqual([]);
  });

  it.each([
    'SELECT DISTINCT ?s { ?s ?p ?o } LIMIT 3',
    'SELECT * { ?s ?p ?o } ORDER BY ?o LIMIT 3',
    'SELECT * { ?s ?p ?o FILTER(?o = 1) } LIMIT 3',
    'SELECT * { ?s ?p ?s } LIMIT 3',
    'SELECT * { ?s tps:name ?o } LIMIT 3',
    'SELECT (COUNT(*) AS ?n) { ?s ?p ?o } LIMIT 3',
    'ASK { ?s ?p ?o . ?o ?p ?s }',
  ])('hold all that %s can touch', (text) => {
    const { algebra } = parser.parse(text);
    const { triples } = scene.knowledge.snapshot();
    expect(planOf(algebra, { rules, knowledge: triples, now: START }).enough).toBeUndefined();
  });

  it('hold one receipt of a kind where ASK wants any', async () => {
    const { chunks, receipts } = await cut('ASK { ?s ?p ?o }');
    expect(receipts).toBeLessThanOrEqual(3);
    expect(await scene.plain('ASK { ?s ?p ?o }', chunks)).toEqual(['true']);
  });

  it('that are too large are refused with the pattern to bound and a filter that would', async () => {
    const { store, knowledge } = scene;
    const small = new Slicer(rules, iris, 5);
    const { algebra } = parser.parse('SELECT * { ?e tps:timestamp ?t . ?f a tps:Alert }');
    const plan = planOf(algebra, { rules, knowledge: knowledge.snapshot().triples, now: START });
    await expect(small.cut(store, plan)).rejects.toMatchObject({
      code: 'query-unbounded',
      message: expect.stringMatching(
        /"\?e tps:timestamp \?t" can touch \d\d+ receipts; one query may touch 5 in all\..*FILTER\(\?time >= "2024/,
      ),
    });
  });
});
