import { describe, expect, it } from 'vitest';
import { acceptOf, negotiate } from '../../src/graph/negotiate.js';

const JSON_RESULTS = 'application/sparql-results+json';
const XML_RESULTS = 'application/sparql-results+xml';

describe('negotiate', () => {
  it.each([
    ['bindings', undefined, JSON_RESULTS],
    ['bindings', '', JSON_RESULTS],
    ['bindings', '*/*', JSON_RESULTS],
    ['bindings', 'application/json', JSON_RESULTS],
    ['bindings', 'text/*', 'text/csv'],
    ['bindings', 'TEXT/CSV;charset=utf-8', 'text/csv'],
    ['bindings', 'text/csv;q=0.5, text/tab-separated-values;q=0.9', 'text/tab-separated-values'],
    ['bindings', `${JSON_RESULTS};q=0, */*;q=0.1`, XML_RESULTS],
    ['bindings', 'text/turtle, text/csv;q=0.2', 'text/csv'],
    ['bindings', 'text/csv;q=nonsense, application/xml', XML_RESULTS],
    ['graph', undefined, 'text/turtle'],
    ['graph', 'text/plain', 'application/n-triples'],
    ['graph', 'application/*', 'application/n-triples'],
    ['graph', 'application/ld+json, text/turtle;q=0.9', 'application/ld+json'],
  ] as const)('chooses for %s and %s: %s', (shape, accept, type) => {
    expect(negotiate(shape, accept)).toBe(type);
  });

  it.each([
    ['bindings', 'text/turtle'],
    ['graph', 'text/csv'],
    ['bindings', 'image/png, text/html'],
    ['bindings', '*/*;q=0'],
  ] as const)('refuses for %s: %s', (shape, accept) => {
    expect(() => negotiate(shape, accept)).toThrow(/is served as/);
  });

  it('knows formats by short names', () => {
    expect(acceptOf('csv')).toBe('text/csv');
    expect(acceptOf('excel')).toBeUndefined();
  });
});
