import { DEVIATION_CAP, SLOTS } from '../shifts.js';

/**
 * From the figures of each track, before and since the recent window's begin, to how they changed.
 *
 * - The spread is the larger of 1.4826 MAD and IQR/1.349, with floors relative to the series' own size, so that units
 *   do not matter and a constant does not explode. Of a series that mostly stands on one value the standard deviation
 *   and a third of the range without its outermost hundredths count too: a value it has now and then is nothing new.
 * - Recent values are smoothed by a median of three, which keeps the edge of a step where it is; the first and the last
 *   take the milder of two. The smoothed value is that of one of the three samples: the peak is dated by that one.
 * - The threshold rises with the number of values that are looked at, to the size that chance alone reaches among so
 *   many (the universal threshold of Donoho and Johnstone, 1994): 4.3 of 10,000 values, 5.3 of a million.
 * - A run is a stretch beyond the threshold on one side; the run with the most deviation in sum is the change. It must
 *   last, and its peak must also stand out against what was just before it, which rules out slow drift.
 * - Where samples are missing right before the onset, it may have begun when the first of them was due.
 */
export const FIGURE_CHANGES = `base AS (
  SELECT track, any_value(figure) AS figure,
    coalesce(median(value) FILTER (NOT late), 0) AS middle,
    mad(value) FILTER (NOT late) AS deviation,
    quantile_cont(value, [0.01, 0.25, 0.75, 0.99]) FILTER (NOT late) AS quantiles,
    stddev_pop(value) FILTER (NOT late) AS stddev,
    coalesce(max(abs(value)) FILTER (NOT late), 0) AS size, max(abs(value)) AS any_size,
    avg(value) FILTER (late) AS recent_mean,
    count(*) FILTER (NOT late) AS base_count,
    count(*) FILTER (late) AS recent_count,
    max(moment) FILTER (NOT late) AS base_end,
    (max(moment) - min(moment)) / greatest(1, count(*) - 1) AS step_ms
  FROM figure GROUP BY track
),
scaled AS (
  SELECT b.*, greatest(
    1.4826 * coalesce(deviation, 0), coalesce(quantiles[3] - quantiles[2], 0) / 1.349,
    CASE WHEN deviation = 0 THEN greatest(coalesce(stddev, 0), (quantiles[4] - quantiles[1]) / 3) ELSE 0 END,
    $floorOfMedian * abs(middle), $floorOfSize * size,
    CASE WHEN size = 0 THEN $floorOfZero * any_size ELSE 0 END
  ) AS spread
  FROM base b
  WHERE recent_count > 0 AND (base_count > 0 OR track IN (SELECT track FROM newcomer))
),
recent AS (
  SELECT f.track, f.moment, f.value, s.middle, s.spread, (f.moment - f.since) / 1000.0 AS seconds,
    CASE WHEN f.moment - lag(f.moment) OVER mine < $smoothedMs THEN lag(f.value) OVER mine END AS left_value,
    CASE WHEN lead(f.moment) OVER mine - f.moment < $smoothedMs THEN lead(f.value) OVER mine END AS right_value,
    lag(f.moment) OVER mine AS left_moment, lead(f.moment) OVER mine AS right_moment,
    row_number() OVER mine AS position, s.recent_count, s.step_ms, s.base_end
  FROM figure f JOIN scaled s ON s.track = f.track
  WHERE f.late
  WINDOW mine AS (PARTITION BY f.track ORDER BY f.moment)
),
smooth AS MATERIALIZED (
  SELECT track, moment, value, position, recent_count, step_ms,
    CASE WHEN moment - coalesce(left_moment, base_end) > $lostSteps * step_ms
      THEN greatest((SELECT seam FROM seam), coalesce(left_moment, base_end) + CAST(step_ms AS BIGINT))
    ELSE moment END AS no_later,
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
  SELECT *, position - lag(position, 1, -100) OVER mine > $lastingSamples
      OR sign(z) <> lag(sign(z)) OVER mine AS begins
  FROM smooth WHERE abs(z) > greatest($threshold, sqrt(2 * ln(greatest(1, (SELECT count(*) FROM smooth)))))
  WINDOW mine AS (PARTITION BY track ORDER BY moment)
),
numbered AS (
  SELECT *, sum(CASE WHEN begins THEN 1 ELSE 0 END) OVER (PARTITION BY track ORDER BY moment) AS run FROM beyond
),
stepped AS (
  SELECT *, coalesce(lag(abs(z)) OVER (PARTITION BY track, run ORDER BY moment), 0) AS z_before,
    $stepOfPeak * least(${DEVIATION_CAP}, max(abs(z)) OVER (PARTITION BY track, run)) AS step
  FROM numbered
),
change AS (
  SELECT track, run, coalesce(
      min(moment) FILTER (z_before < step AND abs(z) - z_before >= step), min(moment)
    ) AS onset_at,
    coalesce(
      arg_min(no_later, moment) FILTER (z_before < step AND abs(z) - z_before >= step), arg_min(no_later, moment)
    ) AS begun_at,
    arg_max(smoothed, struct_pack(size := abs(z), earlier := -moment)) AS peak,
    arg_max(held_at, struct_pack(size := abs(z), earlier := -moment)) AS peak_at,
    median(smoothed) AS middle_after, sum(excess) AS excess,
    CASE WHEN max(position) < max(recent_count) - $lastingSamples THEN max(moment) END AS until_at,
    sum(least(abs(z), $sizeCap)) AS total
  FROM stepped GROUP BY track, run
  HAVING count(*) >= $lastingSamples OR max(position) = max(recent_count)
    OR max(moment) - min(moment) + any_value(step_ms) >= $lastingMs
  QUALIFY row_number() OVER (PARTITION BY track ORDER BY total DESC, onset_at) = 1
),
just_before AS (
  SELECT c.track, median(f.value) AS middle
  FROM change c JOIN figure f
    ON f.track = c.track AND f.moment < c.onset_at AND f.moment >= c.onset_at - $justBeforeMs
  GROUP BY c.track
),
course AS (
  SELECT track, list(slot ORDER BY slot) AS slots, list(middle ORDER BY slot) AS slot_means
  FROM (
    SELECT track, (moment - (SELECT seam FROM seam)) * ${SLOTS} // ($to - (SELECT seam FROM seam)) AS slot,
      avg(value) AS middle
    FROM figure WHERE late GROUP BY ALL
  ) GROUP BY track
),
extreme AS (
  SELECT track,
    arg_max(smoothed, struct_pack(size := abs(z), earlier := -moment)) AS peak,
    arg_max(held_at, struct_pack(size := abs(z), earlier := -moment)) AS peak_at,
    median(value) AS middle
  FROM smooth GROUP BY track
),
verdict AS (
  SELECT s.*, c.*, o.slots, o.slot_means, e.peak AS any_peak, e.peak_at AS any_peak_at, e.middle AS any_middle,
    c.onset_at IS NOT NULL
      AND abs(c.peak - coalesce(b.middle, s.middle)) > 0.5 * $threshold * s.spread AS lasts
  FROM scaled s JOIN extreme e ON e.track = s.track
  JOIN course o ON o.track = s.track
  LEFT JOIN change c ON c.track = s.track
  LEFT JOIN just_before b ON b.track = s.track
),
told AS (
  SELECT *, CASE WHEN lasts THEN peak ELSE any_peak END AS peak_told,
    CASE WHEN lasts THEN peak_at ELSE any_peak_at END AS peak_told_at
  FROM verdict
)`;
