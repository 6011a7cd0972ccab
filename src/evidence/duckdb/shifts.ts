import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { type Instant, instantOf, type SeriesRef } from '../../model/index.js';
import { DEVIATION_CAP, type SeriesShift, type ShiftQuery } from '../store.js';

/** The spread of a series is at least this part of its median's size: a success rate of 99.9 % that falls to 97 % counts. */
const FLOOR_OF_MEDIAN = 0.001;

/** The spread of a series is at least this part of the largest size that it had before. */
const FLOOR_OF_SIZE = 0.001;

/** The spread of a series that was nothing but zero is this part of its largest size since: it is new, not infinite. */
const FLOOR_OF_ZERO = 0.02;

/** A change that ends again counts when it covers so many samples; dips of fewer samples do not end it. */
const LASTING_SAMPLES = 3;

/** A change of fewer samples that ends again counts when they stand for so much time: where they are minutes apart. */
const LASTING_MS = 240_000;

/** The part of the whole span that must lie before the recent window for that to be the baseline. */
const LEAST_BEFORE = 0.25;

/** Samples further apart than this are not smoothed: each stands for minutes already. */
const SMOOTHED_MS = 120_000;

/**
 * A jump by this part of the peak is where a change began, though the series had crept over the threshold before it;
 * without a jump the change is a ramp and began where it crossed the threshold.
 */
const STEP_OF_PEAK = 0.3;

/** Beyond so many spreads more says nothing more about where a change lies. */
const SIZE_CAP = 50;

/** How long before an onset counts as "just before", in milliseconds. */
const JUST_BEFORE_MS = 300_000;

/**
 * One statement from samples to shifts; no sample leaves DuckDB.
 *
 * - Prometheus' naming tells counters (`_total`, `_count`, `_sum`), unless the values fall too often to be one; a series
 *   that only rises through the whole baseline is one too. Counters become rates per second, a fall is a restart from
 *   zero, and a `_sum` with its `_count` becomes the mean of what was observed. `_bucket` is left out.
 * - A counter that appears in the recent window is taken to have stood at zero before, as its increase has.
 * - The spread is the larger of 1.4826 MAD and IQR/1.349, with floors relative to the series' own size, so that units
 *   do not matter and a constant does not explode. Of a series that mostly stands on one value the standard deviation
 *   and a third of the range without its outermost hundredths count too: a value it has now and then is nothing new.
 * - Where little lies before the recent window, half of the whole span becomes the baseline.
 * - Recent values are smoothed by a median of three, which keeps the edge of a step where it is; the first and the last
 *   take the milder of two. The smoothed value is that of one of the three samples: the peak is dated by that one.
 * - The threshold rises with the number of values that are looked at, to the size that chance alone reaches among so
 *   many (the universal threshold of Donoho and Johnstone, 1994): 4.3 of 10,000 values, 5.3 of a million.
 * - A run is a stretch beyond the threshold on one side; the run with the most deviation in sum is the change. It must
 *   last, and its peak must also stand out against what was just before it, which rules out slow drift.
 */
