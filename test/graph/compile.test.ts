import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Answerer } from '../../src/graph/answer.js';
import { GraphError } from '../../src/graph/errors.js';
import { Federation } from '../../src/graph/federation.js';
import { bindPack, type Explanation, openGraph } from '../../src/graph/index.js';
import { Slicer } from '../../src/graph/slice.js';
import type { Instant } from '../../src/model/index.js';
import { compilableQuery } from './compilable-queries.js';
import { eventOf, freshStore, iris, START, samplesOf } from './fixture.js';
import { anyQuery } from './queries.js';
import { formatOf, linesOf, openScene, parser, rules, type Scene, within } from './scene.js';
import { wideQuery } from './wide-queries.js';

/** More for a run by hand: `COMPILE_QUERIES=5000 npx vitest run test/graph/compile.test.ts`. */
const QUERIES = Number(process.env.COMPILE_QUERIES ?? 150);
const LATER = (START + 3_600_000) as Instant;

describe('compiled queries', () => {
  let scene: Scene;
  let answerer: Answerer;
  beforeAll(async () => {
    scene = await openScene();
    const { store, knowledge, slicer, pool } = scene;
    answerer = new Answerer({
      parser,
      store,
      iris,
      rules,
      knowledge,
      slicer,
      pool,
      federation: new Federation(1, []),
      clock: () => LATER,
      maxResultBytes: 4e6,
    });
  });
  afterAll(async () => {
    await scene.remove();
  });

  async function answer(text: string, format = formatOf(text)) {
    const told = await within(3_000, (signal) => answerer.answer(parser.parse(text), format, signal));
    return { ...told, lines: linesOf(told.body) };
  }

  async function hold(queries: fc.Arbitrary<string>) {
    const tally = { asked: 0, tooLong: 0, found: 0, compiled: 0, both: 0, slice: 0, alone: 0 };
    await fc.assert(
      fc.asyncProperty(queries, async (text) => {
        tally.asked += 1;
        try {
          const expected = await scene.plain(text, scene.all.chunks);
          const { lines, way, engineQuery } = await answer(text);
          expect(lines, text).toEqual(expected);
          tally[way] += 1;
          if (engineQuery === undefined) tally.alone += 1;
          if (expected.length > 2) tally.found += 1;
        } catch (error) {
          // Joins without anything in common, which no way answers in time.
          const tooLong = ['query-timeout', 'query-result-too-large', 'query-crashed'];
          if (!(error instanceof GraphError) || !tooLong.includes(error.code)) throw error;
          tally.tooLong += 1;
        }
      }),
      {
        numRuns: QUERIES,
        seed: Number(process.env.COMPILE_SEED ?? 7),
        endOnFailure: process.env.COMPILE_SHRINK === undefined,
      },
    );
    if (process.env.COMPILE_QUERIES !== undefined) console.info(tally);
    expect(tally.tooLong).toBeLessThan(tally.asked / 20);
    return tally;
  }

  it(`answer like a plain store with everything in it, for ${QUERIES} queries of every shape`, async () => {
    const { asked, found, both, compiled } = await hold(anyQuery(scene.constants));
    expect(found).toBeGreaterThan(asked / 10);
    expect(both + compiled).toBeGreaterThan(asked / 5);
  }, 3_600_000);

  it(`and for ${QUERIES} that are mostly stars`, async () => {
    const { asked, found, alone } = await hold(compilableQuery(scene.constants));
    expect(found).toBeGreaterThan(asked / 8);
    expect(alone).toBeGreaterThan(asked / 3);
  }, 3_600_000);

  it(`and for ${QUERIES} of all that SPARQL has`, async () => {
    const { asked, found, both, compiled } = await hold(wideQuery(scene.constants));
    expect(found).toBeGreaterThan(asked / 10);
    expect(both + compiled).toBeGreaterThan(asked / 4);
  }, 3_600_000);

  it.each([
    ['a number that is none', 'SELECT ?e { ?e a tps:MetricSample ; tps:metricValue ?v FILTER(?v != 4) }'],
    [
      'an order with a number that is none',
      'SELECT ?e { ?e a tps:MetricSample ; tps:metricValue ?v FILTER(!(?v > 4)) }',
    ],
    [
      'a variable that some rows lack, joined again',
      'SELECT * { ?e a tps:QueueReading ; tps:timestamp ?t OPTIONAL { ?e tps:service ?s } ?d a tps:Deployment ; tps:service ?s }',
    ],
    [
      'a variable that some rows lack, in a filter above what binds it',
      'SELECT * { { ?e a tps:QueueReading ; tps:timestamp ?t OPTIONAL { ?e tps:service ?s } } ?s ?p ?x FILTER(?s = service:shop) }',
    ],
    [
      'a filter above a name that is bound between',
      'SELECT * { { ?e a tps:Alert ; tps:name ?n ; tps:severity ?y ; ?p ?o } BIND(?n AS ?m) FILTER(?m = "shop") }',
    ],
    [
      'a filter that only the left side must pass',
      'SELECT * { ?e a tps:Alert ; ?p ?o OPTIONAL { ?d a tps:Deployment ; tps:timestamp ?t } FILTER(!BOUND(?t) || ?t > "2024-01-25T10:05:00Z"^^xsd:dateTime) }',
    ],
    [
      'a MINUS below a filter',
      'SELECT * { ?e a tps:Event ; tps:timestamp ?t ; ?p ?o MINUS { ?e a tps:Alert ; tps:timestamp ?u FILTER(?u > "2024-01-25T10:05:00Z"^^xsd:dateTime) } FILTER(?p = tps:door) }',
    ],
    [
      'an aggregate over what some rows lack',
      'SELECT (COUNT(?v) AS ?n) (COUNT(*) AS ?all) (MIN(?s) AS ?least) (MIN(?u) AS ?first) { ?e a tps:Alert ; tps:timestamp ?t OPTIONAL { ?e tps:startsAt ?v } OPTIONAL { ?e tps:summary ?s } OPTIONAL { ?e tps:startsAt ?u } }',
    ],
    [
      'a sum over what some rows lack',
      'SELECT ?c (SUM(?v) AS ?sum) { ?e a ?c ; tps:timestamp ?t OPTIONAL { ?e tps:metricValue ?v } } GROUP BY ?c',
    ],
    [
      'a path of any length from anything',
      'SELECT (COUNT(*) AS ?n) { ?e a tps:Alert ; tps:name ?x . ?x tps:dependsOn* ?y . ?y tps:dependsOn* ?z }',
    ],
    ['a path of one step at least', 'SELECT * { ?e a tps:Alert ; tps:service ?s . ?s tps:dependsOn+ ?u }'],
    [
      'a path from a service that is unknown',
      'SELECT * { service:nowhere tps:dependsOn* ?s . OPTIONAL { ?e a tps:Alert ; tps:service ?s } }',
    ],
    [
      'a path from a service that is unknown, beside evidence',
      'SELECT * { ?e a tps:Alert ; tps:service ?t . service:nowhere tps:dependsOn* ?s . ?t tps:dependsOn* service:nowhere2 }',
    ],
    [
      'a path from a service that is unknown, in a query of evidence alone',
      'ASK { ?e a tps:Alert ; tps:timestamp ?t . service:nowhere tps:dependsOn* ?s }',
    ],
    [
      'constants of which some are open',
      'SELECT * { VALUES (?s ?n) { (service:shop UNDEF) (UNDEF "shop") (service:shop UNDEF) } ?e a tps:Alert ; tps:service ?s ; tps:name ?n }',
    ],
    [
      'constants twice',
      'SELECT * { VALUES ?s { service:shop service:shop } ?e a tps:Alert ; tps:service ?s }',
    ],
    [
      'constants of another kind',
      'SELECT * { VALUES ?s { service:shop "shop" 3 } ?e a tps:Alert ; tps:service ?s }',
    ],
    [
      'a count over a part without rows',
      'SELECT (COUNT(*) AS ?n) { ?e a tps:LogVolume ; tps:timestamp ?t ; ?p ?o }',
    ],
    ['numbers told apart', 'SELECT DISTINCT ?v { ?e a tps:MetricSample ; tps:metricValue ?v }'],
    [
      'numbers in groups',
      'SELECT ?v (COUNT(*) AS ?n) { ?e a tps:MetricSample ; tps:metricValue ?v } GROUP BY ?v',
    ],
    [
      'groups told apart',
      'SELECT DISTINCT ?n { { SELECT ?s (COUNT(*) AS ?n) { ?e a tps:Event ; tps:service ?s } GROUP BY ?s } }',
    ],
    [
      'sums with numbers that are none',
      'SELECT ?s (SUM(?v) AS ?sum) (MIN(?v) AS ?least) { ?e a tps:MetricSample ; tps:service ?s ; tps:metricValue ?v } GROUP BY ?s',
    ],
    [
      'one of several predicates, of which a subject may have two',
      'SELECT * { ?e a tps:Alert ; tps:timestamp ?t OPTIONAL { ?e tps:name|tps:severity ?x } }',
    ],
    ['a reading of one of several kinds', 'SELECT * { ?e tps:timestamp ?t ; tps:metricValue ?v }'],
    [
      'a title that another kind has too',
      'SELECT * { ?e tps:timestamp ?t OPTIONAL { ?e tps:name ?n } OPTIONAL { ?e tps:depth ?d } }',
    ],
    ['an order of services', 'SELECT * { ?e a tps:Alert ; tps:service ?s FILTER(?s > service:db) }'],
    [
      'times that lie near to each other',
      'SELECT * { ?a a tps:Event ; tps:timestamp ?t . ?b a tps:Event ; tps:timestamp ?u FILTER(?u <= ?t && ?u >= ?t - "PT3M"^^xsd:duration) }',
    ],
    [
      'times that lie near to each other, the ends left out',
      'SELECT * { ?a a tps:Alert ; tps:timestamp ?t . ?b a tps:Event ; tps:timestamp ?u FILTER(?t - "PT1M"^^xsd:duration < ?u && ?u - "PT4M"^^xsd:duration < ?t) }',
    ],
    [
      'a window as long as a number says',
      'SELECT ?s (COUNT(DISTINCT ?a) AS ?n) { ?a a tps:Event ; tps:service ?s ; tps:timestamp ?t . ?b a tps:JidokaFailure ; tps:service ?s ; tps:timestamp ?u FILTER(?u > ?t && ?u - xsd:dayTimeDuration(CONCAT("PT", STR(2), "M")) <= ?t) } GROUP BY ?s',
    ],
    [
      'a window as long as no number',
      'SELECT * { ?a a tps:Event ; tps:timestamp ?t . ?b a tps:Alert ; tps:timestamp ?u FILTER(?u > ?t && ?u - xsd:dayTimeDuration(CONCAT("PT", STR(-2), "M")) <= ?t) }',
    ],
    [
      'rows that are told apart by what is not named',
      'SELECT (COUNT(?v) AS ?n) (COUNT(DISTINCT *) AS ?m) { ?e tps:timestamp ?t ; tps:rank ?v FILTER EXISTS { ?f a tps:Alert ; ?p ?o } }',
    ],
    [
      'a text that some rows lack, and that must differ',
      'SELECT ?e ?c { ?e a tps:Event ; tps:timestamp ?t OPTIONAL { ?e tps:component ?c } FILTER(?c != "disk") }',
    ],
    [
      'a text that some rows lack, in an order that is cut',
      'SELECT ?c ?e { ?e a tps:Event ; tps:timestamp ?t OPTIONAL { ?e tps:component ?c } } ORDER BY ?c ?e LIMIT 3',
    ],
    [
      'a time between two milliseconds',
      'SELECT ?e { ?e a tps:JidokaFailure ; tps:timestamp ?t FILTER(?t >= "2024-01-25T10:03:00.2501Z"^^xsd:dateTime) }',
    ],
    [
      'the least and the most among numbers that are none',
      'SELECT ?s (MIN(?v) AS ?least) (MAX(?v) AS ?most) (AVG(?v) AS ?mean) { ?e a tps:MetricSample ; tps:timestamp ?t ; tps:metricValue ?v OPTIONAL { ?e tps:service ?s } } GROUP BY ?s',
    ],
    [
      'a filter above rows that are cut',
      'SELECT * { { SELECT ?e ?t { { ?e a tps:Alert ; tps:timestamp ?t } ?e ?p "critical" } ORDER BY ?t LIMIT 1 } FILTER(?t > "2024-01-25T10:05:00Z"^^xsd:dateTime) }',
    ],
    [
      'a filter above the first of some rows',
      'SELECT * { { SELECT ?e ?t { ?e a tps:Event ; tps:timestamp ?t } ORDER BY ?t LIMIT 3 } ?e ?p ?o FILTER(?t > "2024-01-25T10:02:00Z"^^xsd:dateTime) }',
    ],
    [
      'what is left of a group',
      'SELECT ?s ?n { { SELECT ?s (COUNT(*) AS ?n) { ?e a tps:Event ; tps:service ?s } GROUP BY ?s HAVING(COUNT(*) > 2) } OPTIONAL { ?s tps:dependsOn ?d } }',
    ],
    [
      'a group that is filtered by what it keeps',
      'SELECT ?s (COUNT(*) AS ?n) (MAX(?t) AS ?last) { ?e a tps:Event ; tps:service ?s ; tps:timestamp ?t } GROUP BY ?s HAVING(COUNT(*) > 2 && MAX(?t) > "2024-01-25T10:08:00Z"^^xsd:dateTime)',
    ],
    [
      'a name that a subquery hides',
      'SELECT * { ?e a tps:Alert ; tps:name ?n { SELECT ?s { ?d a tps:Deployment ; tps:service ?s ; tps:version ?n } } }',
    ],
    [
      'the parts of a time',
      'SELECT ?m (COUNT(*) AS ?n) { ?e a tps:Event ; tps:timestamp ?t FILTER(HOURS(?t) = 10) } GROUP BY (MINUTES(?t) AS ?m)',
    ],
    [
      'texts that contain others',
      'SELECT ?e { ?e a tps:JidokaFailure ; tps:reason ?r FILTER(CONTAINS(?r, "time") || STRSTARTS(?r, "full \\"")) }',
    ],
    ['some receipts, described', 'DESCRIBE ?e { ?e a tps:Alert } ORDER BY ?e LIMIT 2'],
    [
      'some receipts as a graph',
      'CONSTRUCT { ?e tps:seen ?t } { ?e a tps:Alert ; tps:timestamp ?t } ORDER BY ?e LIMIT 2 OFFSET 1',
    ],
    ['no receipt, described', 'DESCRIBE ?e { ?e a tps:Alert ; tps:severity "none" }'],
  ])('keep the meaning of %s', async (_, text) => {
    expect((await answer(text)).lines).toEqual(await scene.plain(text, scene.all.chunks));
  });

  it.each([1, 4, 7, 10, 13, 16])(
    'group by the first %i characters of a time in the store',
    async (length) => {
      const text = `SELECT ?key (COUNT(*) AS ?n) { ?e a tps:Event ; tps:timestamp ?t } GROUP BY (SUBSTR(STR(?t), 1, ${length}) AS ?key) ORDER BY ?key`;
      const { lines, engineQuery } = await answer(text);
      expect(engineQuery).toBeUndefined();
      expect(lines).toEqual(await scene.plain(text, scene.all.chunks));
    },
  );

  it.each([
    'SUBSTR(STR(?t), 1, 17)',
    'SUBSTR(STR(?t), 1, 24)',
    'SUBSTR(STR(?t), 2, 13)',
    'SUBSTR(STR(?t), 12)',
    'SUBSTR(STR(?t - "P800000D"^^xsd:dayTimeDuration), 1, 10)',
  ])('keep the meaning of groups by other texts of a time: %s', async (key) => {
    const text = `SELECT ?key (COUNT(*) AS ?n) { ?e a tps:Event ; tps:timestamp ?t } GROUP BY (${key} AS ?key)`;
    expect((await answer(text)).lines).toEqual(await scene.plain(text, scene.all.chunks));
  });

  it.each([
    'SELECT ?e ?c ?why { ?e a tps:JidokaFailure ; tps:component ?c OPTIONAL { ?e tps:reason ?why } } ORDER BY ?e',
    'SELECT ?e ?t ?v ?c { ?e a tps:MetricSample ; tps:timestamp ?t ; tps:metricValue ?v OPTIONAL { ?e tps:component ?c } } ORDER BY ?e',
    'SELECT * { ?e a tps:MetricSample ; tps:stale ?stale ; tps:series ?series }',
    'SELECT ?s (COUNT(?e) AS ?n) (MIN(?t) AS ?from) { ?e a tps:Event ; tps:service ?s ; tps:timestamp ?t } GROUP BY ?s ORDER BY ?s',
    'SELECT (SUM(?v) AS ?sum) (AVG(?v) AS ?mean) (MAX(?v) AS ?most) (COUNT(*) AS ?n) { ?e a tps:LogVolume ; tps:metricValue ?v }',
    'SELECT ?a ?d ?kind { ?e a ?kind ; tps:timestamp ?t . ?a a tps:Alert ; tps:timestamp ?u BIND(?u - ?t AS ?d) } ORDER BY ?e ?a ?kind',
    'SELECT ?c ?r ?j { ?c a tps:Candidate ; tps:reasoning ?j ; tps:rank ?k ; tps:rejected ?r } ORDER BY ?c',
    'SELECT ?s ?pod { ?s a tps:Series ; tps:metric ?m ; label:pod ?pod } ORDER BY ?s',
    'ASK { ?e a tps:Alert ; tps:severity "critical" }',
    'ASK { ?e a tps:Alert ; tps:severity "none" }',
  ])('write what the engine writes, in every format: %s', async (text) => {
    for (const format of [
      'application/sparql-results+json',
      'application/sparql-results+xml',
      'text/csv',
      'text/tab-separated-values',
    ]) {
      const { body, way, engineQuery } = await answer(text, format);
      expect({ way, engineQuery }).toEqual({ way: 'compiled', engineQuery: undefined });
      expect(linesOf(body), format).toEqual(await scene.plain(text, scene.all.chunks, format));
    }
  });

  it.each([
    [
      'a reason that only some have, asked of the rows that were found',
      'SELECT ?e ?x { ?e a tps:JidokaFailure ; tps:timestamp ?t FILTER(?t < "2024-01-25T10:05:00Z"^^xsd:dateTime) OPTIONAL { ?e ?p ?x FILTER(ISIRI(?x)) } }',
      1,
    ],
    ['what an incident cites', 'SELECT ?at { incident:i1 tps:cites ?r . ?r tps:timestamp ?at ; ?p ?o }', 2],
  ])('bound the slice of the rest by their rows: %s', async (_, text, receipts) => {
    expect((await answer(text)).cost.receipts).toBe(receipts);
  });

  it.each([
    ['in any order', 'SELECT ?e { ?e a tps:MetricSample ; tps:timestamp ?t } LIMIT 3', 3],
    [
      'in order',
      'SELECT ?e { ?e a tps:MetricSample ; tps:timestamp ?t } ORDER BY DESC(?t) LIMIT 3 OFFSET 1',
      3,
    ],
  ])('fetch no more rows than a LIMIT lets through, %s', async (_, text, rows) => {
    const { parts, cost } = await answer(text);
    expect(cost).toMatchObject({ compiledRows: rows, receipts: 0 });
    expect(parts.map((part) => (part.way === 'compiled' ? part.parameters.slice(-2) : []))).toEqual([
      ['3', text.includes('OFFSET') ? '1' : '0'],
    ]);
  });

  it('carry a bound of one time over to those that are compared with it', async () => {
    const { parts } =
      await answer(`SELECT ?a ?d { ?a a tps:Alert ; tps:timestamp ?t . ?d a tps:Deployment ; tps:timestamp ?u
      FILTER(?t >= "2024-01-25T10:04:00Z"^^xsd:dateTime && ?t < "2024-01-25T10:05:00Z"^^xsd:dateTime)
      FILTER(?u <= ?t && ?u >= ?t - "PT30M"^^xsd:duration) }`);
    expect(parts[0]?.bounds.map(({ since, until }) => [since, until])).toEqual([
      ['2024-01-25T10:04:00.000Z', '2024-01-25T10:05:00.001Z'],
      ['2024-01-25T09:34:00.000Z', '2024-01-25T10:05:00.001Z'],
    ]);
  });

  it('are stopped in the store at their deadline, and the next one is answered at once', async () => {
    const stars = [0, 1, 2, 3, 4, 5].map((n) => `?e${n} tps:timestamp ?t${n} . FILTER(?t${n} != ?t0)`);
    const endless = `SELECT (COUNT(*) AS ?n) { ?e0 tps:timestamp ?t0 . ${stars.slice(1).join(' ')} ${stars
      .slice(1)
      .map((text) => text.replaceAll(/(?<=[et])(?=\d)/g, 'x'))
      .join(' ')} }`;
    const started = performance.now();
    await expect(
      within(300, (signal) => answerer.answer(parser.parse(endless), 'text/csv', signal)),
    ).rejects.toMatchObject({ code: 'query-timeout' });
    expect(performance.now() - started).toBeLessThan(1_500);
    expect((await answer('ASK { ?e a tps:Alert ; tps:timestamp ?t }')).lines).toEqual(['true']);
  });

  it('see one state of the store, whatever is appended between their statements', async () => {
    const { store, remove } = await freshStore();
    const failure = (n: number) =>
      eventOf('failure', START + n, { service: 'shop', component: 'cart', reason: 'timeout' });
    await store.append({ events: [failure(1)] });
    const bounds = { from: 'event', kinds: ['failure'] } as const;
    const counts = await store.snapshot(async (reads) => {
      const before = await reads.countRows(bounds, 10);
      await store.append({ events: [failure(2)] });
      const lines = await reads.render(
        bounds,
        rules.filter((rule) => rule.ofClass?.endsWith('JidokaFailure')).map((rule) => rule.line),
      );
      const rendered = Buffer.concat(lines).toString().trim().split('\n').length;
      return [before, await reads.countRows(bounds, 10), rendered];
    });
    expect([...counts, await store.countRows(bounds, 10)]).toEqual([1, 1, 1, 2]);
    await remove();
  });

  it('give what failed in the midst of a state as it is, and the store reads on', async () => {
    const { store } = scene;
    const stopped = new GraphError('query-timeout', 'enough');
    await expect(store.snapshot(() => Promise.reject(stopped))).rejects.toBe(stopped);
    const gone = AbortSignal.abort(stopped);
    for (let n = 0; n < 5; n += 1) {
      const read = store.snapshot((reads) => reads.countRows({ from: 'event' }, 10, gone));
      await expect(read).rejects.toBe(stopped);
    }
    expect(await store.countRows({ from: 'event' }, 1)).toBe(2);
  });

  it('of too many rows are refused with how to ask for a page, unless they are asked for one', async () => {
    const stars = [0, 1, 2, 3, 4, 5].map((n) => `?e${n} tps:timestamp ?t${n} .`).join(' ');
    const text = `SELECT ?e0 ?e5 { ${stars} }`;
    await expect(answer(text)).rejects.toMatchObject({
      code: 'query-result-too-large',
      message: expect.stringMatching(/more than 250,000 rows.*LIMIT 50000 OFFSET 0.*ORDER BY \?e0/),
    });
    const { cost } = await answer(`${text} LIMIT 10`);
    expect(cost).toMatchObject({ compiledRows: 10, receipts: 0 });
  });

  it('are bounded by what a candidate cites, from within an OPTIONAL', async () => {
    const text =
      'SELECT * { incident:i1 tps:candidate ?c . OPTIONAL { ?c tps:cites ?e . ?e tps:timestamp ?t } }';
    const { lines, parts } = await answer(text);
    expect(lines).toEqual(await scene.plain(text, scene.all.chunks));
    const compiled = parts.find(({ way }) => way === 'compiled');
    expect(compiled).toMatchObject({ patterns: ['?e tps:timestamp ?t'], rows: 2 });
  });

  it('that touch too much are refused with the pattern that is left to bound', async () => {
    const { store, knowledge, pool, slicer: _, ...rest } = scene;
    const small = new Answerer({
      ...rest,
      parser,
      store,
      knowledge,
      pool,
      iris,
      rules,
      federation: new Federation(1, []),
      slicer: new Slicer(rules, iris, 5),
      clock: () => LATER,
      maxResultBytes: 4e6,
    });
    const text = 'SELECT * { ?a a tps:Alert ; tps:timestamp ?t . ?x tps:timestamp ?n . ?x ?p ?o }';
    await expect(
      within(3_000, (signal) => small.answer(parser.parse(text), 'text/csv', signal)),
    ).rejects.toMatchObject({
      code: 'query-unbounded',
      message: expect.stringMatching(
        /"\?x .*can touch \d+ receipts; one query may touch 5 in all.*\?x tps:timestamp \?time/,
      ),
    });
  });
});

