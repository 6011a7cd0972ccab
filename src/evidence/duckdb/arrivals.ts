import type { DuckDBConnection } from '@duckdb/node-api';
import { instantOf, MINUTE_MS, OWN_SOURCE, SOURCE_LABEL } from '../../model/index.js';
import type { Arrivals } from '../arrivals.js';

/** How far before the newest sample of all the newest one from outside is looked for. */
const RECENT_MS = 10 * MINUTE_MS;

const DOORS = `
  SELECT door, count(*), min("receivedAt"), max("receivedAt") FROM event GROUP BY door ORDER BY door`;

/** Only the end of the table is read, however much it holds: its row groups tell their times. */
const SAMPLES = `
  WITH outside AS (
    SELECT ref FROM series WHERE json_extract_string(labels, $source) IS DISTINCT FROM $own
  )
  SELECT (SELECT count(*) FROM outside),
         (SELECT max("at") FROM sample WHERE series IN (SELECT ref FROM outside)
            AND "at" > (SELECT max("at") FROM sample) - CAST($recent AS BIGINT))`;

/** What came in, and by which way. */
export async function readArrivals(connection: DuckDBConnection): Promise<Arrivals> {
  const doors = await connection.runAndReadAll(DOORS);
  const samples = await connection.runAndReadAll(SAMPLES, {
    source: `$.${SOURCE_LABEL}`,
    own: OWN_SOURCE,
    recent: BigInt(RECENT_MS),
  });
  const [series = 0, last] = samples.getRows()[0] ?? [];
  return {
    doors: doors.getRows().map(([door, events, first, latest]) => ({
      door: String(door),
      events: Number(events),
      firstAt: instantOf(Number(first)),
      lastAt: instantOf(Number(latest)),
    })),
    series: Number(series),
    lastSampleAt: last === null || last === undefined ? undefined : instantOf(Number(last)),
  };
}
