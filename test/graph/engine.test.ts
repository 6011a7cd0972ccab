import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/graph/engine.js';

const triple = (subject: string) => `<urn:${subject}> <urn:p> "x" .\n`;
const chunk = (...subjects: readonly string[]) => Buffer.from(subjects.map(triple).join(''));
const ASK = 'SELECT ?s { ?s ?p ?o } ORDER BY ?s';

function engineOf(...subjects: readonly string[]) {
  const engine = new Engine({ maxLentTriples: 3 });
  engine.know(subjects.map(triple).join(''));
  const ask = (...chunks: readonly Uint8Array[]) =>
    engine
      .query(ASK, 'text/csv', chunks)
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.replace('urn:', ''));
  return { engine, ask };
}

describe('the engine', () => {
  it.each([
    ['small', 1],
    ['large', 4_000],
  ])('answers over the knowledge and a %s slice, of which nothing stays', (_, copies) => {
    const { ask } = engineOf('a');
    const slice = Array.from({ length: copies }, () => chunk('b', 'c'));
    expect(ask(...slice, chunk('b'))).toEqual(['a', 'b', 'c']);
    expect(ask()).toEqual(['a']);
  });

  it('keeps what the slice and the knowledge both have', () => {
    const { ask } = engineOf('a', 'b');
    expect(ask(chunk('b', 'c'))).toEqual(['a', 'b', 'c']);
    expect(ask()).toEqual(['a', 'b']);
  });

  it('gives a slice back when the query fails', () => {
    const { engine, ask } = engineOf('a');
    expect(() => engine.query('SELECT nonsense', 'text/csv', [chunk('b')])).toThrow();
    expect(ask()).toEqual(['a']);
  });

  it('takes new knowledge in the place of the old', () => {
    const { engine, ask } = engineOf('a');
    expect(ask()).toEqual(['a']);
    engine.know(triple('z'));
    expect(ask()).toEqual(['z']);
  });

  it('answers the same however much was lent to it', () => {
    const { ask } = engineOf('a');
    for (let round = 0; round < 5; round += 1) {
      expect(ask(chunk('b', 'c'))).toEqual(['a', 'b', 'c']);
      expect(ask()).toEqual(['a']);
    }
  });
});
