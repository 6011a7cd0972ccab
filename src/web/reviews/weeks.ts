/** Weeks as ISO 8601 names them; pure. */

const DAY_MS = 86_400_000;

/** The ISO week of a day: 2026-W04. Its year is that of its Thursday. */
export function weekOf(ms: number): string {
  const day = new Date(ms);
  const thursday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((thursday.getTime() - first) / DAY_MS + 1) / 7);
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}

/** The week of a time and those before it, the latest first. */
export function latestWeeks(ms: number, many: number): readonly string[] {
  return Array.from({ length: many }, (_, back) => weekOf(ms - back * 7 * DAY_MS));
}

/** Whether a text names a week. */
export const isWeek = (text: string): boolean => /^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$/.test(text);
