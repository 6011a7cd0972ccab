import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardText, MAX_NESTING, nestingOf, replaceVariables } from '../../src/graph/guard.js';

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

describe('replaceVariables', () => {
  it('leaves strings, IRIs and comments alone', () => {
    const terms = new Map([['x', '"v"']]);
    const text = '$x ?x "$x" \'$x\' <http://e/$x> # $x\n$xs ($x)';
    expect(replaceVariables(text, terms)).toBe('"v" ?x "$x" \'$x\' <http://e/$x> # $x\n$xs ("v")');
  });
});
