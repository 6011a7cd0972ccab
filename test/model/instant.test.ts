import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EARLIEST, faultOfTime, formatInstant, instantOf, parseInstant } from '../../src/model/index.js';

describe('times', () => {
  it('come back from their text as they were, in every offset', () => {
    const instants = fc.integer({ min: EARLIEST, max: Date.parse('2100-01-01') }).map(instantOf);
    const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(instants, offsets, (at, minutes) => {
        expect(parseInstant(formatInstant(at))).toBe(at);
        const local = formatInstant(instantOf(at + minutes * 60_000)).slice(0, -1);
        const two = (n: number): string => String(Math.trunc(n)).padStart(2, '0');
        const offset = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
        expect(parseInstant(local + offset)).toBe(at);
      }),
    );
  });

  it.each([
    ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02t03:04:05.9999z', Date.UTC(2026, 0, 2, 3, 4, 5, 999)],
    ['2026-01-02 03:04:05.1+01:30', Date.UTC(2026, 0, 2, 1, 34, 5, 100)],
    ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['0099-12-31T23:59:59Z', Date.parse('0099-12-31T23:59:59Z')],
    ['0000-02-29T00:00:00Z', Date.parse('0000-02-29T00:00:00Z')],
  ])('read %s', (text, expected) => {
    expect(parseInstant(text)).toBe(expected);
  });

  it.each([
    '2026-01-02T03:04:05',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-02T24:00:00Z',
    '2026-01-02T03:60:00Z',
    '2026-01-02T03:04:61Z',
    '2026-01-02T03:04:05+24:00',
    '2026-01-02',
    '1767323045',
    '',
  ])('do not read %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('outside of what evidence may carry are told with what was expected', () => {
    const now = instantOf(Date.parse('2026-01-01T00:00:00Z'));
    expect(faultOfTime(now, now)).toBeUndefined();
    expect(faultOfTime(Date.parse('9999-12-31T23:59:59Z'), now)).toMatch(/at most 10 minutes ahead/);
    expect(faultOfTime(0, now)).toMatch(/after 2000-01-01/);
    expect(faultOfTime(Number.NaN, now)).toMatch(/expected a time/);
  });
});
