import { type DuckDBConnection, type DuckDBValue, listValue } from '@duckdb/node-api';
import { instantOf, type SeriesRef } from '../../model/index.js';
import {
  type BucketColumns,
  type BucketQuery,
  CARRIED_MS,
  type Silence,
  type SilenceQuery,
} from '../buckets.js';
import { EvidenceError } from '../errors.js';
import type { Span } from './retention/archive-table.js';
import { outside } from './retention/due.js';
import { lastOfRollups } from './retention/rollups.js';

/** The samples that can count: of the series named, between two times, finite. */
export const WANTED = `
  SELECT series, "at" AS moment, value FROM samples
  WHERE "at" >= CAST($since AS BIGINT) AND "at" < CAST($to AS BIGINT)
    AND series BETWEEN CAST($lowest AS UINTEGER) AND CAST($highest AS UINTEGER)
    AND series IN (SELECT unnest(from_json($series, '["UINTEGER"]')))
    AND isfinite(value)`;

/** Where buckets are read: samples alone, or roll-ups for spans whose samples went to the archive. */
export interface RolledUp {
  readonly table: string;
  /** What roll-ups stand for; samples in it, which were kept since others cite them, do not count again. */
  readonly spans: readonly Span[];
}

/** The samples as they are, or as what they grew by since the sample before, outside of what was rolled up. */
function figuresOf(figure: BucketQuery['figure'], rolledUp: RolledUp | undefined): string {
  const free = rolledUp === undefined ? 'true' : outside(rolledUp.spans, 'moment');
  if (figure === 'value') return `SELECT * FROM (${WANTED}) WHERE ${free}`;
  const before = rolledUp === undefined ? '' : `UNION ${lastOfRollups(rolledUp.spans)}`;
  return `
  SELECT series, moment, CASE WHEN value >= before_value THEN value - before_value ELSE value END AS value
  FROM (
    SELECT *, lag(value) OVER mine AS before_value, lag(moment) OVER mine AS before_moment
    FROM (${WANTED} ${before})
    WINDOW mine AS (PARTITION BY series ORDER BY moment)
  )
  WHERE moment >= CAST($from AS BIGINT) AND moment - before_moment <= ${CARRIED_MS} AND ${free}`;
}

const NAMED = `series BETWEEN CAST($lowest AS UINTEGER) AND CAST($highest AS UINTEGER)
    AND series IN (SELECT unnest(from_json($series, '["UINTEGER"]')))`;

/** Begins of the buckets that times lie in. */
const bucketOf = (moment: string): string =>
  `${moment} - ((${moment} - CAST($origin AS BIGINT)) % CAST($step AS BIGINT) + CAST($step AS BIGINT))
          % CAST($step AS BIGINT)`;

/** What roll-ups tell, as `by_series` has it of samples. */
function rolledBySeries(figure: BucketQuery['figure'], { table }: RolledUp): string {
  const columns =
    figure === 'value'
      ? 'sum(samples), fsum(total), min(least), max(most), arg_max(latest, "at"), max("at")'
      : 'sum(increases), fsum(increase), min("leastIncrease"), max("mostIncrease"), arg_max("latestIncrease", "at"), max("at")';
  return `
      SELECT series, ${bucketOf('"at"')} AS bucket, ${columns} FROM ${table}
      WHERE "at" >= CAST(${figure === 'value' ? '$since' : '$from'} AS BIGINT) AND "at" < CAST($to AS BIGINT) AND ${NAMED}
        ${figure === 'value' ? '' : 'AND increases > 0'}
      GROUP BY series, bucket`;
}

function bySeries(figure: BucketQuery['figure'], rolledUp: RolledUp | undefined): string {
  const ofSamples = `
      SELECT series, bucket, count(*) AS n, sum(value) AS total, min(value) AS least, max(value) AS most,
        arg_max(value, moment) AS latest, max(moment) AS latest_at
      FROM placed GROUP BY series, bucket`;
  if (rolledUp === undefined) return ofSamples;
  return `
      SELECT series, bucket, sum(n) AS n, fsum(total) AS total, min(least) AS least, max(most) AS most,
        arg_max(latest, latest_at) AS latest
      FROM (${ofSamples} UNION ALL ${rolledBySeries(figure, rolledUp)}) GROUP BY series, bucket`;
}

/** What quantiles are of: samples, and where they are gone the means of their roll-ups. */
function spreadOf(rolledUp: RolledUp | undefined): string {
  if (rolledUp === undefined) return 'placed';
  return `(
        SELECT series, bucket, value FROM placed UNION ALL
        SELECT series, ${bucketOf('"at"')}, total / samples FROM ${rolledUp.table}
        WHERE "at" >= CAST($since AS BIGINT) AND "at" < CAST($to AS BIGINT) AND ${NAMED}
      )`;
}

