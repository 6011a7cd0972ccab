import { readFile } from 'node:fs/promises';
import oxigraph from 'oxigraph';
import { describe, expect, it } from 'vitest';
import { mappingOf } from '../../src/graph/mapping.js';
import { readOntology } from '../../src/graph/ontology.js';
import { LABEL, RDF_TYPE, tps } from '../../src/graph/vocabulary.js';
import { eventKinds, type KindSpec, kinds, TPS } from '../../src/model/index.js';
import { iris } from './fixture.js';

const store = new oxigraph.Store();
store.load(await readFile(new URL('../../ontology/tps.ttl', import.meta.url), 'utf8'), {
  format: 'text/turtle',
});

const RDFS = 'http://www.w3.org/2000/01/rdf-schema#';
const SKOS = 'http://www.w3.org/2004/02/skos/core#';
const PROPERTY = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#Property';

function objects(subject: string, predicate: string): readonly string[] {
  return store
    .match(oxigraph.namedNode(subject), oxigraph.namedNode(predicate))
    .map(({ object }) => object.value);
}

function instances(ofClass: string): readonly string[] {
  return store
    .match(null, oxigraph.namedNode(RDF_TYPE), oxigraph.namedNode(ofClass))
    .map(({ subject }) => subject.value)
    .sort();
}

function superclasses(ofClass: string): readonly string[] {
  const above = objects(ofClass, `${RDFS}subClassOf`);
  return [...above, ...above.flatMap(superclasses)];
}

const rules = mappingOf(iris);
const mapped = new Set(
  rules.map(({ predicate }) => predicate).filter((iri) => iri !== RDF_TYPE && iri !== LABEL),
);
const knowledge = [
  ...[
    'dependsOn',
    'candidate',
    'why',
    'acknowledgement',
    'verdict',
    'revision',
    'matchClause',
    'alertPattern',
    'changeKind',
    'componentPattern',
  ],
  ...['metricPattern', 'titlePattern', 'servicePattern', 'ask', 'expects', 'step', 'position', 'instruction'],
].map(tps);
// What is knowledge only, and what the ontology keeps for later, have no rule of the mapping.
const things = ['Service', 'Incident', 'Slo', 'Runbook', 'MatchClause', 'RunbookStep'].map(tps);
const figures = ['target', 'targetLow', 'targetHigh', 'alertThreshold'];
const notes = ['unit', 'direction', ...figures, 'formula'].map(tps);

describe('ontology', () => {
  it('documents every class of every kind, below tps:Event and the classes of the kind', () => {
    for (const kind of eventKinds) {
      const spec: KindSpec = kinds[kind];
      const [own, ...others] = spec.classes.map(tps);
      expect([...superclasses(own ?? '')].sort(), kind).toEqual([...others, tps('Event')].sort());
    }
  });

  it('has no class that nothing is mapped to, but for those set for what is to come', () => {
    const used = rules.flatMap(({ ofClass }) => ofClass ?? []);
    const known = new Set([...used, ...things]);
    expect(instances(`${RDFS}Class`)).toEqual([...known].sort());
  });

  it('has every predicate of the mapping and of the knowledge, and no other', () => {
    expect(instances(PROPERTY)).toEqual(
      [...new Set([...mapped, ...knowledge, ...notes, tps('utilization')])].sort(),
    );
  });

  it('says of each term that no receipt has yet that none is recorded, and of no other', () => {
    const status = oxigraph.namedNode('http://www.w3.org/2003/06/sw-vocab-status/ns#term_status');
    const reserved = store.match(null, status).map(({ subject }) => subject.value);
    expect(reserved.sort()).toEqual(['utilization'].map(tps));
    const used = new Set([...mapped, ...rules.map(({ ofClass }) => ofClass)]);
    for (const iri of reserved) {
      expect(objects(iri, `${RDFS}comment`)[0]).toContain('None is recorded yet');
      expect(used.has(iri), iri).toBe(false);
    }
  });

  it('gives every number that has one its unit, as its name says it', () => {
    const units = { Ms: 'ms', Percent: '%' };
    for (const iri of [...mapped]) {
      const unit = Object.entries(units).find(([end]) => iri.endsWith(end))?.[1];
      if (unit !== undefined) expect(objects(iri, tps('unit')), iri).toEqual([unit]);
    }
    for (const name of ['depth', 'capacity', 'queueDepthSnapshot']) {
      expect(objects(tps(name), tps('unit'))).toEqual(['tasks']);
    }
  });

  it('writes targets and thresholds as numbers, which queries compare with what was measured', () => {
    const found = figures.flatMap((name) => store.match(null, oxigraph.namedNode(tps(name))));
    expect(found.length).toBeGreaterThan(20);
    for (const { subject, object } of found) {
      const datatype = object.termType === 'Literal' ? object.datatype.value : object.termType;
      expect(datatype, subject.value).toBe('http://www.w3.org/2001/XMLSchema#double');
    }
  });

  it('gives each class and property a label and a comment, and each property a domain and a range', () => {
    const properties = instances(PROPERTY);
    for (const iri of [...instances(`${RDFS}Class`), ...properties]) {
      expect(objects(iri, `${RDFS}label`), iri).toHaveLength(1);
      expect(objects(iri, `${RDFS}comment`), iri).toHaveLength(1);
    }
    for (const iri of properties) {
      expect(objects(iri, `${RDFS}domain`), iri).toHaveLength(1);
      expect(objects(iri, `${RDFS}range`), iri).toHaveLength(1);
    }
  });

  it('gives properties the range that the mapping writes', () => {
    const datatypes = {
      number: 'double',
      integer: 'integer',
      boolean: 'boolean',
      instant: 'dateTime',
      text: 'string',
    };
    for (const { predicate, column } of rules) {
      const datatype = Object.entries(datatypes).find(([type]) => type === column?.type)?.[1];
      if (datatype === undefined) continue;
      expect(objects(predicate, `${RDFS}range`), predicate).toEqual([
        `http://www.w3.org/2001/XMLSchema#${datatype}`,
      ]);
    }
  });

  it('has the four pillars and the metrics of each with definition, unit, direction and formula', () => {
    const pillars = instances(`${SKOS}Concept`).filter(
      (iri) => objects(iri, `${SKOS}topConceptOf`).length > 0,
    );
    expect(pillars).toEqual(['Andon', 'Heijunka', 'Jidoka', 'Kanban'].map(tps));
    const metrics = instances(`${SKOS}Concept`).filter((iri) => !pillars.includes(iri));
    expect(metrics).toHaveLength(24);
    for (const iri of [...pillars, ...metrics]) {
      expect(objects(iri, `${SKOS}prefLabel`), iri).toHaveLength(1);
      expect(objects(iri, `${SKOS}definition`), iri).toHaveLength(1);
    }
    for (const iri of metrics) {
      const name = iri.slice(TPS.length);
      expect(objects(iri, `${SKOS}notation`)).toEqual([name]);
      expect(objects(iri, `${SKOS}broader`)[0]?.toLowerCase()).toBe(tps(name.split('_')[0] ?? ''));
      expect(objects(iri, tps('unit')), iri).toHaveLength(1);
      expect(['lower', 'higher', 'band', 'trend']).toContain(objects(iri, tps('direction')).join());
      expect(objects(iri, tps('formula')), iri).toHaveLength(1);
    }
  });

  it('is read as triples that mean the same', async () => {
    const read = new oxigraph.Store();
    read.load((await readOntology()).join('\n'), { format: 'application/n-triples' });
    expect(read.size).toBe(store.size);
  });
});
