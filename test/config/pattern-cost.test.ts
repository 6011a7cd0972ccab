import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.js';
import { MOST_WAYS, waysOf } from '../../src/config/pattern-cost.js';

const LONGEST_TEXT = 65_536;

describe('an expression of the settings', () => {
  it.each([
    ['cust-\\d{6}', 1],
    ['password=\\S+', 1],
    ['\\b[A-Z]{2}\\d{6}[A-D]\\b', 1],
    ['[\\]{9,}]{2}|x{1,5}y', 6],
    ['(?<who>ab|cd)(?:e|f)?!', 2 * 3],
    ['(?:a{1,2}b){1,2}c', 2 + 4],
    ['\\u{1F600}{0,3}\\p{L}{2}x', 4],
    ['a(?=b{1,4})b', 4],
    ['id: (?:a|b){3}-', 8],
  ])('%s can be tried in %d ways', (source, ways) => {
    expect(new RegExp(source, 'u')).toBeInstanceOf(RegExp);
    expect(waysOf(source)).toBe(ways);
  });

  it.each([
    '(a|a)*b',
    '(a+)+b',
    '(?:a|ab)*c',
    '^(\\w+\\s?)+$',
    'a*a*a*b',
    '(.*)(.*)x',
    '(?:x{0,99}){0,99}y',
    '([a-z]{1,9})\\1',
    '(?<q>["\'])x\\k<q>',
    'a{1,}b',
    '\\d+-\\d+',
  ])('%s is refused with how to mend it', (pattern) => {
    expect(waysOf(pattern)).toBe(Number.POSITIVE_INFINITY);
    const redaction = JSON.stringify({ rules: [{ name: 'badge', pattern }] });
    expect(() => loadConfig({ flags: { redaction }, env: {} })).toThrow(
      /redaction\.rules\[0\]\.pattern from --redaction: expected an expression that tries at most .* \{1,64\}/,
    );
  });

  it('that is taken cannot hold up a server by the longest text there may be', () => {
    const dearest = [`a{1,${MOST_WAYS}}b`, 'a{1,17}a{1,17}b', '(?:a|a){8}b', '(?:a{0,2}){0,4}b'];
    for (const source of dearest) {
      expect(waysOf(source), source).toBeLessThanOrEqual(MOST_WAYS);
      const before = process.cpuUsage().user;
      expect('a'.repeat(LONGEST_TEXT).replace(new RegExp(source, 'gu'), '')).toHaveLength(LONGEST_TEXT);
      expect((process.cpuUsage().user - before) / 1_000_000, source).toBeLessThan(3);
    }
  });
});