const STATEMENT = `
WITH wanted AS (
  SELECT unnest(from_json($series, '["UINTEGER"]')) AS ref
),
chosen AS (
  SELECT s.ref, s.metric, s.labels, regexp_matches(s.metric, '_(total|count|sum)$') AS named
  FROM series s SEMI JOIN wanted w ON w.ref = s.ref
  WHERE NOT suffix(s.metric, '_bucket')
),
divisor AS (
  SELECT s.ref, min(c.ref) AS divisor
  FROM chosen s JOIN chosen c
    ON suffix(s.metric, '_sum') AND suffix(c.metric, '_count')
    AND s.labels = c.labels AND s.metric[:-5] = c.metric[:-7]
  GROUP BY s.ref
),
stepping AS MATERIALIZED (
  SELECT series, "at" AS moment, value, lag(value) OVER mine AS before_value, lag("at") OVER mine AS before_at
  FROM samples
  WHERE "at" >= least(CAST($from AS BIGINT), CAST($seam AS BIGINT))
    AND "at" < greatest(CAST($to AS BIGINT), CAST($baseTo AS BIGINT))
    AND ("at" >= CAST($seam AS BIGINT) AND "at" < CAST($to AS BIGINT)
      OR "at" >= CAST($from AS BIGINT) AND "at" < CAST($baseTo AS BIGINT))
    AND series BETWEEN CAST($lowest AS UINTEGER) AND CAST($highest AS UINTEGER)
    AND series IN (SELECT ref FROM chosen) AND isfinite(value)
  WINDOW mine AS (PARTITION BY series ORDER BY "at")
),
seam AS (
  SELECT CASE
    WHEN CAST($seam AS BIGINT) - min(moment) < ${LEAST_BEFORE} * (CAST($to AS BIGINT) - min(moment))
      THEN (min(moment) + CAST($to AS BIGINT)) // 2
    ELSE CAST($seam AS BIGINT)
  END AS seam FROM stepping
),
raw AS (
  SELECT stepping.*, moment >= seam AND moment < CAST($to AS BIGINT) AS late FROM stepping CROSS JOIN seam
),
steps AS (
  SELECT series,
    count(*) FILTER (value < before_value) AS falls,
    count(before_at) AS steps,
    count(*) FILTER (NOT late AND value < before_value) AS base_falls,
    count(*) FILTER (NOT late AND value > before_value) AS base_rises,
    count(before_at) FILTER (NOT late) AS base_steps,
    bool_and(late) AS appeared
  FROM raw GROUP BY series
),
reading AS (
  SELECT c.ref, d.divisor, s.appeared,
    CASE
      WHEN c.named AND s.falls <= greatest(2, 0.05 * s.steps) THEN 'counter'
      WHEN s.base_steps >= 20 AND s.base_falls <= 0.01 * s.base_steps AND s.base_rises >= 0.9 * s.base_steps THEN 'counter'
      ELSE 'gauge'
    END AS form
  FROM chosen c JOIN steps s ON s.series = c.ref LEFT JOIN divisor d ON d.ref = c.ref
),
increase AS (
  SELECT r.series, r.moment, r.late, k.form, k.divisor,
    CASE
      WHEN k.form = 'gauge' THEN r.value
      WHEN r.value >= r.before_value THEN r.value - r.before_value
      ELSE r.value
    END AS value,
    (r.moment - r.before_at) / 1000.0 AS seconds, r.before_at AS since
  FROM raw r JOIN reading k ON k.ref = r.series
),
mean AS (
  SELECT s.series, s.moment, s.late, s.value / c.value AS value, s.since
  FROM increase s JOIN increase c ON c.series = s.divisor AND c.moment = s.moment
  WHERE s.form = 'counter' AND c.form = 'counter' AND s.seconds IS NOT NULL AND c.value > 0
),
figure AS MATERIALIZED (
  SELECT series, moment, late, 'value' AS figure, value, NULL AS since FROM increase WHERE form = 'gauge'
  UNION ALL
  SELECT series, moment, late, 'rate', value / seconds, since FROM increase
  WHERE form = 'counter' AND seconds IS NOT NULL AND series NOT IN (SELECT series FROM mean)
  UNION ALL
  SELECT series, moment, late, 'mean', value, since FROM mean
),
base AS (
  SELECT series, any_value(figure) AS figure,
    coalesce(median(value) FILTER (NOT late), 0) AS middle,
    mad(value) FILTER (NOT late) AS deviation,
    quantile_cont(value, [0.01, 0.25, 0.75, 0.99]) FILTER (NOT late) AS quantiles,
    stddev_pop(value) FILTER (NOT late) AS stddev,
    coalesce(max(abs(value)) FILTER (NOT late), 0) AS size, max(abs(value)) AS any_size,
    avg(value) FILTER (late) AS recent_mean,
    count(*) FILTER (NOT late) AS base_count,
    count(*) FILTER (late) AS recent_count,
    (max(moment) - min(moment)) / greatest(1, count(*) - 1) AS step_ms
  FROM figure GROUP BY series
),
scaled AS (
  SELECT b.*, greatest(
    1.4826 * coalesce(deviation, 0), coalesce(quantiles[3] - quantiles[2], 0) / 1.349,
    CASE WHEN deviation = 0 THEN greatest(coalesce(stddev, 0), (quantiles[4] - quantiles[1]) / 3) ELSE 0 END,
    ${FLOOR_OF_MEDIAN} * abs(middle), ${FLOOR_OF_SIZE} * size,
    CASE WHEN size = 0 THEN ${FLOOR_OF_ZERO} * any_size ELSE 0 END
  ) AS spread
  FROM base b JOIN reading k ON k.ref = b.series
  WHERE recent_count > 0 AND (base_count > 0 OR (k.form = 'counter' AND k.appeared))
),
recent AS (
  SELECT f.series, f.moment, f.value, s.middle, s.spread, (f.moment - f.since) / 1000.0 AS seconds,
    CASE WHEN f.moment - lag(f.moment) OVER mine < ${SMOOTHED_MS} THEN lag(f.value) OVER mine END AS left_value,
    CASE WHEN lead(f.moment) OVER mine - f.moment < ${SMOOTHED_MS} THEN lead(f.value) OVER mine END AS right_value,
    lag(f.moment) OVER mine AS left_moment, lead(f.moment) OVER mine AS right_moment,
    row_number() OVER mine AS position, s.recent_count, s.step_ms
  FROM figure f JOIN scaled s ON s.series = f.series
  WHERE f.late
  WINDOW mine AS (PARTITION BY f.series ORDER BY f.moment)
),
smooth AS MATERIALIZED (
  SELECT series, moment, value, position, recent_count, step_ms,
    CASE WHEN spread > 0 THEN (smoothed - middle) / spread ELSE 0 END AS z, smoothed,
    CASE WHEN smoothed = value THEN moment WHEN smoothed = left_value THEN left_moment ELSE right_moment END AS held_at,
    (value - middle) * seconds AS excess
  FROM (
    SELECT *, CASE
      WHEN left_value IS NOT NULL AND right_value IS NOT NULL
        THEN greatest(least(left_value, value), least(greatest(left_value, value), right_value))
      WHEN coalesce(left_value, right_value) IS NULL THEN value
      WHEN abs(coalesce(left_value, right_value) - middle) < abs(value - middle) THEN coalesce(left_value, right_value)
      ELSE value
    END AS smoothed
    FROM recent
  )
),
beyond AS (
  SELECT *, position - lag(position, 1, -100) OVER mine > ${LASTING_SAMPLES}
      OR sign(z) <> lag(sign(z)) OVER mine AS begins
  FROM smooth WHERE abs(z) > greatest($threshold, sqrt(2 * ln((SELECT count(*) FROM smooth))))
  WINDOW mine AS (PARTITION BY series ORDER BY moment)
),
numbered AS (
  SELECT *, sum(CASE WHEN begins THEN 1 ELSE 0 END) OVER (PARTITION BY series ORDER BY moment) AS run FROM beyond
),
stepped AS (
  SELECT *, coalesce(lag(abs(z)) OVER (PARTITION BY series, run ORDER BY moment), 0) AS z_before,
    ${STEP_OF_PEAK} * least(${DEVIATION_CAP}, max(abs(z)) OVER (PARTITION BY series, run)) AS step
  FROM numbered
),
change AS (
  SELECT series, run, coalesce(
      min(moment) FILTER (z_before < step AND abs(z) - z_before >= step), min(moment)
    ) AS onset_at,
    arg_max(smoothed, struct_pack(size := abs(z), earlier := -moment)) AS peak,
    arg_max(held_at, struct_pack(size := abs(z), earlier := -moment)) AS peak_at,
    median(smoothed) AS middle_after, sum(excess) AS excess,
    CASE WHEN max(position) < max(recent_count) - ${LASTING_SAMPLES} THEN max(moment) END AS until_at,
    sum(least(abs(z), ${SIZE_CAP})) AS total
  FROM stepped GROUP BY series, run
  HAVING count(*) >= ${LASTING_SAMPLES} OR max(position) = max(recent_count)
    OR max(moment) - min(moment) + any_value(step_ms) >= ${LASTING_MS}
  QUALIFY row_number() OVER (PARTITION BY series ORDER BY total DESC, onset_at) = 1
),
just_before AS (
  SELECT c.series, median(f.value) AS middle
  FROM change c JOIN figure f
    ON f.series = c.series AND f.moment < c.onset_at AND f.moment >= c.onset_at - ${JUST_BEFORE_MS}
  GROUP BY c.series
),
extreme AS (
  SELECT series,
    arg_max(smoothed, struct_pack(size := abs(z), earlier := -moment)) AS peak,
    arg_max(held_at, struct_pack(size := abs(z), earlier := -moment)) AS peak_at,
    median(value) AS middle
  FROM smooth GROUP BY series
),
verdict AS (
  SELECT s.*, c.*, e.peak AS any_peak, e.peak_at AS any_peak_at, e.middle AS any_middle,
    c.onset_at IS NOT NULL
      AND abs(c.peak - coalesce(b.middle, s.middle)) > 0.5 * $threshold * s.spread AS lasts
  FROM scaled s JOIN extreme e ON e.series = s.series
  LEFT JOIN change c ON c.series = s.series
  LEFT JOIN just_before b ON b.series = s.series
),
told AS (
  SELECT *, CASE WHEN lasts THEN peak ELSE any_peak END AS peak_told,
    CASE WHEN lasts THEN peak_at ELSE any_peak_at END AS peak_told_at
  FROM verdict
)
SELECT t.series, t.figure, base_count, recent_count, middle, spread, peak_told, peak_told_at,
  CASE WHEN lasts THEN middle_after ELSE any_middle END AS recent_middle,
  CASE WHEN spread > 0 THEN
    greatest(-${DEVIATION_CAP}, least(${DEVIATION_CAP}, (peak_told - middle) / spread))
  ELSE 0 END AS deviation,
  CASE WHEN lasts THEN onset_at END AS onset_at, (SELECT seam FROM seam) AS recent_from,
  CASE WHEN lasts THEN until_at END AS until_at, CASE WHEN lasts THEN excess END AS excess,
  f.since AS peak_since, CASE WHEN t.figure = 'mean' THEN k.divisor END AS divisor, recent_mean
FROM told t JOIN figure f ON f.series = t.series AND f.moment = t.peak_told_at
JOIN reading k ON k.ref = t.series
ORDER BY t.series
`;

