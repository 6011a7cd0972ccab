import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatSelector,
  isSelected,
  type Matcher,
  MOST_MATCHERS,
  parseSelector,
} from '../../src/model/index.js';

const matcher: fc.Arbitrary<Matcher> = fc.record({
  name: fc.stringMatching(/^[A-Za-z_]\w{0,8}$/),
  operator: fc.constantFrom('=', '!='),
  value: fc.string({ unit: 'grapheme' }),
});

describe('a selector', () => {
  it('is read as it was written, whatever its texts', () => {
    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: MOST_MATCHERS }), (selector) => {
        expect(parseSelector(formatSelector(selector))).toEqual(selector);
      }),
    );
  });

  it.each([
    ['', 'no braces'],
    ['{}', 'no conditions'],
    ['{track}', 'a name alone'],
    ['{track="a" region="b"}', 'no comma'],
    ['{track=~"a.*"}', 'a regular expression'],
    ['{track="a"', 'an open brace'],
    [`{${Array.from({ length: MOST_MATCHERS + 1 }, (_, item) => `l${item}="v"`).join(',')}}`, 'too many'],
  ])('is not %s: %s', (text) => {
    expect(parseSelector(text)).toBeUndefined();
  });

  it('selects by labels, an absent one being empty, and by the service whichever label tells it', () => {
    const series = { labels: { job: 'shop', track: 'canary' }, service: 'shop' };
    const isMet = (text: string) => isSelected(series, parseSelector(text) ?? []);
    expect([isMet('{track="canary"}'), isMet('{track!="canary"}')]).toEqual([true, false]);
    expect([isMet('{service="shop", region=""}'), isMet('{service!="shop"}')]).toEqual([true, false]);
    expect([isMet('{region!="eu"}'), isMet('{region="eu"}')]).toEqual([true, false]);
  });
});
