import { describe, expect, it } from 'vitest';
import { collectPair, parseCount, parseDurationMs, parseSpan, parseTime } from '../../src/cli/arguments.js';

describe('parseDurationMs', () => {
  it.each([
    ['45s', 45_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
  ])('reads %s', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });

  it.each(['', '30', 'm', '-5m', '1.5h', '30 m', '5w', '5M'])('refuses %j', (text) => {
    expect(() => parseDurationMs(text)).toThrow('expected a duration such as 30m');
  });
});

describe('parseSpan', () => {
  it('reads two times in order, and nothing else', () => {
    const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)];
    expect(parseSpan('2026-01-01T00:00:00Z/2026-01-02T00:00:00Z')).toEqual({ from, to });
    for (const text of ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z/2026-01-01T00:00:00Z', 'a/b', 'a/b/c'])
      expect(() => parseSpan(text)).toThrow('expected two RFC 3339 times');
  });
});

describe('parseTime', () => {
  it('reads RFC 3339 with an offset and refuses anything else', () => {
    expect(parseTime('2026-01-02T04:04:05+01:00')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
    expect(() => parseTime('2026-01-02 03:04')).toThrow('expected an RFC 3339 time');
  });
});

describe('parseCount', () => {
  it('takes whole numbers from 1', () => {
    expect(parseCount('20')).toBe(20);
    for (const text of ['0', '-1', '1.5', '', 'x']) expect(() => parseCount(text)).toThrow('from 1');
  });
});

describe('collectPair', () => {
  it('keeps what was given before, and everything after the first equals sign', () => {
    expect(collectPair('reason=a=b', { component: 'db' })).toEqual({ component: 'db', reason: 'a=b' });
    expect(collectPair('note=')).toEqual({ note: '' });
    for (const text of ['reason', '=x', '']) expect(() => collectPair(text)).toThrow('expected NAME=VALUE');
  });
});
