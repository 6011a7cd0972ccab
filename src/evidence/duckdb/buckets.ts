import { type DuckDBConnection, listValue } from '@duckdb/node-api';
import { instantOf, type SeriesRef } from '../../model/index.js';
import {
  type BucketColumns,
  type BucketQuery,
  CARRIED_MS,
  type Silence,
  type SilenceQuery,
} from '../buckets.js';
import { EvidenceError } from '../errors.js';
import { floatColumns } from './float-columns.js';
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

const asDouble = (column: string): string => `coalesce(CAST(${column} AS DOUBLE), 0)`;

/** First by series, so that the last of each is known, then by group. */
function statementOf(query: BucketQuery, rolledUp: RolledUp | undefined): string {
  const { figure, quantiles = [], quantilesOnly } = query;
  const shares = quantiles.map((_, index) => `, ${asDouble(`q.shares[${index + 1}]`)}`).join('');
  const spread = `
    JOIN (
      SELECT "group", bucket, quantile_cont(value, $quantiles) AS shares
      FROM ${spreadOf(rolledUp)} JOIN member USING (series) GROUP BY "group", bucket
    ) q USING ("group", bucket)`;
  const members = `
    WITH member AS (
      SELECT unnest(from_json($series, '["UINTEGER"]')) AS series,
        unnest(from_json($groups, '["UINTEGER"]')) AS "group"
    )`;
  if (quantilesOnly === true) {
    return `${members},
    placed AS (SELECT series, value, ${bucketOf('moment')} AS bucket FROM (${figuresOf(figure, rolledUp)})),
    spread AS (
      SELECT "group", bucket, quantile_cont(value, $quantiles) AS shares
      FROM ${spreadOf(rolledUp)} JOIN member USING (series) GROUP BY "group", bucket
    )
    SELECT ${asDouble('"group"')}, ${asDouble('bucket')}${shares} FROM spread q ORDER BY "group", bucket LIMIT CAST($limit AS BIGINT)`;
  }
  return `${members},
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
    SELECT ${['"group"', 'bucket', 'n', 'present', 'total', 'least', 'most', 'latest'].map(asDouble).join(', ')}${shares}
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
export function checkBuckets({ stepMs, window, limit, quantiles = [], quantilesOnly }: BucketQuery): void {
  const isUsable =
    Number.isSafeInteger(stepMs) &&
    stepMs > 0 &&
    window.from < window.to &&
    limit >= 1 &&
    quantiles.every((share) => share >= 0 && share <= 1) &&
    (quantilesOnly !== true || quantiles.length > 0);
  if (isUsable) return;
  throw new EvidenceError(
    'store-failed',
    'Buckets need a step of whole milliseconds, a window that is not empty, a limit and quantiles within 0..1, at least one where only these are asked for.',
  );
}

/** Samples or increases of series, alone or in groups, by buckets of time; no sample leaves DuckDB. */
export async function buckets(
  connection: DuckDBConnection,
  query: BucketQuery,
  rolledUp?: RolledUp,
): Promise<BucketColumns> {
  checkBuckets(query);
  const { groups, window, stepMs, origin = 0, figure, quantiles = [], quantilesOnly, limit } = query;
  const series = groups.flat();
  const result = await connection.run(statementOf(query, rolledUp), {
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
  const nothing = new Float64Array();
  const [group = nothing, at = nothing, ...columns] = await floatColumns(result);
  if (group.length > limit) {
    throw new EvidenceError(
      'store-failed',
      `The window holds more than ${limit} buckets: narrow it, or take longer ones.`,
    );
  }
  const [count = nothing, present = nothing, sum = nothing, min = nothing, max = nothing, last = nothing] =
    quantilesOnly === true ? [] : columns;
  return {
    length: group.length,
    group: Uint32Array.from(group),
    ...{ at, count, series: present, sum, min, max, last },
    quantiles: columns.slice(quantilesOnly === true ? 0 : 6),
  };
}

/** More slots than these are not worth a bit each. */
const MOST_SLOTS = 50_000;

/** The series that have no sample in some of the slots that a window is cut into. */
const PAUSING = `
  SELECT series FROM (${WANTED})
  GROUP BY series
  HAVING coalesce(bit_count(bitstring_agg(CAST((moment - CAST($since AS BIGINT)) // CAST($slot AS BIGINT) AS INTEGER),
      0, CAST($slots AS INTEGER) - 1)
    FILTER (moment < CAST($since AS BIGINT) + CAST($slots AS BIGINT) * CAST($slot AS BIGINT))), 0)
    < CAST($slots AS BIGINT)`;

/**
 * The series that may be silent for longer than asked: a sample in each slot half as long leaves no room for that. One
 * bit a slot is much less work than the order of all samples.
 */
async function pausing(connection: DuckDBConnection, query: SilenceQuery): Promise<readonly SeriesRef[]> {
  const { series, window, longerThanMs } = query;
  const slot = Math.floor(longerThanMs / 2);
  const slots = slot < 1 ? 0 : Math.floor((window.to - window.from) / slot);
  if (slots < 1 || slots > MOST_SLOTS) return series;
  const reader = await connection.runAndReadAll(PAUSING, { ...samplesAsked(series, window), slot, slots });
  return reader.getRows().map(([ref]) => Number(ref) as SeriesRef);
}

const samplesAsked = (series: readonly SeriesRef[], window: SilenceQuery['window']) => ({
  series: JSON.stringify(series),
  ...rangeOf(series),
  since: window.from,
  to: window.to,
});

const SILENCES = `
  SELECT series, moment, value, next_moment FROM (
    SELECT *, lead(moment) OVER (PARTITION BY series ORDER BY moment) AS next_moment FROM (${WANTED})
  )
  WHERE coalesce(next_moment, CAST($to AS BIGINT)) - moment > CAST($longerThan AS BIGINT)
  ORDER BY series, moment`;

/** Stretches without samples between and after the samples of a window; one before its first sample is not told. */
export async function silences(
  connection: DuckDBConnection,
  query: SilenceQuery,
): Promise<readonly Silence[]> {
  const series = query.series.length === 0 ? [] : await pausing(connection, query);
  if (series.length === 0) return [];
  const reader = await connection.runAndReadAll(SILENCES, {
    ...samplesAsked(series, query.window),
    longerThan: query.longerThanMs,
  });
  return reader.getRows().map(([ref, from, lastValue, until]) => ({
    series: Number(ref) as SeriesRef,
    from: instantOf(Number(from)),
    lastValue: Number(lastValue),
    until: until === null ? undefined : instantOf(Number(until)),
  }));
}
