/**
 * Each track of figures has a number: that of its series, and for the quantiles of a histogram so much more than that of
 * its first bucket, once for the first quantile, twice for the second.
 */
export const TRACKS = 4_294_967_296;

/**
 * From samples to the figures that are compared: values of gauges, rates of counters, means, quantiles of histograms.
 *
 * - Prometheus' naming tells counters (`_total`, `_count`, `_sum`, `_bucket`), unless the values fall too often to be
 *   one; a series that only rises through the whole baseline is one too. Counters become rates per second, a fall is a
 *   restart from zero, and a `_sum` with its `_count` becomes the mean of what was observed.
 * - A counter that appears in the recent window is taken to have stood at zero before, as its increase has.
 * - The buckets of a histogram become three quantiles of what was observed between two samples, as `histogram_quantile`
 *   has them: linear within a bucket, the highest finite bound in the last. Where `+Inf` is missing, what the highest
 *   bucket counted is all that was observed.
 * - Where little lies before the recent window, in time and in samples, half of the whole span becomes the baseline.
 */
export const SAMPLE_FIGURES = `WITH wanted AS (
  SELECT unnest(from_json($series, '["UINTEGER"]')) AS ref
),
chosen AS (
  SELECT s.ref, s.metric, s.labels, regexp_matches(s.metric, '_(total|count|sum|bucket)$') AS named,
    suffix(s.metric, '_bucket') AND json_extract_string(s.labels, 'le') IS NOT NULL AS bucket
  FROM series s SEMI JOIN wanted w ON w.ref = s.ref
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
    WHEN CAST($seam AS BIGINT) - min(moment) < $leastBefore * (CAST($to AS BIGINT) - min(moment))
      AND count(*) FILTER (moment < CAST($seam AS BIGINT)) < $enoughBefore * (SELECT count(*) FROM chosen)
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
  SELECT c.ref, d.divisor, s.appeared, c.bucket,
    CASE
      WHEN c.named AND s.falls <= greatest(2, 0.05 * s.steps) THEN 'counter'
      WHEN s.base_steps >= 20 AND s.base_falls <= 0.01 * s.base_steps AND s.base_rises >= 0.9 * s.base_steps THEN 'counter'
      ELSE 'gauge'
    END AS form
  FROM chosen c JOIN steps s ON s.series = c.ref LEFT JOIN divisor d ON d.ref = c.ref
),
increase AS (
  SELECT r.series, r.moment, r.late, k.form, k.divisor, k.bucket,
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
histogram AS (
  SELECT ref AS series, le, min(ref) OVER (PARTITION BY metric, others) AS histogram
  FROM (
    SELECT ref, metric, TRY_CAST(json_extract_string(labels, 'le') AS DOUBLE) AS le,
      json_merge_patch(labels, '{"le":null}') AS others
    FROM chosen WHERE bucket
  ) WHERE le IS NOT NULL
),
counted AS (
  SELECT h.histogram, i.moment, i.late, i.since, h.le, i.series, max(i.value) OVER upwards AS count,
    max(i.value) OVER (PARTITION BY h.histogram, i.moment) AS total
  FROM increase i JOIN histogram h ON h.series = i.series
  WHERE i.form = 'counter' AND i.seconds IS NOT NULL
  WINDOW upwards AS (PARTITION BY h.histogram, i.moment ORDER BY h.le)
),
between_bounds AS (
  SELECT *, lag(count, 1, 0) OVER upwards AS count_below, lag(series) OVER upwards AS series_below,
    coalesce(lag(le) OVER upwards, least(0, le)) AS le_below
  FROM counted WHERE total > 0
  WINDOW upwards AS (PARTITION BY histogram, moment ORDER BY le)
),
quantile AS MATERIALIZED (
  SELECT histogram + q.number * ${TRACKS} AS track, moment, late, since, q.name AS figure, series, series_below,
    CASE WHEN isinf(le) THEN le_below
      ELSE le_below + (le - le_below) * (q.share * total - count_below) / (count - count_below) END AS value
  FROM between_bounds, (VALUES (1, 'p50', 0.5), (2, 'p95', 0.95), (3, 'p99', 0.99)) q(number, name, share)
  WHERE count >= q.share * total AND count_below < q.share * total
),
figure AS MATERIALIZED (
  SELECT CAST(series AS BIGINT) AS track, moment, late, 'value' AS figure, value, NULL AS since
  FROM increase WHERE form = 'gauge' AND NOT bucket
  UNION ALL
  SELECT series, moment, late, 'rate', value / seconds, since FROM increase
  WHERE form = 'counter' AND NOT bucket AND seconds IS NOT NULL AND series NOT IN (SELECT series FROM mean)
  UNION ALL
  SELECT series, moment, late, 'mean', value, since FROM mean
  UNION ALL
  SELECT track, moment, late, figure, value, since FROM quantile
),
newcomer AS (
  SELECT DISTINCT f.track FROM figure f JOIN reading k ON k.ref = f.track % ${TRACKS}
  WHERE k.form = 'counter' AND k.appeared AND NOT k.bucket
)`;