function figureOf(value: DuckDBValue | undefined): SeriesShift['figure'] {
  return value === 'rate' || value === 'mean' ? value : 'value';
}

function numberOrUndefined(value: DuckDBValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}

function instantOrUndefined(value: DuckDBValue | undefined): Instant | undefined {
  return value === null || value === undefined ? undefined : instantOf(Number(value));
}

function shiftOf(row: readonly DuckDBValue[]): SeriesShift {
  const [series, figure, baselineCount, recentCount, middle, spread, ...rest] = row;
  const [
    peak,
    peakAt,
    recentMiddle,
    deviation,
    onset,
    recentFrom,
    until,
    excess,
    peakSince,
    divisor,
    recentMean,
  ] = rest;
  return {
    series: Number(series) as SeriesRef,
    figure: figureOf(figure),
    baselineCount: Number(baselineCount),
    recentCount: Number(recentCount),
    baselineMedian: Number(middle),
    baselineSpread: Number(spread),
    peak: Number(peak),
    peakAt: instantOf(Number(peakAt)),
    recentMedian: Number(recentMiddle),
    recentMean: Number(recentMean),
    deviation: Number(deviation),
    onsetAt: instantOrUndefined(onset),
    recentFrom: instantOf(Number(recentFrom)),
    untilAt: instantOrUndefined(until),
    excess: numberOrUndefined(excess),
    peakSince: instantOrUndefined(peakSince),
    divisor: numberOrUndefined(divisor) as SeriesRef | undefined,
  };
}

/**
 * Compares two windows of many series, the baseline before the recent one; {@link SeriesShift} says what comes out.
 * Series without a sample in the recent window, and gauges without one in the baseline, have no row.
 */
export async function shifts(
  connection: DuckDBConnection,
  query: ShiftQuery,
): Promise<readonly SeriesShift[]> {
  if (query.series.length === 0) return [];
  const reader = await connection.runAndReadAll(STATEMENT, {
    series: JSON.stringify(query.series),
    lowest: query.series.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    highest: query.series.reduce((a, b) => Math.max(a, b), 0),
    from: query.baseline.from,
    baseTo: query.baseline.to,
    seam: query.recent.from,
    to: query.recent.to,
    threshold: query.threshold,
  });
  return reader.getRows().map(shiftOf);
}
