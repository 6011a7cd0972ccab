/** Durations as people and OpenSLO write them: `5m`, `1h`, `30d`, `4w`, `1M`. */
const MINUTES: Readonly<Record<string, number>> = {
  m: 1,
  h: 60,
  d: 1_440,
  w: 10_080,
  M: 43_200,
  Q: 129_600,
  Y: 525_600,
};

/** A duration in minutes; months are 30 days, quarters 90, years 365. Undefined for anything else. */
export function minutesOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([mhdwMQY])$/.exec(text.trim()) ?? [];
  const minutes = MINUTES[unit];
  return count === undefined || minutes === undefined ? undefined : Number(count) * minutes;
}
