import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardText, MAX_NESTING, nestingOf, replaceVariables } from '../../src/graph/guard.js';
import { QueryParser } from '../../src/graph/parse.js';

describe('nestingOf', () => {
  it.each([
    ['{ ( [ ] ) }', 3],
    ['{ } { }', 1],
    ['"{{{" \'(((\' { }', 1],
    ['"""{ "quoted" {{""" { }', 1],
    ['<http://x/{> }', 1],
    ['<http://x/#(((> { }', 1],
    ['# {{{\n{ }', 1],
    ['"a\\"{{" { }', 1],
    ['?a < ?b && { ?c > ?d }', 1],
    ['}}} { }', 1],
  ])('of %s is %i', (text, depth) => {
    expect(nestingOf(text)).toBe(depth);
  });

  it('is read in a time that grows with the length, whatever the text', () => {
    fc.assert(
      fc.property(fc.constantFrom('"', "'", '"""', '<', '<a', '\\', '#', '{', "'''\\"), (piece) => {
        const started = performance.now();
        nestingOf(piece.repeat(Math.floor(65_536 / piece.length)));
        expect(performance.now() - started).toBeLessThan(1_000);
      }),
    );
  });
});

describe('guardText', () => {
  it('lets pass what people write, and nothing deeper than its limit', () => {
    const nested = (depth: number) => `SELECT * ${'{'.repeat(depth)}${'}'.repeat(depth)}`;
    expect(() => guardText(nested(MAX_NESTING))).not.toThrow();
    expect(() => guardText(nested(MAX_NESTING + 1))).toThrow('nest 65 deep');
  });
});

describe('guardText and guardAlgebra', () => {
  const parser = new QueryParser(new Map());
  const triples = (count: number) => `SELECT * { ${'?s?p?o.'.repeat(count)} }`;

  it.each([
    ['words outside VALUES', triples(1_000), '4004 words and signs outside VALUES'],
    ['data of VALUES', `SELECT * { VALUES ?x { ${'1 '.repeat(10_001)} } }`, '10001 words and signs'],
    ['patterns', triples(401), 'more than 400 patterns'],
    ['steps of a path', `SELECT * { ?s ${'a/'.repeat(500)}a ?o }`, 'more than 400 patterns'],
    ['functions', `SELECT * { BIND(1${'+1'.repeat(500)} AS ?x) }`, 'more than 400 patterns'],
  ])('refuse too many %s', (_, text, message) => {
    expect(() => parser.parse(text)).toThrow(message);
  });

  it('take long VALUES, of which comments and strings are no words', () => {
    expect(() => parser.parse(`SELECT * { VALUES ?x { ${'1 '.repeat(9_000)} } }`)).not.toThrow();
    expect(() => parser.parse(`SELECT * {} # ${'word '.repeat(9_000)}`)).not.toThrow();
    expect(() => parser.parse(`SELECT ("${'word '.repeat(9_000)}" AS ?x) {}`)).not.toThrow();
  });
});

describe('replaceVariables', () => {
  it('leaves strings, IRIs and comments alone', () => {
    const terms = new Map([['x', '"v"']]);
    const text = '$x ?x "$x" \'$x\' <http://e/$x> # $x\n$xs ($x)';
    expect(replaceVariables(text, terms)).toBe('"v" ?x "$x" \'$x\' <http://e/$x> # $x\n$xs ("v")');
  });
});
