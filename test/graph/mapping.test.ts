import fc from 'fast-check';
import oxigraph from 'oxigraph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceStore } from '../../src/evidence/index.js';
import { mappingOf } from '../../src/graph/mapping.js';
import { triplesOfEvent } from '../../src/graph/ntriples.js';
import { anyEvent, eventOf, freshStore, iris, START, samplesOf } from './fixture.js';

const rules = mappingOf(iris);

/** What N-Triples say, as sorted canonical lines. */
function meaningOf(...chunks: readonly (string | Uint8Array)[]): readonly string[] {
  const store = new oxigraph.Store();
  for (const chunk of chunks) {
    store.load(chunk, { format: 'application/n-triples', no_transaction: true, lenient: false });
  }
  return store
    .dump({ format: 'application/n-triples', from_graph_name: oxigraph.defaultGraph() })
    .split('\n')
    .sort();
}

describe('mapping of receipts to triples', () => {
  let store: EvidenceStore;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ store, remove } = await freshStore());
  });
  afterAll(() => remove());

  const linesOf = (table: 'event' | 'sample' | 'series') =>
    rules.filter((rule) => rule.table === table).map((rule) => rule.line);

  it('writes any event in the store as it does in memory, and both are N-Triples', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent(), { minLength: 1, maxLength: 60 }), async (events) => {
        const { repeatedEvents } = await store.append({ events });
        expect(repeatedEvents).toEqual([]);
        const ids = events.map(({ id }) => id);
        const rendered = await store.render({ from: 'event', values: { id: ids } }, linesOf('event'));
        const inMemory = events.flatMap((event) => triplesOfEvent(event, rules)).join('\n');
        expect(meaningOf(...rendered)).toEqual(meaningOf(inMemory));
        expect(await store.countRows({ from: 'event', values: { id: ids } }, 100)).toBe(ids.length);
      }),
      { numRuns: 15, seed: 1 },
    );
  });

  it('writes every double so that it reads back as the same number', async () => {
    const values = [0, -0, 1e-7, 5e-324, 1.7976931348623157e308, 1e21, 0.1, 123456789012345680, -1 / 3];
    const labels = { __name__: 'doubles', service: 'a b/ü' };
    const rows = values.map((value, second) => ({ labels, at: START + second * 1_000, value }));
    const odd = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, undefined].map(
      (value, second) => ({
        labels: { ...labels, __name__: 'odd' },
        at: START + second * 1_000,
        value,
      }),
    );
    await store.append({ events: [], samples: samplesOf(store, [...rows, ...odd]) });
    const read = async (metric: string) => {
      const chunks = await store.render({ from: 'sample', values: { metric: [metric] } }, linesOf('sample'));
      return Buffer.concat(chunks).toString();
    };
    const found = [...(await read('doubles')).matchAll(/metricValue> "([^"]*)"/g)].map(([, text]) =>
      Number(text),
    );
    expect(found.sort()).toEqual(values.sort());
    const text = await read('odd');
    const lexical = [...text.matchAll(/metricValue> "([^"]*)"/g)].map(([, value]) => value);
    expect(lexical.sort()).toEqual(['-INF', 'INF', 'NaN']);
    expect(text.match(/tps\/stale> "true"/g)).toHaveLength(1);
    expect(text).toContain(`<${iris.of({ type: 'service', name: 'a b/ü' })}>`);
    meaningOf(text);
  });

  it('gives series their labels as predicates', async () => {
    await store.append({
      events: [],
      samples: samplesOf(store, [
        { labels: { __name__: 'm', 'a b': 'x"\n', pod: 'p-1' }, at: START, value: 1 },
      ]),
    });
    const chunks = await store.render({ from: 'series', values: { metric: ['m'] } }, linesOf('series'));
    const text = Buffer.concat(chunks).toString();
    expect(text).toContain('<http://example.com/tps/label#a%20b> "x\\"\\n" .');
    expect(text).toContain('<http://example.com/tps/component> "p-1" .');
  });

  it('encodes segments of paths as the store does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (service) => {
        const event = eventOf('circuit_closed', START, { service, component: 'c' });
        await store.append({ events: [event] });
        const line = rules.filter((rule) => rule.predicate.endsWith('/service')).map((rule) => rule.line);
        const chunks = await store.render({ from: 'event', values: { id: [event.id] } }, line.slice(0, 1));
        expect(Buffer.concat(chunks).toString()).toContain(
          `<${iris.of({ type: 'service', name: service })}> .`,
        );
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  it('bounds rows by kind, time and values, inclusively, and counts no further than asked', async () => {
    const events = [0, 1, 2, 3].map((n) =>
      eventOf('deployment', START + 7_200_000 + n, { service: `bounded-${n % 2}`, version: `v${n}` }),
    );
    await store.append({ events });
    const bounds = {
      from: 'event',
      kinds: ['deployment'],
      since: events[1]?.at,
      until: events[3]?.at,
    } as const;
    expect(await store.countRows({ ...bounds } as never, 10)).toBe(3);
    expect(await store.countRows({ ...bounds } as never, 1)).toBe(2);
    expect(await store.countRows({ ...bounds, values: { service: ['bounded-1'] } } as never, 10)).toBe(2);
    expect(await store.countRows({ ...bounds, values: { version: [] } } as never, 10)).toBe(0);
  });

  it('refuses columns that the store does not have', async () => {
    await expect(store.countRows({ from: 'event', values: { 'x" OR 1=1 --': ['a'] } }, 1)).rejects.toThrow(
      'no column',
    );
  });
});
