import { readFile } from 'node:fs/promises';
import oxigraph from 'oxigraph';
import { describe, expect, it } from 'vitest';
import { LABEL, RDF_TYPE } from '../../src/graph/vocabulary.js';
import { allFields, eventKinds, type KindSpec, kinds, TPS } from '../../src/model/index.js';

const read = (name: string) => readFile(new URL(`../../ontology/${name}`, import.meta.url), 'utf8');
const quadsOf = (text: string, format: string) => oxigraph.parse(text, { format });
const terms = quadsOf(await read('tps.ttl'), 'text/turtle');
const known = new Set(terms.map(({ subject }) => subject.value));

describe('alignments', () => {
  it('speak of terms of the ontology, and liken them to those of the five others only', async () => {
    const others = [
      'http://www.w3.org/ns/prov#',
      'http://www.w3.org/ns/sosa/',
      'http://www.w3.org/ns/ssn/',
      'http://www.w3.org/2006/time#',
      'http://qudt.org/vocab/unit/',
      'https://w3id.org/noria/ontology/',
    ];
    const quads = quadsOf(await read('alignments.ttl'), 'text/turtle').filter(
      ({ subject }) => subject.value !== `${TPS}alignments`,
    );
    const used = new Set<string>();
    for (const { subject, object } of quads) {
      expect(known.has(subject.value), subject.value).toBe(true);
      const other = others.find((namespace) => object.value.startsWith(namespace));
      expect(other, object.value).toBeDefined();
      used.add(other ?? '');
    }
    expect([...used].sort()).toEqual([...others].sort());
  });

  it('give every unit of the ontology its QUDT unit', async () => {
    const quads = quadsOf(await read('alignments.ttl'), 'text/turtle');
    const aligned = quads.flatMap(({ subject, predicate }) =>
      predicate.value.endsWith('/hasUnit') ? [subject.value] : [],
    );
    const withUnit = terms.flatMap(({ subject, predicate }) =>
      predicate.value === `${TPS}unit` ? [subject.value] : [],
    );
    expect(aligned.sort()).toEqual(withUnit.sort());
  });
});

describe('context.jsonld', () => {
  it('makes of JSON what the mapping makes of a receipt', async () => {
    const context = JSON.parse(await read('context.jsonld'));
    const document = {
      ...context,
      id: 'http://genchi.test/id/deployment/1',
      type: ['Event', 'Deployment'],
      timestamp: '2024-01-25T10:00:00Z',
      service: 'http://genchi.test/id/service/checkout',
      version: '1.2.3',
      'label:env': 'prod',
    };
    const found = quadsOf(JSON.stringify(document), 'application/ld+json').map(
      ({ predicate, object }) =>
        `${predicate.value} ${object.value} ${object.termType === 'Literal' ? object.datatype.value : ''}`,
    );
    const xsd = 'http://www.w3.org/2001/XMLSchema#';
    expect(found.sort()).toEqual(
      [
        `${RDF_TYPE} ${TPS}Deployment `,
        `${RDF_TYPE} ${TPS}Event `,
        `${LABEL}env prod ${xsd}string`,
        `${TPS}service http://genchi.test/id/service/checkout `,
        `${TPS}timestamp 2024-01-25T10:00:00Z ${xsd}dateTime`,
        `${TPS}version 1.2.3 ${xsd}string`,
      ].sort(),
    );
  });

  it('has every class and every field of the kinds, with the type that the field has', async () => {
    const { '@context': context } = JSON.parse(await read('context.jsonld'));
    for (const kind of eventKinds) {
      const spec: KindSpec = kinds[kind];
      for (const name of spec.classes) expect(context[name]).toBe(`tps:${name}`);
    }
    const types = {
      text: undefined,
      number: 'xsd:double',
      integer: 'xsd:integer',
      boolean: 'xsd:boolean',
      instant: 'xsd:dateTime',
      service: '@id',
      receipt: '@id',
      receipts: '@id',
      json: '@json',
    };
    for (const [name, type] of allFields()) {
      if (types[type] === undefined) expect(context[name], name).toBe(`tps:${name}`);
      else expect(context[name], name).toMatchObject({ '@id': `tps:${name}`, '@type': types[type] });
    }
  });
});
