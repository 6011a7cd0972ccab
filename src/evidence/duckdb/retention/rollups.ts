/**
 * Roll-ups: what the samples of a series add up to, by the minute and by the hour, made when the samples go to the
 * archive. They hold exactly what `buckets` tells of samples, so that it tells the same from them.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { HOUR_MS, MINUTE_MS, type RollupSpan, rollupSpanMs, rollupSpans } from '../../../model/index.js';
import { CARRIED_MS } from '../../buckets.js';
import type { Span } from './archive-table.js';

/** Metrics that are counters by Prometheus' naming: for these alone roll-ups tell increases. */
export const COUNTER_NAME = /_(total|count|sum|bucket)$/;

/** The table of the roll-ups of a span. */
export const rollupTableOf = (span: RollupSpan): string => `rollup_${span}`;

const columns = `series UINTEGER, "at" BIGINT, samples UINTEGER, total DOUBLE, least DOUBLE, most DOUBLE,
  latest DOUBLE, "latestAfterMs" UINTEGER, increases UINTEGER, increase DOUBLE, "leastIncrease" DOUBLE,
  "mostIncrease" DOUBLE, "latestIncrease" DOUBLE`;

/**
 * A table for each span. A row speaks of `"at" <= t < "at" + span` and of finite samples only: how many there are, their
 * sum, least, greatest and last value and when that came; of counters what they grew by as `buckets` has it, which counts
 * where it shows and may have begun before. The view `rollup` is all of them.
 */
export const rollupTables = `
  ${rollupSpans.map((span) => `CREATE TABLE ${rollupTableOf(span)} (${columns});`).join('\n  ')}
  CREATE VIEW rollup AS ${rollupSpans
    .map((span) => `SELECT ${rollupSpanMs[span]} AS "spanMs", * FROM ${rollupTableOf(span)}`)
    .join(' UNION ALL ')};
`;

/** What one row has in the place of several; roll-ups of longer spans come from those of shorter ones. */
const MERGED = `
  sum(samples) AS samples, fsum(total) AS total, min(least) AS least, max(most) AS most,
  arg_max(latest, "at") AS latest, max("at" + "latestAfterMs") AS latest_at, sum(increases) AS increases,
  fsum(increase) AS increase, min("leastIncrease") AS least_increase, max("mostIncrease") AS most_increase,
  arg_max("latestIncrease", "at") AS latest_increase`;

/**
 * The roll-ups by the minute of a span that begins and ends at whole hours. The sample before the span's first, from
 * which its increase counts, is in the store, or the last of the roll-up of the hour before.
 */
function minutesOf({ from, until }: Span): string {
  const before = from - CARRIED_MS;
  return `
    WITH own AS (
      SELECT series, "at" AS moment, value FROM samples WHERE "at" >= ${before} AND "at" < ${until} AND isfinite(value)
    ),
    known AS (
      SELECT * FROM own
      UNION
      SELECT series, "at" + "latestAfterMs", latest FROM rollup_hour
      WHERE "at" = ${from - HOUR_MS} AND "at" + "latestAfterMs" >= ${before}
    ),
    stepping AS (
      SELECT series, moment, value, lag(value) OVER mine AS before_value, lag(moment) OVER mine AS before_moment
      FROM known WINDOW mine AS (PARTITION BY series ORDER BY moment)
    ),
    counted AS (
      SELECT s.series, moment, value, moment - moment % ${MINUTE_MS} AS "at",
        CASE WHEN c.ref IS NULL OR before_moment IS NULL OR moment - before_moment > ${CARRIED_MS} THEN NULL
          WHEN value >= before_value THEN value - before_value ELSE value END AS increase
      FROM stepping s
      LEFT JOIN (SELECT ref FROM series WHERE regexp_matches(metric, '${COUNTER_NAME.source}')) c ON c.ref = s.series
      WHERE moment >= ${from}
    )
    SELECT series, "at", count(*), fsum(value), min(value), max(value), arg_max(value, moment), max(moment) - "at",
      count(increase), fsum(increase), min(increase), max(increase), arg_max(increase, moment)
    FROM counted GROUP BY series, "at" ORDER BY series, "at"`;
}

/** The roll-ups by the hour of a span, from those by the minute. */
function hoursOf({ from, until }: Span): string {
  return `
    SELECT series, hour, samples, total, least, most, latest, latest_at - hour, increases, increase, least_increase,
      most_increase, latest_increase
    FROM (
      SELECT series, "at" - "at" % ${HOUR_MS} AS hour, ${MERGED}
      FROM rollup_minute WHERE "at" >= ${from} AND "at" < ${until} GROUP BY series, hour
    ) ORDER BY series, hour`;
}

/** Rolls up the samples of a span of whole hours, inside the transaction that takes them out of the store. */
export async function rollUp(run: (statement: string) => Promise<number>, span: Span): Promise<void> {
  await run(`INSERT INTO rollup_minute ${minutesOf(span)}`);
  await run(`INSERT INTO rollup_hour ${hoursOf(span)}`);
}

/** Since when all roll-ups of a span that were ever made are there still, in milliseconds; what is older was removed. */
export async function rollupsSince(connection: DuckDBConnection, span: RollupSpan): Promise<number> {
  const reader = await connection.runAndReadAll(
    `SELECT coalesce(max(until), 0) FROM removal WHERE list_contains(kinds, $kind)`,
    { kind: `rollup-${span}` },
  );
  return Number(reader.getRows()[0]?.[0]);
}

/** The last sample of each series before the ends of some spans, by the roll-ups of their last hours. */
export function lastOfRollups(spans: readonly Span[]): string {
  const hours = spans.map(({ until }) => until - HOUR_MS);
  return `SELECT series, "at" + "latestAfterMs", latest FROM rollup_hour WHERE "at" IN (${hours.join(', ')})`;
}
