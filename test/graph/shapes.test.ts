import { readFile } from 'node:fs/promises';
import rdf from '@rdfjs/dataset';
import fc from 'fast-check';
import { Parser } from 'n3';
import SHACLValidator from 'rdf-validate-shacl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceStore } from '../../src/evidence/index.js';
import { linkedKinds } from '../../src/graph/incidents.js';
import { Knowledge } from '../../src/graph/knowledge.js';
import { mappingOf } from '../../src/graph/mapping.js';
import { readShippedRunbooks } from '../../src/graph/runbooks/read.js';
import {
  type EventKind,
  type EventReceipt,
  eventKinds,
  type FieldType,
  type KindSpec,
  kinds,
  pathOfEvent,
  TPS,
} from '../../src/model/index.js';
import { anyEvent, eventOf, freshStore, iris, START, samplesOf, textOf } from './fixture.js';

const datasetOf = (text: string) => rdf.dataset(new Parser().parse(text));
const shapes = await readFile(new URL('../../ontology/shapes.ttl', import.meta.url), 'utf8');
const validator = new SHACLValidator(datasetOf(shapes));
const rules = mappingOf(iris);
const runbooks = await readShippedRunbooks();

/** What is wrong with a graph, as `KIND PREDICATE CONSTRAINT`; each once. */
async function faultsOf(triples: string): Promise<readonly string[]> {
  const { results } = await validator.validate(datasetOf(triples));
  const short = (iri: string | undefined) => iri?.replace(/^.*[/#]/, '') ?? '';
  const faults = results.map(({ focusNode, path, sourceConstraintComponent }) =>
    [
      focusNode?.value.slice(iris.prefix.length).split('/')[0],
      short(path?.value),
      short(sourceConstraintComponent?.value).replace('ConstraintComponent', ''),
    ].join(' '),
  );
  return [...new Set(faults)].sort();
}

const cited = 'deployment/20240125T100000.000Z/0123456789abcdef0123456789abcdef';
const special: Readonly<Record<string, unknown>> = {
  ...{ state: 'open', score: 0.5, rank: 1, analysis: 1 },
  ...{ direction: 'at_most', objectivePercent: 99.9, windowMinutes: 60, retired: false },
  ...{ place: '1.2', stepKind: 'failing', judgement: 'confirmed', effort: 'small' },
  ...{ sliceMinutes: 5, sliceTargetPercent: 99.9 },
  sha256: '0'.repeat(64),
};
/** An objective is a metric against a target, or a ratio: never both. */
const ratio = { goodMetric: 'good', totalMetric: 'total' };
const threshold = { metric: 'latency', target: 100, direction: 'at_most' };
const noRatio = { goodMetric: undefined, badMetric: undefined, totalMetric: undefined };
const values: Readonly<Record<FieldType, unknown>> = {
  text: 'a text',
  number: 1.5,
  integer: 3,
  boolean: true,
  instant: START,
  service: 'database',
  receipt: cited,
  receipts: [cited],
  json: '{"a":[1]}',
};

/** An event of a kind with every field that it can have, or with none but those that it must have. */
function sample(kind: EventKind, isFull: boolean): EventReceipt {
  const spec: KindSpec = kinds[kind];
  const fields = Object.entries(spec.fields).filter(([, { optional }]) => isFull || !optional);
  const given = fields.map(([name, { type }]) => [name, special[name] ?? values[type]]);
  const head = isFull ? { service: 'checkout', labels: { 'a b': 'c' } } : {};
  const objective = isFull ? noRatio : { ...ratio, windowMinutes: 60 };
  const ofKind: Partial<Record<EventKind, object>> = { slo: objective, improvement: { state: 'done' } };
  const rest = ofKind[kind] ?? {};
  return eventOf(kind, START, { ...head, ...Object.fromEntries(given), ...rest } as never);
}

describe('shapes', () => {
  let store: EvidenceStore;
  let remove: () => Promise<void>;
  afterAll(() => remove());

  /** The graph as the store writes it: these events, every sample and series, and the knowledge without the ontology. */
  async function graphOf(events: readonly EventReceipt[]): Promise<string> {
    await store.append({ events });
    const id = events.map((event) => event.id);
    const lines = (table: string) => rules.filter((rule) => rule.table === table).map(({ line }) => line);
    const chunks = [
      ...(await store.render({ from: 'event', values: { id } }, lines('event'))),
      // What the incidents of the knowledge are linked to.
      ...(await store.render({ from: 'event', kinds: linkedKinds }, lines('event'))),
      ...(await store.render({ from: 'sample' }, lines('sample'))),
      ...(await store.render({ from: 'series' }, lines('series'))),
    ];
    const knowledge = await Knowledge.open({ store, iris, rules, ontology: [] });
    knowledge.shelve(runbooks);
    return `${Buffer.concat(chunks).toString()}\n${textOf(knowledge)}`;
  }

  const all = eventKinds.flatMap((kind) => [sample(kind, true), sample(kind, false)]);
  let graph: string;
  beforeAll(async () => {
    ({ store, remove } = await freshStore());
    const labels = { __name__: 'latency', service: 'checkout', pod: 'p-1' };
    const rows = [120, Number.POSITIVE_INFINITY, Number.NaN, undefined].map((value, second) => ({
      labels,
      at: START + second * 1_000,
      value,
    }));
    const bare = { labels: { __name__: 'up' }, at: START, value: 1 };
    await store.append({ events: [], samples: samplesOf(store, [...rows, bare]) });
    graph = await graphOf(all);
  });

  it('are those of the kinds: each has its class, and each field its cardinality and its objects', () => {
    const dataset = datasetOf(shapes);
    const sh = 'http://www.w3.org/ns/shacl#';
    const of = (subject: string, name: string) =>
      [...dataset].filter((quad) => quad.subject.value === subject && quad.predicate.value === sh + name);
    for (const kind of eventKinds) {
      const spec: KindSpec = kinds[kind];
      const shape = `${TPS}shape#${spec.classes[0]}`;
      expect(of(shape, 'targetClass').map(({ object }) => object.value)).toEqual([TPS + spec.classes[0]]);
      const classes = of(shape, 'class').map(({ object }) => object.value.slice(TPS.length));
      expect(classes.sort()).toEqual(['Event', ...spec.classes.slice(1)].sort());
      const properties = new Map(
        of(shape, 'property').map(({ object }) => [of(object.value, 'path')[0]?.object.value, object.value]),
      );
      properties.delete(`${TPS}metricValue`);
      expect([...properties.keys()].sort()).toEqual(
        Object.keys(spec.fields)
          .map((name) => TPS + name)
          .sort(),
      );
      for (const [name, { type, optional }] of Object.entries(spec.fields)) {
        const property = properties.get(TPS + name) ?? '';
        const bound = (end: string) => of(property, `${end}Count`)[0]?.object.value;
        expect(bound('min'), name).toBe(optional || type === 'receipts' ? undefined : '1');
        expect(bound('max'), name).toBe(type === 'receipts' ? undefined : '1');
        const isLink = ['service', 'receipt', 'receipts'].includes(type);
        expect(of(property, isLink ? 'nodeKind' : 'datatype'), name).toHaveLength(1);
      }
    }
  });

  it('are met by receipts of every kind, full and bare, by samples, series, services and incidents', async () => {
    for (const name of [
      'Event',
      'MetricSample',
      'Series',
      'Service',
      'Incident',
      'Candidate',
      'Slo',
      'Runbook',
    ]) {
      expect(graph).toContain(`<${TPS}${name}> .`);
    }
    expect(await faultsOf(graph)).toEqual([]);
  });

  it('are met by any receipts, whatever their texts', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
    const event = anyEvent(text).map((one) => ({
      ...one,
      ...('score' in one ? { score: 0.25, rank: 2, analysis: 1 } : {}),
      ...('state' in one ? { state: 'resolved', analysis: 1 } : {}),
      ...(one.kind === 'improvement' ? { state: 'started' } : {}),
      ...(one.kind === 'archive' ? { sha256: '0'.repeat(64), receipts: 1, bytes: 1 } : {}),
      ...('effort' in one ? { effort: 'large' } : {}),
      ...(one.kind === 'slo'
        ? {
            ...noRatio,
            ...threshold,
            objectivePercent: 95,
            windowMinutes: 5,
            sliceMinutes: 5,
            sliceTargetPercent: 95,
          }
        : {}),
      ...('place' in one ? { place: '1', stepKind: 'felt', analysis: 1 } : {}),
      ...('judgement' in one ? { judgement: 'other' } : {}),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (events) => {
        expect(await faultsOf(await graphOf(events as EventReceipt[]))).toEqual([]);
      }),
      { numRuns: 3, seed: 7 },
    );
  }, 120_000);

  it.each(eventKinds)('are not met by a %s that lacks what it must have', async (kind) => {
    const event = all.find((one) => one.kind === kind);
    const subject = `<${iris.ofPath(event === undefined ? '' : pathOfEvent(event))}>`;
    const spec: KindSpec = kinds[kind];
    const required = Object.entries(spec.fields).flatMap(([name, { type, optional }]) =>
      optional || type === 'receipts' ? [] : [name],
    );
    const own = graph.split('\n').filter((line) => line.startsWith(`${subject} `));
    const kept = own.filter(
      (line) => ![...required, 'timestamp', 'door'].some((name) => line.includes(`<${TPS}${name}>`)),
    );
    const rest = graph.split('\n').filter((line) => !line.startsWith(`${subject} `));
    const faults = await faultsOf([...rest, ...kept].join('\n'));
    expect(faults).toEqual(
      [`${kind}  Node`, ...[...required, 'timestamp'].map((name) => `${kind} ${name} MinCount`)].sort(),
    );
  });

  it.each([
    ['a text for a number', /("[^"]*"\^\^<[^>]*double>)/, '"much"', 'Datatype'],
    ['a text for a time', /(<[^>]*timestamp> )"[^"]*"\^\^<[^>]*>/, '$1"today"', 'Datatype'],
    ['a text for a service', /(<[^>]*tps\/service> )<[^>]*>/, '$1"checkout"', 'NodeKind'],
    ['a service that nobody knows', /(<[^>]*callee> )<[^>]*>/, '$1<http://a.test/b>', 'Class'],
    ['a class that is missing', /<[^>]*> <[^>]*#type> <[^>]*\/WorkerChange> \.\n/, '', 'Class'],
    ['a state that is none', /(<[^>]*tps\/state> )"open"/, '$1"perhaps"', 'In'],
    ['a sample without a value', /<[^>]*sample[^>]*> <[^>]*metricValue> [^\n]*\n/, '', 'Xone'],
    [
      'two metrics of one series',
      /(<[^>]*id\/series[^>]*> <[^>]*metric> )"[^"]*" \.\n/,
      '$&$1"b" .\n',
      'MaxCount',
    ],
  ])('are not met by %s', async (_, found, by, constraint) => {
    const broken = graph.replace(found, by);
    expect(broken).not.toBe(graph);
    const faults = await faultsOf(broken);
    expect(faults.map((fault) => fault.split(' ').at(-1))).toContain(constraint);
  });
});
