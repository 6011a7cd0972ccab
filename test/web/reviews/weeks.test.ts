import { expect, it } from 'vitest';
import { isWeek, latestWeeks, weekOf } from '../../../src/web/reviews/weeks.js';

it('names weeks as ISO 8601 does, at the turn of years too', () => {
  const days = {
    '2026-01-01': '2026-W01',
    '2027-01-01': '2026-W53',
    '2024-12-30': '2025-W01',
    '2026-11-23': '2026-W48',
  };
  for (const [day, week] of Object.entries(days)) expect(weekOf(Date.parse(day)), day).toBe(week);
});

it('lists weeks without a gap, the latest first', () => {
  expect(latestWeeks(Date.parse('2027-01-05'), 3)).toEqual(['2027-W01', '2026-W53', '2026-W52']);
  expect(['2026-W48', '2026-W00', '2026-48', ''].map(isWeek)).toEqual([true, false, false, false]);
});
