import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMatchers, type LabelMatcher, parseMatchers } from '../../src/model/index.js';

describe('matchers of labels', () => {
  it('read as Prometheus writes them, in braces or without', () => {
    const read = [
      { label: 'code', operator: '=~', value: '2..' },
      { label: 'method', operator: '!=', value: 'GET' },
    ];
    expect(parseMatchers('{code=~"2..", method != \'GET\',}')).toEqual(read);
    expect(parseMatchers(' code=~`2..`,method!="GET" ')).toEqual(read);
    expect(parseMatchers('{}')).toEqual([]);
    expect(parseMatchers('')).toEqual([]);
    expect(parseMatchers('{a="x\\"y\\\\z\\n"}')).toEqual([{ label: 'a', operator: '=', value: 'x"y\\z\n' }]);
  });

  it.each([
    ['{code=2}', /expected matchers/],
    ['{code="2" method="GET"}', /expected matchers/],
    ['{code=~"("}', /regular expression of RE2/],
    ['{code=~"(?!5)"}', /look-around/],
    ['{code', /expected matchers/],
  ])('say what is wrong with %s', (text, why) => {
    expect(parseMatchers(text)).toMatch(why);
  });

  it('read back what was written, whatever the values hold', () => {
    const matcher: fc.Arbitrary<LabelMatcher> = fc.record({
      label: fc.oneof(fc.stringMatching(/^[a-z_][a-z0-9_]{0,5}$/), fc.string({ minLength: 1, maxLength: 6 })),
      operator: fc.constantFrom('=' as const, '!=' as const),
      value: fc.string({ unit: 'binary', maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(matcher, { maxLength: 5 }), (matchers) => {
        expect(parseMatchers(formatMatchers(matchers))).toEqual(matchers);
      }),
      { seed: 3 },
    );
  });
});
