import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weekAt, weekNamed } from '../../../src/analysis/index.js';
import { formatInstant, HOUR_MS, instantOf } from '../../../src/model/index.js';

const spanOf = (name: string, timeZone?: string) => {
  const { window } = weekNamed(name, timeZone);
  return [formatInstant(window.from), formatInstant(window.to)];
};

describe('a week', () => {
  it.each([
    ['2026-W01', '2025-12-29', '2026-01-05'],
    ['2026-W04', '2026-01-19', '2026-01-26'],
    ['2026-W53', '2026-12-28', '2027-01-04'],
    ['2025-W01', '2024-12-30', '2025-01-06'],
    ['2021-W01', '2021-01-04', '2021-01-11'],
    ['2020-W53', '2020-12-28', '2021-01-04'],
  ])('%s begins on Monday, %s', (name, from, to) => {
    expect(spanOf(name)).toEqual([`${from}T00:00:00.000Z`, `${to}T00:00:00.000Z`]);
  });

  it('begins at midnight of its time zone, and is an hour shorter or longer where clocks are changed', () => {
    expect(spanOf('2026-W04', 'Asia/Kolkata')[0]).toBe('2026-01-18T18:30:00.000Z');
    // Clocks went forward in Berlin on Sunday the 29th of March, and back on the 25th of October.
    expect(spanOf('2026-W13', 'Europe/Berlin')).toEqual([
      '2026-03-22T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    const hours = (name: string) =>
      weekNamed(name, 'Europe/Berlin').days.map(({ from, to }) => (to - from) / HOUR_MS);
    expect(hours('2026-W13')).toEqual([24, 24, 24, 24, 24, 24, 23]);
    expect(hours('2026-W43')).toEqual([24, 24, 24, 24, 24, 24, 25]);
    // There was no midnight in Cairo on Friday the 24th of April.
    expect(weekNamed('2026-W17', 'Africa/Cairo').days.map(({ from, to }) => (to - from) / HOUR_MS)).toEqual([
      24, 24, 24, 24, 23, 24, 24,
    ]);
  });

  it.each(['2026-W54', '2025-W53', '2026-W00', '2026-4', '2026', '', '0000-W01'])('%s is none', (name) => {
    expect(() => weekNamed(name)).toThrow(/expected a week as ISO 8601 writes it/);
  });

  it('is told when its time zone is none', () => {
    expect(() => weekNamed('2026-W04', 'Mars/Olympus')).toThrow(/expected a time zone/);
  });

  it('holds the times that it is found by, and meets its neighbours', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Pacific/Apia',
      'Asia/Kathmandu',
    );
    const times = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) });
    fc.assert(
      fc.property(times, zones, (at, timeZone) => {
        const week = weekAt(instantOf(at), timeZone);
        expect(week.window.from <= at && at < week.window.to).toBe(true);
        expect(weekNamed(week.name, timeZone)).toEqual(week);
        const next = weekNamed(week.next, timeZone);
        expect([next.window.from, next.previous]).toEqual([week.window.to, week.name]);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
