import { describe, expect, it } from 'vitest';
import { describeExplanation } from '../../src/cli/explanation.js';

const explanation = {
  way: 'both',
  parts: [
    {
      way: 'compiled',
      patterns: ['?a a tps:Alert', '?a tps:timestamp ?t'],
      bounds: [{ from: 'event', kinds: ['alert_fired'], since: '2026-01-02T03:00:00.000Z' }],
      sql: 'SELECT 1 LIMIT $1',
      parameters: ['20001'],
      rows: 12,
      ms: 3.25,
    },
    {
      way: 'slice',
      patterns: ['?a ?p ?o'],
      bounds: [{ from: 'event', values: { id: ['a', 'b', 'c', 'd'] } }],
      rows: 12,
      ms: 4,
    },
  ],
  notCompiled: [{ pattern: '?a ?p ?o', why: 'Its predicate is a variable.' }],
  engine: { query: 'SELECT ?a {\n}', sliceBytes: 10, ms: 8.5 },
  answerBytes: 345,
  ms: 17,
};

describe('describeExplanation', () => {
  const text = describeExplanation(JSON.stringify(explanation));

  it('tells which way each part went, with its rows and time', () => {
    expect(text).toContain('part  what          rows       ms\n');
    expect(text).toContain('1     rows          12         3.3\n');
    expect(text).toContain('      query engine             8.5\n');
    expect(text).toContain('      in all        345 bytes  17.0\n');
  });

  it('tells the bounds, the SQL with its parameters, and why a pattern is left', () => {
    expect(text).toContain('   event: kind alert_fired; since 2026-01-02T03:00:00.000Z\n');
    expect(text).toContain('   event: id a, b, c and 1 more\n');
    expect(text).toContain('   SQL: SELECT 1 LIMIT $1\n   with: $1 = 20001\n');
    expect(text).toContain('  ?a ?p ?o: Its predicate is a variable.\n');
  });

  it('leaves what is no explanation as it is', () => {
    expect(describeExplanation('{"boolean":true}')).toBe('{"boolean":true}');
  });
});
