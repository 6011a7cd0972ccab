import oxigraph from 'oxigraph';
import { describe, expect, it } from 'vitest';
import { writeRdf } from '../../src/graph/rdf-text.js';
import { suppliedPrefixes } from '../../src/graph/vocabulary.js';

const PREFIX = 'http://127.0.0.1:4600/id/';
const prefixes = suppliedPrefixes(PREFIX);
const XSD = 'http://www.w3.org/2001/XMLSchema#';
const receipt = `<${PREFIX}deployment/20260105T101000.000Z/00000000000000000000000000000001>`;

const triples = `${receipt} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.com/tps/Deployment> .
${receipt} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.com/tps/Event> .
${receipt} <http://example.com/tps/timestamp> "2026-01-05T10:10:00.000Z"^^<${XSD}dateTime> .
${receipt} <http://example.com/tps/service> <${PREFIX}service/a%20b> .
${receipt} <http://example.com/tps/version> "2.0 \\"x\\"\\n\\\\ <b>" .
${receipt} <http://example.com/tps/metricValue> "1.50"^^<${XSD}double> .
${receipt} <http://example.com/tps/analysis> "3"^^<${XSD}integer> .
${receipt} <http://example.com/tps/rejected> "false"^^<${XSD}boolean> .
${receipt} <http://example.com/tps/label#pod%2Fname> "" .
${receipt} <http://example.com/tps/reasoning> "{\\"a\\": 1.0}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON> .
<${PREFIX}service/a%20b> <http://www.w3.org/2000/01/rdf-schema#label> "Dienst"@de .
`;

const read = (text: string, format: string): readonly string[] =>
  oxigraph
    .parse(text, { format })
    .map((quad) => quad.toString())
    .sort();

describe('writeRdf', () => {
  it.each(['text/turtle', 'application/n-triples', 'application/ld+json'] as const)(
    'says the same in %s, to the letter of every literal',
    (format) => {
      const written = writeRdf(`${triples}${triples}`, format, prefixes);
      expect(read(written, format)).toEqual(read(triples, 'application/n-triples'));
    },
  );

  it('writes Turtle as people do: each subject once, with the prefixes that it uses and no other', () => {
    const [first = '', ...others] = triples.split('\n');
    const turtle = writeRdf([...others, first].join('\n'), 'text/turtle', prefixes);
    expect(turtle).toContain('@prefix tps: <http://example.com/tps/>.');
    expect(turtle).not.toContain('@prefix prov:');
    expect(turtle).toContain(`${receipt} a tps:Event, tps:Deployment;`);
    expect(turtle).toContain('"2026-01-05T10:10:00.000Z"^^xsd:dateTime');
    expect(turtle.split(receipt)).toHaveLength(2);
  });

  it('writes JSON-LD with short names', () => {
    const { '@graph': nodes } = JSON.parse(writeRdf(triples, 'application/ld+json', prefixes));
    expect(nodes[0]).toMatchObject({
      '@type': ['tps:Deployment', 'tps:Event'],
      'tps:service': { '@id': `${PREFIX}service/a%20b` },
      'tps:analysis': 3,
      'tps:rejected': false,
    });
  });
});
