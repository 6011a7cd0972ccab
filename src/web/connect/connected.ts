/** What is connected by now, from what came in; pure. */
import type { ConnectedQuery } from '../generated/graphql.js';

/** Whether a way in is used: `waiting` until its first data, `silent` when there were some, and none lately. */
export type Standing =
  | { readonly state: 'waiting' }
  | { readonly state: 'connected' | 'silent'; readonly lastAt: string | undefined; readonly what: string };

type Connections = ConnectedQuery['connections'];

const many = (count: number, one: string): string =>
  count === 1 ? `one ${one}` : `${count.toLocaleString('en')} ${one}s`;

/** Prometheus, or whoever else sends samples. */
export function samplesStanding({ series, lastSampleAt }: Connections): Standing {
  if (series === 0) return { state: 'waiting' };
  const what = series === 1 ? 'one series' : `${series.toLocaleString('en')} series`;
  return { state: lastSampleAt === null ? 'silent' : 'connected', lastAt: lastSampleAt ?? undefined, what };
}

/** Those that send events by some doors. */
export function doorsStanding({ doors }: Connections, names: readonly string[], one: string): Standing {
  const used = doors.filter(({ door }) => names.includes(door));
  const lastAt = used
    .map((door) => door.lastAt)
    .toSorted()
    .at(-1);
  if (lastAt === undefined) return { state: 'waiting' };
  return {
    state: 'connected',
    lastAt,
    what: many(
      used.reduce((sum, { events }) => sum + events, 0),
      one,
    ),
  };
}

/** Who scrapes the exporter. */
export function scrapeStanding({ scrapedAt }: Connections): Standing {
  return scrapedAt === null
    ? { state: 'waiting' }
    : { state: 'connected', lastAt: scrapedAt, what: 'scraped by a Prometheus' };
}

/** Whether nothing at all came in: then the overview has nothing to show, and this page is the first one. */
export function isUntouched({ doors, series }: Connections): boolean {
  return series === 0 && doors.every(({ door }) => door === 'genchi');
}

/** Whether one of the ways has had no data yet. */
export function isWaiting(connections: Connections): boolean {
  const ways = [
    samplesStanding(connections),
    doorsStanding(connections, ['alertmanager'], 'notification'),
    doorsStanding(connections, ['cloudevents', 'events'], 'event'),
    scrapeStanding(connections),
  ];
  return ways.some(({ state }) => state === 'waiting');
}
