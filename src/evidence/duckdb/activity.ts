import type { DuckDBConnection } from '@duckdb/node-api';
import { instantOf, type SeriesRef } from '../../model/index.js';
import type { ActivityQuery, GroupSilence, GroupSilenceQuery, SeriesActivity } from '../buckets.js';
import { EvidenceError } from '../errors.js';
import { rangeOf, WANTED } from './buckets.js';

const ALL = `
  SELECT series, "at" AS moment, value FROM samples
  WHERE "at" >= CAST($since AS BIGINT) AND "at" < CAST($to AS BIGINT) AND isfinite(value)`;

/** Which series spoke within a window, how often, and when first and last. */
export async function activity(
  connection: DuckDBConnection,
  { series, window }: ActivityQuery,
): Promise<readonly SeriesActivity[]> {
  if (series !== undefined && series.length === 0) return [];
  const reader = await connection.runAndReadAll(
    `SELECT series, count(*), min(moment), max(moment) FROM (${series === undefined ? ALL : WANTED})
     GROUP BY series ORDER BY series`,
    {
      since: window.from,
      to: window.to,
      ...(series === undefined ? {} : { series: JSON.stringify(series), ...rangeOf(series) }),
    },
  );
  return reader.getRows().map(([ref, samples, firstAt, lastAt]) => ({
    series: Number(ref) as SeriesRef,
    samples: Number(samples),
    firstAt: instantOf(Number(firstAt)),
    lastAt: instantOf(Number(lastAt)),
  }));
}

/**
 * Time is cut into buckets as long as a silence must last at least: within a bucket there is none, so that the first and
 * the last sample of each bucket tell all of them.
 */
const GROUP_SILENCES = `
  WITH member AS (
    SELECT unnest(from_json($series, '["UINTEGER"]')) AS series,
      unnest(from_json($groups, '["UINTEGER"]')) AS "group"
  ),
  by_series AS (
    SELECT series, moment // CAST($longerThan AS BIGINT) AS bucket, min(moment) AS first, max(moment) AS last
    FROM (${WANTED}) GROUP BY series, bucket
  ),
  by_group AS (
    SELECT "group", bucket, min(first) AS first, max(last) AS last
    FROM by_series JOIN member USING (series) GROUP BY "group", bucket
  )
  SELECT "group", last, next FROM (
    SELECT "group", last, lead(first) OVER (PARTITION BY "group" ORDER BY bucket) AS next FROM by_group
  )
  WHERE coalesce(next, CAST($to AS BIGINT)) - last > CAST($longerThan AS BIGINT)
  ORDER BY "group", last LIMIT CAST($limit AS BIGINT)`;

/** Stretches in which no series of a group had a sample, between and after the samples of a window. */
export async function groupSilences(
  connection: DuckDBConnection,
  { groups, window, longerThanMs, limit }: GroupSilenceQuery,
): Promise<readonly GroupSilence[]> {
  const series = groups.flat();
  if (series.length === 0) return [];
  const reader = await connection.runAndReadAll(GROUP_SILENCES, {
    series: JSON.stringify(series),
    groups: JSON.stringify(groups.flatMap((group, index) => group.map(() => index))),
    ...rangeOf(series),
    since: window.from,
    to: window.to,
    longerThan: longerThanMs,
    limit: Math.trunc(limit) + 1,
  });
  const rows = reader.getRows();
  if (rows.length > limit) {
    throw new EvidenceError(
      'store-failed',
      `The window holds more than ${limit} silences: narrow it, or ask for fewer series.`,
    );
  }
  return rows.map(([group, from, until]) => ({
    group: Number(group),
    from: instantOf(Number(from)),
    until: until === null ? undefined : instantOf(Number(until)),
  }));
}
