import { describe, expect, it } from 'vitest';
import { tabulate } from '../../src/cli/query.js';

describe('tabulate', () => {
  it('shows SPARQL results as a table in the order of the variables, unbound cells empty', () => {
    const body = JSON.stringify({
      head: { vars: ['s', 'n'] },
      results: {
        bindings: [
          { n: { type: 'literal', value: '3' }, s: { type: 'uri', value: 'http://x/1' } },
          { s: { type: 'uri', value: 'http://x/2' } },
        ],
      },
    });
    expect(tabulate(body)).toBe('s           n\n----------  -\nhttp://x/1  3\nhttp://x/2\n');
  });

  it('shows the answer to ASK as one word', () => {
    expect(tabulate('{"head":{},"boolean":true}')).toBe('true\n');
  });

  it('leaves Turtle as it is', () => {
    expect(tabulate('<http://x/1> a <http://x/T> .\n')).toBe('<http://x/1> a <http://x/T> .\n');
  });
});
