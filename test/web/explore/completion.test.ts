import { describe, expect, it } from 'vitest';
import { suggestionsAt } from '../../../src/web/explore/completion.js';
import { prefixesOf, shortIri } from '../../../src/web/explore/prefixes.js';
import { termsOf, type Vocabulary } from '../../../src/web/explore/vocabulary.js';

const TPS = 'http://example.com/tps/';
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const RDFS = 'http://www.w3.org/2000/01/rdf-schema#';

const terms = termsOf(
  [
    {
      '@id': `${TPS}Deployment`,
      [`${RDF}type`]: [{ '@id': `${RDFS}Class` }],
      [`${RDFS}comment`]: [{ '@value': 'Deployed.' }],
    },
    { '@id': `${TPS}timestamp`, '@type': [`${RDF}Property`] },
    { '@id': 'http://elsewhere.example/x', '@type': [`${RDFS}Class`] },
  ],
  TPS,
);
const vocabulary: Vocabulary = {
  terms,
  prefixes: prefixesOf('http://genchi.example'),
  services: ['check-out', 'search'],
  metrics: ['latency_seconds'],
};

/** The labels at the mark. */
function labelsAt(marked: string): readonly string[] {
  const position = marked.indexOf('|');
  return (suggestionsAt(marked.replace('|', ''), position, vocabulary)?.options ?? []).map(
    ({ label }) => label,
  );
}

describe('completion', () => {
  it('knows the terms of the ontology, from either form of their type, and no others', () => {
    expect(terms).toEqual([
      { name: 'tps:Deployment', type: 'class', meaning: 'Deployed.' },
      { name: 'tps:timestamp', type: 'property', meaning: '' },
    ]);
  });

  it('offers classes after a, and properties after a subject', () => {
    expect(labelsAt('SELECT * { ?x a tps:De|')).toEqual(['tps:Deployment']);
    expect(labelsAt('SELECT * { ?x tps:|')).toEqual(['tps:timestamp']);
    expect(labelsAt('SELECT * { ?x a tps:Deployment ; tps:|')).toEqual(['tps:timestamp']);
  });

  it('offers the variables of the query but not the one that is typed', () => {
    expect(labelsAt('SELECT ?time { ?x tps:timestamp ?ti| }')).toEqual(['?time', '?x']);
  });

  it('writes names of services as a local name may have them', () => {
    const text = 'SELECT * { service:';
    const found = suggestionsAt(text, text.length, vocabulary);
    expect(found?.options[0]).toMatchObject({ label: 'service:check-out', apply: 'service:check\\-out' });
  });

  it('offers metrics in quotes behind a property of metrics, and nothing in comments', () => {
    expect(labelsAt('{ ?s tps:metric "lat|')).toEqual(['latency_seconds']);
    expect(labelsAt('# tps:|')).toEqual([]);
  });

  it('shortens IRIs by prefixes, receipts by kind and time', () => {
    expect(shortIri(`${TPS}Deployment`, vocabulary.prefixes)).toBe('tps:Deployment');
    expect(shortIri('http://genchi.example/id/service/check%20out', vocabulary.prefixes)).toBe(
      'service:check out',
    );
    expect(
      shortIri('http://genchi.example/id/failure/20260102T030405.678Z/0123456789abcdef', vocabulary.prefixes),
    ).toBe('failure/20260102T030405/012345…');
  });
});
