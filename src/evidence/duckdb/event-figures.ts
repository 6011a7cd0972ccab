import { type DuckDBConnection, DuckDBListValue, type DuckDBValue } from '@duckdb/node-api';
import { EvidenceError } from '../errors.js';
import type { EventFigureQuery, EventFigures, MeasuredBy } from '../shifts.js';

/**
 * From events that measure something to the figures that are compared, by minutes where they come as they like.
 *
 * - `queue_depth`: the depth of each queue of a service, as it is told.
 * - `task_completed`: the median latency of a service's tasks in each minute that has one.
 * - `worker_activated`, `worker_deactivated`: how many workers of a service are active, at the end of each minute; one
 *   whose first news is that it went away was active before.
 * - `log_volume`: what a service logged at each level in each minute, nothing where it told of other minutes.
 *
 * The figure of a minute is dated by the first receipt in it; where there is none, by the minute.
 */
export const EVENT_FIGURES = `WITH heard AS MATERIALIZED (
  SELECT kind, service, "at" AS moment, id, "at" // 60000 AS minute, depth, "latencyMs", worker, "count",
    CASE kind WHEN 'queue_depth' THEN queue WHEN 'log_volume' THEN lower(level) ELSE '' END AS part,
    CASE WHEN starts_with(kind, 'worker_') THEN 'worker' ELSE kind END AS family
  FROM event
  WHERE kind IN ('queue_depth', 'task_completed', 'worker_activated', 'worker_deactivated', 'log_volume')
    AND service IN (SELECT unnest(from_json($services, '["VARCHAR"]')))
    AND ("at" >= CAST($seam AS BIGINT) AND "at" < CAST($to AS BIGINT)
      OR "at" >= CAST($from AS BIGINT) AND "at" < CAST($baseTo AS BIGINT))
),
subject AS MATERIALIZED (
  SELECT *, row_number() OVER (ORDER BY family, service, part) AS track
  FROM (SELECT DISTINCT family, service, part FROM heard)
),
seam AS (
  SELECT CAST($seam AS BIGINT) AS seam
),
minutes AS (
  SELECT track, family, service, part, unnest(generate_series(first_minute, CAST($to AS BIGINT) // 60000)) AS minute
  FROM subject JOIN (
    SELECT family, service, min(minute) AS first_minute FROM heard GROUP BY family, service
  ) USING (family, service)
  WHERE family IN ('worker', 'log_volume')
),
turn AS (
  SELECT service, minute, moment,
    CASE WHEN kind = 'worker_activated' THEN 1 ELSE -1 END AS step,
    lag(kind) OVER mine AS before
  FROM heard WHERE family = 'worker'
  WINDOW mine AS (PARTITION BY service, worker ORDER BY moment, kind)
  QUALIFY before IS DISTINCT FROM kind
),
active AS (
  SELECT m.track, m.minute, sum(coalesce(t.step, 0)) OVER (PARTITION BY m.track ORDER BY m.minute)
      + coalesce((SELECT count(*) FROM turn f WHERE f.service = m.service AND f.before IS NULL AND f.step = -1), 0)
      AS value
  FROM minutes m LEFT JOIN (SELECT service, minute, sum(step) AS step FROM turn GROUP BY service, minute) t
    ON t.service = m.service AND t.minute = m.minute
  WHERE m.family = 'worker'
),
logged AS (
  SELECT m.track, m.minute, coalesce(sum(h."count"), 0) AS value
  FROM minutes m LEFT JOIN heard h
    ON h.family = m.family AND h.service = m.service AND h.part = m.part AND h.minute = m.minute
  WHERE m.family = 'log_volume' GROUP BY m.track, m.minute
),
tasks AS (
  SELECT s.track, h.minute, median(h."latencyMs") AS value
  FROM heard h JOIN subject s ON s.family = h.family AND s.service = h.service
  WHERE h.family = 'task_completed' GROUP BY s.track, h.minute
),
by_minute AS (
  SELECT * FROM active UNION ALL SELECT * FROM logged UNION ALL SELECT * FROM tasks
),
depths AS (
  SELECT s.track, h.moment, max(h.depth) AS value
  FROM heard h JOIN subject s ON s.family = h.family AND s.service = h.service AND s.part = h.part
  WHERE h.family = 'queue_depth' GROUP BY s.track, h.moment
),
dated AS (
  SELECT b.track, coalesce(f.moment, b.minute * 60000) AS moment, b.value
  FROM by_minute b LEFT JOIN (
    SELECT s.track, h.minute, min(h.moment) AS moment
    FROM heard h JOIN subject s ON s.family = h.family AND s.service = h.service AND s.part = h.part
    GROUP BY s.track, h.minute
  ) f ON f.track = b.track AND f.minute = b.minute
  UNION ALL
  SELECT track, moment, value FROM depths
),
figure AS MATERIALIZED (
  SELECT track, moment, moment >= seam AND moment < CAST($to AS BIGINT) AS late, 'value' AS figure,
    CAST(value AS DOUBLE) AS value, NULL AS since
  FROM dated CROSS JOIN seam
  WHERE moment < CAST($to AS BIGINT) AND isfinite(value)
),
newcomer AS (
  SELECT track FROM figure GROUP BY track HAVING bool_and(late)
)`;

