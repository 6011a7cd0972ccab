import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import oxigraph from 'oxigraph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindPack, type Graph, openGraph } from '../../../src/graph/index.js';
import { QueryParser } from '../../../src/graph/parse.js';
import { suppliedPrefixes } from '../../../src/graph/vocabulary.js';
import { type EventReceipt, formatInstant, instantOf, pathOfEvent } from '../../../src/model/index.js';
import { eventOf, freshStore, iris, START, samplesOf } from '../fixture.js';
import { exportTo, freshFiles, NOW } from './fixture.js';

const MEDIA = {
  nquads: 'application/n-quads',
  trig: 'application/trig',
  jsonld: 'application/ld+json',
} as const;
const textFormats = ['nquads', 'trig', 'jsonld'] as const;
const minute = (n: number) => START + n * 60_000;

function scene(): readonly EventReceipt[] {
  const deployment = eventOf('deployment', minute(1), {
    service: 'db',
    version: 'v2',
    message: 'say "hi"\n\ttwice \\ once',
    labels: { env: 'prod', 'a b/c': 'x', '': 'none' },
  });
  const failure = eventOf('failure', minute(3), {
    service: 'shop',
    component: 'cart',
    reason: 'timeout',
    correlatedMetric: 'latency',
    metricChangePercent: 80,
  });
  const alert = eventOf('alert_fired', minute(4), { service: 'shop', name: 'Slow', severity: 'critical' });
  const cites = [alert, failure].map(pathOfEvent);
  return [
    deployment,
    failure,
    alert,
    eventOf('dependency', minute(0), { service: 'shop', callee: 'd b/ü' }),
    eventOf('queue_depth', minute(2), { service: 'shop', queue: 'q', depth: 1.5 }),
    eventOf('incident', minute(5), {
      ...{
        service: 'shop',
        incident: 'i-1',
        state: 'open',
        title: 'slow',
        severity: 'critical',
        analysis: 1,
      },
      ...{ startsAt: instantOf(minute(3)), cites, missing: '["more","less"]' },
    }),
    eventOf('candidate', minute(5), {
      ...{ service: 'db', incident: 'i-1', analysis: 1, rank: 1, score: 0.5, rejected: false, cites },
      ...{
        causeKind: 'deployment',
        title: 'v2',
        cause: pathOfEvent(deployment),
        reasoning: '{"b":1.0,"a":[]}',
      },
    }),
  ];
}

const samples = [0, 1, 2, 3].flatMap((n) => [
  { labels: { __name__: 'latency', service: 'shop', pod: 'p-1' }, at: minute(n), value: n / 3 },
  { labels: { __name__: 'errors', service: 'db' }, at: minute(n), value: [1, Number.NaN, -0, undefined][n] },
]);

function linesOf(store: oxigraph.Store): readonly string[] {
  return store.dump({ format: 'application/n-quads' }).split('\n').filter(Boolean).sort();
}

describe('an export in a plain triple store', () => {
  let graph: Graph;
  let close: () => Promise<void>;
  const loaded = new Map<string, oxigraph.Store>();

  beforeAll(async () => {
    const { store, remove } = await freshStore();
    const files = await freshFiles();
    await store.append({ events: scene(), samples: samplesOf(store, samples) });
    graph = await openGraph({
      ...{ store, iris, clock: () => NOW, workers: 1, deadlineMs: 30_000, maxReceipts: 10_000 },
    });
    close = async () => {
      await graph.close();
      await Promise.all([remove(), files.remove()]);
    };
    for (const format of textFormats) {
      const path = join(files.folder, format);
      await exportTo(store, { path, format });
      const plain = new oxigraph.Store();
      plain.load(await readFile(path, 'utf8'), { format: MEDIA[format] });
      loaded.set(format, plain);
    }
  });
  afterAll(() => close());

  it.each(textFormats)('holds as %s every triple that queries see, and no other', async (format) => {
    const { body } = await graph.query({
      text: 'CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }',
      accept: 'application/n-triples',
    });
    const seen = new oxigraph.Store();
    seen.load(body, { format: 'application/n-triples' });
    const plain = loaded.get(format) ?? new oxigraph.Store();
    expect(plain.size).toBeGreaterThan(500);
    expect(linesOf(plain)).toEqual(linesOf(seen));
  });

  it('answers every query of the packs as the server does', async () => {
    const plain = loaded.get('nquads') ?? new oxigraph.Store();
    const parser = new QueryParser(suppliedPrefixes(iris.prefix));
    const sets: Readonly<Record<string, string>> = {
      ...{ since: formatInstant(START), until: formatInstant(instantOf(minute(10))) },
      ...{ at: formatInstant(instantOf(minute(4))), time: formatInstant(instantOf(minute(4))) },
      ...{ service: 'shop', incident: 'i-1', metric: 'latency' },
    };
    let rows = 0;
    for (const pack of graph.packs()) {
      const given = pack.parameters.flatMap(({ name, example }) => [[name, sets[name] ?? example] as const]);
      const text = bindPack(pack, Object.fromEntries(given));
      const { body } = await graph.query({ text, accept: 'application/sparql-results+json' });
      const answer = JSON.parse(Buffer.from(body).toString());
      const expected = JSON.parse(
        String(plain.query(parser.parse(text).text, { results_format: 'application/sparql-results+json' })),
      );
      const bag = (json: { results: { bindings: unknown[] } }) =>
        json.results.bindings
          .map((row) =>
            JSON.stringify(row, Object.keys(Object(row)).concat('type', 'value', 'datatype').sort()),
          )
          .sort();
      expect(bag(answer), pack.name).toEqual(bag(expected));
      rows += answer.results.bindings.length;
    }
    expect(rows).toBeGreaterThan(5);
  });
});