/** First by series, so that the last of each is known, then by group. */
function statementOf({ figure, quantiles = [] }: BucketQuery, rolledUp: RolledUp | undefined): string {
  const shares = quantiles.map((_, index) => `, q.shares[${index + 1}]`).join('');
  const spread = `
    JOIN (
      SELECT "group", bucket, quantile_cont(value, $quantiles) AS shares
      FROM ${spreadOf(rolledUp)} JOIN member USING (series) GROUP BY "group", bucket
    ) q USING ("group", bucket)`;
  return `
    WITH member AS (
      SELECT unnest(from_json($series, '["UINTEGER"]')) AS series,
        unnest(from_json($groups, '["UINTEGER"]')) AS "group"
    ),
    placed AS ${quantiles.length === 0 ? '' : 'MATERIALIZED'} (
      SELECT series, moment, value, ${bucketOf('moment')} AS bucket FROM (${figuresOf(figure, rolledUp)})
    ),
    by_series AS (${bySeries(figure, rolledUp)}
    ),
    by_group AS (
      SELECT "group", bucket, sum(n) AS n, count(*) AS present, sum(total) AS total, min(least) AS least,
        max(most) AS most, sum(latest) AS latest
      FROM by_series JOIN member USING (series) GROUP BY "group", bucket
    )
    SELECT "group", CAST(bucket AS DOUBLE), CAST(n AS DOUBLE), CAST(present AS DOUBLE), total, least, most,
      latest${shares}
    FROM by_group ${quantiles.length === 0 ? '' : spread}
    ORDER BY "group", bucket LIMIT CAST($limit AS BIGINT)`;
}

/** The smallest and the largest number among series, which tell parts and row groups that cannot hold them apart. */
export function rangeOf(series: readonly SeriesRef[]): { readonly lowest: number; readonly highest: number } {
  return {
    lowest: series.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    highest: series.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** Fails where nothing can be put into such buckets. */
export function checkBuckets({ stepMs, window, limit, quantiles = [] }: BucketQuery): void {
  const isUsable =
    Number.isSafeInteger(stepMs) &&
    stepMs > 0 &&
    window.from < window.to &&
    limit >= 1 &&
    quantiles.every((share) => share >= 0 && share <= 1);
  if (isUsable) return;
  throw new EvidenceError(
    'store-failed',
    'Buckets need a step of whole milliseconds, a window that is not empty, a limit and quantiles within 0..1.',
  );
}

const floats = (column: readonly DuckDBValue[] = []): Float64Array => Float64Array.from(column, Number);

/** Samples or increases of series, alone or in groups, by buckets of time; no sample leaves DuckDB. */
export async function buckets(
  connection: DuckDBConnection,
  query: BucketQuery,
  rolledUp?: RolledUp,
): Promise<BucketColumns> {
  checkBuckets(query);
  const { groups, window, stepMs, origin = 0, figure, quantiles = [], limit } = query;
  const series = groups.flat();
  const reader = await connection.runAndReadAll(statementOf(query, rolledUp), {
    series: JSON.stringify(series),
    groups: JSON.stringify(groups.flatMap((group, index) => group.map(() => index))),
    ...rangeOf(series.length === 0 ? [0 as SeriesRef] : series),
    since: window.from - (figure === 'increase' ? CARRIED_MS : 0),
    ...(figure === 'increase' ? { from: window.from } : {}),
    to: window.to,
    step: stepMs,
    origin,
    limit: Math.trunc(limit) + 1,
    ...(quantiles.length === 0 ? {} : { quantiles: listValue([...quantiles]) }),
  });
  const [group = [], at, count, present, sum, min, max, last, ...shares] = reader.getColumns();
  if (group.length > limit) {
    throw new EvidenceError(
      'store-failed',
      `The window holds more than ${limit} buckets: narrow it, or take longer ones.`,
    );
  }
  return {
    length: group.length,
    group: Uint32Array.from(group, Number),
    at: floats(at),
    count: floats(count),
    series: floats(present),
    sum: floats(sum),
    min: floats(min),
    max: floats(max),
    last: floats(last),
    quantiles: group.length === 0 ? quantiles.map(() => new Float64Array()) : shares.map(floats),
  };
}

const SILENCES = `
  SELECT series, moment, value, next_moment FROM (
    SELECT *, lead(moment) OVER (PARTITION BY series ORDER BY moment) AS next_moment FROM (${WANTED})
  )
  WHERE coalesce(next_moment, CAST($to AS BIGINT)) - moment > CAST($longerThan AS BIGINT)
  ORDER BY series, moment`;

/** Stretches without samples between and after the samples of a window; one before its first sample is not told. */
export async function silences(
  connection: DuckDBConnection,
  { series, window, longerThanMs }: SilenceQuery,
): Promise<readonly Silence[]> {
  if (series.length === 0) return [];
  const reader = await connection.runAndReadAll(SILENCES, {
    series: JSON.stringify(series),
    ...rangeOf(series),
    since: window.from,
    to: window.to,
    longerThan: longerThanMs,
  });
  return reader.getRows().map(([ref, from, lastValue, until]) => ({
    series: Number(ref) as SeriesRef,
    from: instantOf(Number(from)),
    lastValue: Number(lastValue),
    until: until === null ? undefined : instantOf(Number(until)),
  }));
}
