import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceStore } from '../../src/evidence/index.js';
import { type Graph, openGraph } from '../../src/graph/index.js';
import { DAY_MS, Iris, MINUTE_MS, shift } from '../../src/model/index.js';
import { failure, freshFolder, type SampleRow, T0 } from '../evidence/fixture.js';
import { appendSamples, counter, gauge, MIDNIGHT, openAt, retainAll } from '../evidence/retention-fixture.js';

const iris = new Iris('http://127.0.0.1:4600');
const clock = { now: shift(T0, MIDNIGHT) };
let store: EvidenceStore;
let graph: Graph;
let remove: () => Promise<void>;

beforeAll(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openAt(fresh.folder, clock);
  const rows = Array.from({ length: 90 }, (_, n): SampleRow[] => [
    [gauge('web'), MIDNIGHT + n * 90_000, n % 10],
    [counter('web'), MIDNIGHT + n * 90_000, 2 * n],
    [gauge('db'), MIDNIGHT + DAY_MS + n * 90_000, n],
  ]).flat();
  await appendSamples(store, rows);
  await store.append({
    events: [0, 1].flatMap((day) => [
      failure('web', MIDNIGHT + day * DAY_MS + MINUTE_MS),
      failure('db', MIDNIGHT + day * DAY_MS + 40 * MINUTE_MS, 'full'),
    ]),
  });
  graph = await openGraph({
    ...{ store, iris, workers: 1, deadlineMs: 60_000, maxReceipts: 10_000 },
    clock: () => clock.now,
  });
});
afterAll(async () => {
  await graph.close();
  await store.close();
  await remove();
});

async function ask(text: string): Promise<readonly string[]> {
  const { body } = await graph.query({ text, accept: 'text/csv' });
  return Buffer.from(body).toString('utf8').trim().split('\r\n').sort();
}

/** A sample within three minutes before a failure. */
const near = `?f a tps:JidokaFailure ; tps:timestamp ?when .
  ?s a tps:MetricSample ; tps:metric "load" ; tps:timestamp ?at ; tps:metricValue ?value .
  FILTER(?at <= ?when && ?at >= ?when - "PT3M"^^xsd:duration)`;

/** Some are compiled, some go through a slice, one joins what is archived with what is not. */
const questions = [
  'SELECT (COUNT(*) AS ?n) (AVG(?v) AS ?mean) { ?s tps:metric "load" ; tps:service service:web ; tps:metricValue ?v }',
  'SELECT ?f ?reason { ?f a tps:JidokaFailure ; tps:reason ?reason }',
  'SELECT ?f ?p ?o { ?f a tps:JidokaFailure ; ?p ?o }',
  `SELECT ?f ?value { ${near} }`,
  'SELECT ?f ?at { ?f tps:reason "full" ; tps:timestamp ?at FILTER(?at > "2026-01-06T00:00:00Z"^^xsd:dateTime) }',
  'SELECT ?s ?v { ?s tps:metric "requests_total" ; tps:metricValue ?v . OPTIONAL { ?s tps:stale ?x } } ORDER BY ?v LIMIT 5',
];

describe('what went to the archive', () => {
  it('answers every query as it did before', async () => {
    const before = [];
    for (const question of questions) before.push(await ask(question));
    expect(before.map((lines) => lines.length > 1)).toEqual(questions.map(() => true));
    clock.now = shift(T0, MIDNIGHT + 4 * DAY_MS);
    const steps = await retainAll(store, {
      sampleDays: 3,
      minuteDays: 0,
      hourDays: 0,
      readingDays: 0,
      eventDays: 3,
    });
    expect(steps.map(({ what, rows }) => [what, rows])).toEqual([
      ['sample', 180],
      ['failure', 2],
    ]);
    for (const [index, question] of questions.entries()) {
      expect(await ask(question), question).toEqual(before[index]);
    }
    expect(
      await ask('SELECT ?kind ?n { ?a a tps:Archive ; tps:archivedKind ?kind ; tps:receipts ?n }'),
    ).toEqual(['failure,2', 'kind,n', 'sample,180']);
  });

  it('leaves roll-ups behind that SPARQL reads, compiled and in a slice', async () => {
    const pattern = `?r a tps:Rollup ; tps:spanMs 3600000 ; tps:metric "requests_total" ; tps:timestamp ?at ;
      tps:sampleCount ?n ; tps:sampleMin ?min ; tps:sampleMax ?max ; tps:increase ?grown`;
    const hours = [
      '2026-01-05T00:00:00Z,40,0,78,78',
      '2026-01-05T01:00:00Z,40,80,158,80',
      '2026-01-05T02:00:00Z,10,160,178,20',
    ];
    const told = (lines: readonly string[]) =>
      lines
        .map((line) => line.replace('.000Z', 'Z').replace(/\.?0*E0|\.0(?=,|$)/g, ''))
        .filter((line) => line.startsWith('2026'));
    const compiled = await ask(`SELECT ?at ?n ?min ?max ?grown { ${pattern} }`);
    expect(compiled.length).toBe(4);
    const sliced = await ask(
      `SELECT ?at ?n ?min ?max ?grown { ${pattern} . ?r ?p ?o FILTER(?p = tps:series) }`,
    );
    expect(sliced.length).toBe(4);
    const numbers = (lines: readonly string[]) =>
      told(lines).map((line) =>
        line
          .split(',')
          .map((cell, at) => (at === 0 ? cell : Number(cell)))
          .join(','),
      );
    expect(numbers(compiled)).toEqual(hours);
    expect(numbers(sliced)).toEqual(hours);
    expect(await ask('SELECT (COUNT(*) AS ?n) { ?r a tps:Rollup ; tps:service service:db }')).toEqual([
      '0',
      'n',
    ]);
  });

  it('is described under its own name, roll-ups too', async () => {
    const [, path] = (
      await ask('SELECT ?r { ?r a tps:Rollup ; tps:spanMs 3600000 ; tps:metric "load" }')
    ).toReversed();
    const described = await graph.describe(path?.slice(iris.prefix.length) ?? '', 'application/n-triples');
    const text = Buffer.from(described?.body ?? []).toString('utf8');
    for (const term of ['Rollup', 'sampleSum', 'sampleLast', 'series', 'spanMs', 'timestamp']) {
      expect(text).toContain(`<http://example.com/tps/${term}>`);
    }
    expect(text).not.toContain('tps/Event');
  });
});