describe('sums and means of doubles', () => {
  it('are those of the engine but for the order of addition', async () => {
    const { store, remove } = await freshStore();
    const values = fc.sample(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { numRuns: 400, seed: 3 });
    const at = (n: number) => START + n * 1_000;
    const labels = (n: number) => ({ __name__: 'x', service: `s${n % 3}` });
    const rows = values.map((value, n) => ({ labels: labels(n), at: at(n), value: value === 0 ? 1 : value }));
    await store.append({ events: [], samples: samplesOf(store, rows) });
    const graph = await openGraph({
      store,
      iris,
      clock: () => LATER,
      workers: 1,
      deadlineMs: 5_000,
      maxReceipts: 1_000,
    });
    const ask = async (pattern: string) => {
      const text = `SELECT ?s (SUM(?v) AS ?sum) (AVG(?v) AS ?mean) { ${pattern} } GROUP BY ?s ORDER BY ?s`;
      const { body, cost } = await graph.query({ text, accept: 'text/csv' });
      const lines = Buffer.from(body).toString().trim().split('\r\n').slice(1);
      return { cost, numbers: lines.map((line) => line.split(',').slice(1).map(Number)) };
    };
    const star = '?e a tps:MetricSample ; tps:service ?s ; tps:metricValue ?v';
    const compiled = await ask(star);
    const plain = await ask(`${star} ; ?p ?o FILTER(?p = tps:metric)`);
    expect(compiled.cost.receipts).toBe(0);
    expect(plain.cost.receipts).toBeGreaterThan(0);
    expect(plain.numbers.length).toBe(3);
    for (const [row, numbers] of plain.numbers.entries()) {
      for (const [column, number] of numbers.entries()) {
        const other = compiled.numbers[row]?.[column] ?? Number.NaN;
        expect(Math.abs(other - number) / Math.abs(number)).toBeLessThan(1e-12);
      }
    }
    await graph.close();
    await remove();
  });
});