/** Which events measure what. */
const FAMILIES: Readonly<Record<MeasuredBy, string>> = {
  'queue depth': 'queue_depth',
  'task latency': 'task_completed',
  'active workers': 'worker',
  'log lines': 'log_volume',
};

/** The most queues, or levels, that are drawn of a service. */
const MOST_PARTS = 100;

/** The least and the greatest figure of each column of pixels, a row each; one row where they are one. */
const DRAWN = `${EVENT_FIGURES},
extreme AS (
  SELECT track, arg_min(struct_pack(m := moment, v := value), value) AS least,
    arg_max(struct_pack(m := moment, v := value), value) AS greatest
  FROM figure
  GROUP BY track,
    ((CAST(moment AS BIGINT) - CAST($from AS BIGINT)) * CAST($columns AS BIGINT)) // (CAST($to AS BIGINT) - CAST($from AS BIGINT))
),
point AS (SELECT track, least AS p FROM extreme UNION SELECT track, greatest FROM extreme)
SELECT s.service, s.part, list(CAST(p.m AS DOUBLE) ORDER BY p.m), list(p.v ORDER BY p.m)
FROM point JOIN subject s USING (track)
WHERE s.family = $family
GROUP BY s.service, s.part ORDER BY s.service, s.part LIMIT ${MOST_PARTS + 1}`;

const numbersOf = (value: DuckDBValue | undefined): Float64Array =>
  Float64Array.from(value instanceof DuckDBListValue ? value.items : [], Number);

/** Reads what events of some services measured, to draw it; fails with `store-failed` where it has too many parts. */
export async function readEventFigures(
  connection: DuckDBConnection,
  { measures, services, window, columns }: EventFigureQuery,
): Promise<readonly EventFigures[]> {
  if (services.length === 0 || window.from >= window.to) return [];
  const reader = await connection.runAndReadAll(DRAWN, {
    services: JSON.stringify(services),
    family: FAMILIES[measures],
    // Nothing is compared: all of the window is read at once.
    ...{ seam: window.from, from: window.from, baseTo: window.from, to: window.to, columns },
  });
  const rows = reader.getRows();
  if (rows.length > MOST_PARTS) {
    throw new EvidenceError(
      'store-failed',
      `Events measure over ${MOST_PARTS} parts of the service: too many to draw.`,
    );
  }
  return rows.map(([service, part, at, value]) => ({
    service: String(service),
    part: String(part),
    at: numbersOf(at),
    value: numbersOf(value),
  }));
}