/** Which way each pack goes: wholly into the store, its evidence as rows, or partly as triples. */
const WAYS = {
  alone: [
    'change/upstream-deployments',
    'correlation/around-time',
    'correlation/changes-before',
    'correlation/correlated-metrics',
    'guide/around-latency-spike',
    'guide/correlation',
    'guide/failures-before-spike',
  ],
  rows: [
    'alerts/fatigue',
    'alerts/of-one-cause',
    'correlation/candidates',
    'correlation/failures-before',
    'series/stalled',
    'topology/failure-path',
  ],
} as const;

describe('query packs', () => {
  it('go the compiled way where they always have', async () => {
    const { store, remove } = await freshStore();
    const graph = await openGraph({
      store,
      iris,
      clock: () => LATER,
      workers: 1,
      deadlineMs: 5_000,
      maxReceipts: 1_000,
    });
    const ways = new Map<string, string[]>();
    for (const pack of graph.packs()) {
      const text = bindPack(
        pack,
        Object.fromEntries(pack.parameters.map(({ name, example }) => [name, example])),
      );
      const { body } = await graph.query({ text, explain: true });
      const { way, engine }: Explanation = JSON.parse(Buffer.from(body).toString());
      const name = way !== 'compiled' ? way : engine === undefined ? 'alone' : 'rows';
      ways.set(name, [...(ways.get(name) ?? []), pack.name]);
    }
    await graph.close();
    await remove();
    expect(ways.get('alone')).toEqual(expect.arrayContaining([...WAYS.alone]));
    expect(ways.get('rows')).toEqual(expect.arrayContaining([...WAYS.rows]));
  });
});
